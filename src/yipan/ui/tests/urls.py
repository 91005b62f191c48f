"""A small site for the tests of this room: its own pages, and pages that fail in each way."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from yipan.kernel import errors
from yipan.ui import flash


def fail(request: HttpRequest, kind: str) -> HttpResponse:
    if kind == "Http404":
        raise Http404
    if kind == "bug":
        raise RuntimeError("a secret detail")
    raise getattr(errors, kind)("interval_empty", start="10:00", end="09:00")


def said(request: HttpRequest) -> HttpResponse:
    flash.say(request, "Saved.")
    return HttpResponse("ok")


def mark(request: HttpRequest) -> HttpResponse:
    return HttpResponse(getattr(request, "live_since", "none"))


urlpatterns = [path("", include("yipan.ui.urls")), path("fail/<kind>", fail), path("said", said), path("mark", mark)]
