"""The outermost middleware: names each request, counts it, and writes one line about it.

The line holds the name of the route, never the address: addresses carry identifiers of people and what was searched.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yipan.kernel import trace
from yipan.server.metrics import meters

log = logging.getLogger("yipan.access")

HEADER = "X-Request-ID"
UNKNOWN = "unknown"
QUIET = ("healthz", "readyz", "metrics")
"""Asked every few seconds by machines: told at DEBUG only."""


class RequestLog:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        with trace.using(trace.accepted(request.headers.get(HEADER, ""))) as name:
            response = self.get_response(request)
            response.headers[HEADER] = name
            note(request, response.status_code, time.perf_counter() - began)
        return response


def note(request: HttpRequest, status: int, seconds: float) -> None:
    """Count a request that was answered, and write its line."""
    route = route_of(request)
    method = request.method if request.method in ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE") else "other"
    meters.REQUESTS.labels(route, method, str(status)).inc()
    meters.SECONDS.labels(route).observe(seconds)
    told = {"route": route, "method": method, "status": status, "milliseconds": round(seconds * 1000, 1)}
    told["user"] = getattr(getattr(request, "_cached_user", None), "pk", None)  # asking for it would read the database
    level = logging.DEBUG if route in QUIET else logging.INFO
    log.log(level, "%s %s %s %.0f ms user=%s", method, route, status, seconds * 1000, told["user"], extra=told)


def route_of(request: HttpRequest) -> str:
    """The name under which the address is registered, such as `beds:hold`."""
    match = request.resolver_match
    return UNKNOWN if match is None else match.view_name or match.route
