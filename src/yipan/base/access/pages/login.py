"""Login, logout, handing over a shared computer, and the own password."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yipan.base import audit
from yipan.base.access import actions, queries, sessions
from yipan.base.access.accounts import start_of
from yipan.base.access.forms import LoginForm
from yipan.base.access.pages.asked import actor
from yipan.kernel.errors import InvalidInput, TooOften, YipanError

DEMO_ACCOUNTS_SHOWN = 24


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class Login(auth_views.LoginView):
    """User name and password, then django-allauth's stages (a second factor). In the demo it lists the accounts."""

    template_name = "access/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        return {"username": self.request.GET.get("user", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "sso": settings.YIPAN_SSO,
            "shared": sessions.is_shared(self.request),
            "recent": people_here(self.request),
            "ended": self.request.GET.get("ended", ""),
            "demo_accounts": demo_accounts(),
            "demo_password": getattr(settings, "YIPAN_DEMO_PASSWORD", ""),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        """The audit entry is written when the login is complete (`telling.tell_login`)."""
        person, shared = form.get_user(), form.cleaned_data["shared"]
        self.request.session[sessions.SHARED] = shared
        wanted = self.get_redirect_url()
        start = wanted if wanted not in ("", "/") else start_of(queries.actor_of(person))
        response: HttpResponse = perform_login(self.request, person, redirect_url=start)
        sessions.mark(self.request, response, person.username, shared=shared)
        return response


def people_here(request: HttpRequest) -> list[dict[str, str]]:
    """User name and name of those who logged in at this shared computer, the last one first."""
    names = sessions.recent(request)
    found = {person.username: person for person in User.objects.filter(username__in=names, is_active=True)}
    return [{"username": name, "name": queries.shown_name(found[name])} for name in names if name in found]


def demo_accounts() -> list[dict[str, Any]]:
    """User name, name and roles of the demo's accounts; empty unless this is the demo."""
    if not getattr(settings, "YIPAN_DEMO", False):
        return []
    people = User.objects.filter(is_active=True, grants__isnull=False).distinct().order_by("pk")
    shown = people.prefetch_related("grants__organisation", "grants__ward")[:DEMO_ACCOUNTS_SHOWN]
    return [{"username": p.username, "name": queries.shown_name(p), "grants": list(p.grants.all())} for p in shown]


@require_POST
def logout(request: HttpRequest) -> HttpResponseBase:
    """End the session and go to the login page."""
    audit.record(actor(request), "logout", "user", actor(request).user_id)
    return auth_views.LogoutView.as_view()(request)


@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    """End the session of this person and let the next one log in at the same page."""
    audit.record(actor(request), "session.handed_over", "user", actor(request).user_id)
    end_session(request)
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    ended = {"ended": "idle"} if request.POST.get("why") == "idle" else {}
    return HttpResponseRedirect(f"{resolve_url('login')}?{urlencode({'next': back, **ended})}")


@require_POST
def still_here(request: HttpRequest) -> HttpResponse:
    """Somebody types or points on a page that asks for nothing: the middleware has noted it."""
    return HttpResponse(status=204)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """A person changes the own password and stays signed in here."""
    error: YipanError | None = None
    if request.method == "POST":
        try:
            if request.POST.get("new", "") != request.POST.get("again", ""):
                raise InvalidInput("passwords_differ")
            person = actions.change_own_password(
                actor=actor(request), old=request.POST.get("old", ""), new=request.POST.get("new", "")
            )
            update_session_auth_hash(request, person)
            return render(request, "access/password.html", {"done": True})
        except (InvalidInput, TooOften) as wrong:
            error = wrong
    return render(request, "access/password.html", {"error": error}, status=422 if error else 200)
