"""Errors become pages that say what to do: a page, a toast for htmx, or JSON, with the right status."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused, TooOften, Unavailable, YipanError
from yipan.ui import flash, messages, outages

log = logging.getLogger(__name__)

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

TITLES = {
    400: _("This address is not complete"),
    403: _("You may not do this here"),
    404: _("Not found"),
    405: _("This address is asked for in another way"),
    409: _("Somebody was quicker"),
    413: _("Too large"),
    422: _("Please check what you entered"),
    429: _("Too often"),
    503: _("Not available just now"),
}


def status_of(error: YipanError, method: str = "GET") -> int:
    """The HTTP status of an error; wrong input is 400 in an address and 422 in a form (RFC 9110, 15.5)."""
    match error:
        case InvalidInput():
            return 400 if method in SAFE_METHODS else 422
        case NotFound():
            return 404
        case Refused():
            return 403
        case Conflict():
            return 409
        case TooOften():
            return 429
        case Unavailable():
            return 503
        case _:
            return 500


class ErrorPages:
    """Middleware, the innermost one, so that everything outside still sees a normal response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return _with_words(request, response) if isinstance(response, HttpResponseNotAllowed) else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for the errors that have a sentence; anything else goes on to Django and its log."""
        match exception:
            case YipanError():
                error = exception
            case PermissionDenied():
                error = Refused("not_allowed")
            case Http404():
                error = NotFound("page_not_found")
            case _ if (outage := outages.outage_of(exception)) is not None:
                log.error("%s %s: %s", request.method, request.path, outage)
                return answer(request, outage)
            case _:
                return None
        route = request.resolver_match.view_name if request.resolver_match else "unknown"
        log.info("%s %s: %s", request.method, route, error.code)
        return answer(request, error)


class LiveMark:
    """Middleware that notes, before a page reads anything, from where on its live updates have to begin.

    The mark is the oldest transaction still open (`pg_snapshot_xmin`): what commits while the page is being made is
    told again by `/live?since=…` instead of being missed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        is_page = request.method == "GET" and "HX-Request" not in request.headers and not wants_json(request)
        if is_page and getattr(view, "login_required", True):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
                request.live_since = cursor.fetchone()[0]  # type: ignore[attr-defined]


def _with_words(request: HttpRequest, response: HttpResponseNotAllowed) -> HttpResponse:
    """Django's answer to a method that a page does not know is empty; this one says what to do."""
    told = answer(request, NotFound("method_not_allowed"), status=response.status_code)
    told.headers["Allow"] = response.headers["Allow"]
    return told


def answer(request: HttpRequest, error: YipanError, *, status: int | None = None) -> HttpResponse:
    """The response to `request` that tells about `error`; its status is that of the kind of error, unless named."""
    status = status or status_of(error, request.method or "GET")
    text = messages.of_error(error)
    if wants_json(request):
        response: HttpResponse = JsonResponse({"code": error.code, "message": text}, status=status)
    elif request.headers.get("HX-Request") == "true":
        response = render(request, "ui/errors/fragment.html", {"text": text, "status": status}, status=status)
        flash.toast(response, text, "error")
    else:
        context = {"title": TITLES.get(status, TITLES[503]), "text": text, "status": status, "code": error.code}
        response = render(request, "ui/errors/page.html", context, status=status)
    if status in (429, 503):
        response.headers["Retry-After"] = str(error.params.get("seconds", 10))
    patch_vary_headers(response, ("Accept", "HX-Request"))
    return response


def wants_json(request: HttpRequest) -> bool:
    """Whether the client prefers JSON to a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
