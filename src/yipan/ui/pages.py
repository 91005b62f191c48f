"""The pages of the ui room itself: language, colours, search, the style guide."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.base.access import limits
from yipan.kernel.errors import InvalidInput
from yipan.ui import search
from yipan.ui.environment import THEMES

YEAR = timedelta(days=365)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Return to where the form was, if that is one of our own pages."""
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


def _remember(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Set the language of this browser."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        raise InvalidInput("language_unknown", language=code)
    return _remember(_back(request), settings.LANGUAGE_COOKIE_NAME, code)


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Set the colour scheme of this browser."""
    wish = request.POST.get("theme", "")
    if wish not in THEMES:
        raise InvalidInput("theme_unknown", theme=wish)
    return _remember(_back(request), "yipan_theme", wish)


@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The search page, or its list of hits when htmx asks. What is looked for is posted, because it may be a name or a
    number, and addresses end in logs and in the history of browsers."""
    text = request.POST.get("q", "")
    if text.strip():
        limits.spend(limits.SEARCH, request.user.pk)
    context = {"text": text, "groups": search.find(request, text)}
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "ui/pages/hits.html" if fragment else "ui/pages/search.html", context)


@login_not_required
@require_GET
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component on one page, for screenshots and for people who build pages."""
    from yipan.ui import guide  # brings Bokeh along

    return render(request, "ui/pages/guide.html", guide.sample())
