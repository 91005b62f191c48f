"""What a page may load and do in the browser (Content Security Policy 3, Permissions Policy).

Scripts and styles come from our own origin only; there is no inline script, no inline style and no eval. One exception:
a page with a Bokeh plot (it carries `data-chart`) may have style elements, because BokehJS writes its own; its scripts
and style attributes stay as strict as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PLOTS = {"style-src-elem": "'self' 'unsafe-inline'"}
PLOT_MARK = b"data-chart"

PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)"
)


def policy(*, plots: bool = False) -> str:
    """The value of the header for a page with or without plots."""
    rules = POLICY | PLOTS if plots else POLICY
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


class Headers:
    """Middleware that adds both headers to every response that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        plots = not response.streaming and PLOT_MARK in getattr(response, "content", b"")
        response.headers.setdefault("Content-Security-Policy", policy(plots=plots))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
