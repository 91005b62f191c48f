"""Ends logins that lasted long enough, puts the actor on the request, puts up the second wall, and sends to the login
page, or to enrol a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.functional import SimpleLazyObject

from yipan.base import audit
from yipan.base.access import second_factor, sessions
from yipan.base.access.queries import actor_of
from yipan.base.access.wall import Wall
from yipan.base.audit.journal import from_address

OPEN_PATHS = ("/healthz", "/favicon.ico")
"""Prefixes that anybody may read, besides static files and views marked with `login_not_required`."""


WITHOUT_SECOND_FACTOR = ("mfa_", "account_", "logout", "hand_over", "still_here", "ui:language", "ui:theme")
"""Names of addresses, or their beginnings, that are open to somebody who still has to enrol a second factor."""


class SessionLimits:
    """Ends a login that is over (`sessions.ended`), and notes use. Comes after Django's AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if SESSION_KEY in request.session:
            if (why := sessions.ended(request.session)) is not None:
                person = actor_of(request.user)
                audit.record(person, "session.ended", "user", person.user_id, data={"why": why})
                logout(request)
            elif request.headers.get("X-Live") != "1":
                sessions.touch(request.session)
        return self.get_response(request)


class ActorMiddleware:
    """Sets `request.actor`, read from the database when first used.

    Must come after Django's AuthenticationMiddleware. A view that anybody may open is marked with Django's
    `login_not_required`; such a view guards itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = SimpleLazyObject(lambda: actor_of(request.user))  # type: ignore[attr-defined]
        with from_address(request.META.get("REMOTE_ADDR")):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view, "login_required", True) or is_open(request.path):
            return None
        if not request.user.is_authenticated:
            return ask_to_login(request)
        match = request.resolver_match
        if match is not None and match.view_name.startswith(WITHOUT_SECOND_FACTOR):
            return None
        return redirect("mfa_index") if second_factor.is_missing(request.actor) else None  # type: ignore[attr-defined]


class WallMiddleware:
    """Lets the rest of the request see and change only the rows that its actor may; see `wall.py`.

    Must come after ActorMiddleware. What stands before it (sessions, who signs in) works in front of the wall.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wall = Wall(lambda: request.actor)  # type: ignore[attr-defined]
        with wall.standing():
            response = self.get_response(request)
        if response.streaming:
            response.streaming_content = wall.around(response.streaming_content)  # type: ignore[attr-defined]
        return response


def is_open(path: str) -> bool:
    return path.startswith((*OPEN_PATHS, "/" + settings.STATIC_URL.strip("/") + "/"))


def ask_to_login(request: HttpRequest) -> HttpResponseBase:
    """A redirect that comes back afterwards; for htmx the header that makes the whole page go there; for JSON a 401."""
    login = resolve_url(settings.LOGIN_URL)
    if request.headers.get("HX-Request") == "true":
        back = request.headers.get("HX-Current-URL", "")
        response = HttpResponse(status=401)
        response["HX-Redirect"] = f"{login}?{urlencode({'next': back})}" if back else login
        return response
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"error": "login_needed"}, status=401)
    back = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(f"{login}?{urlencode({'next': back})}")
