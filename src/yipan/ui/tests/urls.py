"""A small site for the tests of this room: its own pages, and pages that fail in each way."""

from collections.abc import Callable

import psycopg
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from yipan.kernel import errors
from yipan.ui import flash


def fail(request: HttpRequest, kind: str) -> HttpResponse:
    if kind == "Http404":
        raise Http404
    if kind in STATES:
        raise OperationalError("secret: host 10.0.0.5") from sqlstate_error(kind)
    if kind == "bug":
        raise RuntimeError("a secret detail")
    raise getattr(errors, kind)("interval_empty", start="10:00", end="09:00")


def said(request: HttpRequest) -> HttpResponse:
    flash.say(request, "Saved.")
    return HttpResponse("ok")


def mark(request: HttpRequest) -> HttpResponse:
    return HttpResponse(getattr(request, "live_since", "none"))


def touched(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that fails before any view, as a session does without its database."""

    def fail_early(request: HttpRequest) -> HttpResponse:
        if request.path == "/early":
            raise OperationalError("secret") from sqlstate_error("57P01")
        return get_response(request)

    return fail_early


def sqlstate_error(state: str) -> psycopg.Error:
    return psycopg.errors.lookup(state)() if state != "none" else psycopg.OperationalError()


STATES = ("53100", "57P01", "40P01", "none")
handler500 = "yipan.ui.outages.page"
urlpatterns = [path("", include("yipan.ui.urls")), path("fail/<kind>", fail), path("said", said), path("mark", mark)]
