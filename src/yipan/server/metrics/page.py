"""`GET /metrics`: Prometheus text, for the machine itself or for whoever knows YIPAN_METRICS_TOKEN."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from ipaddress import ip_address

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from yipan import __version__
from yipan.base.access import matrix, wall
from yipan.kernel.errors import Refused
from yipan.server import presence
from yipan.server.metrics import figures, meters, safekeeping

matrix.declare_passage("server.figures", "programs that watch an installation count everything and see nobody")
TOKEN = "YIPAN_METRICS_TOKEN"  # noqa: S105 - the name of a variable


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All that is counted, in Prometheus's text format. Raises Refused for strangers."""
    if not may_read(request):
        raise Refused("metrics_refused", variable=TOKEN)
    with wall.passage("server.figures"):
        return HttpResponse(generate_latest(Everything()), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """With a token: who shows it. Without one: a program on this machine, and nobody for whom a proxy speaks."""
    if token := os.environ.get(TOKEN):
        told = request.headers.get("Authorization", "")
        return hmac.compare_digest(told.encode(), f"Bearer {token}".encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class Everything:
    """One family for each name, although web, worker and listener count some of them all."""

    def collect(self) -> Iterator[Metric]:
        """This machine's web first; what the database knows only while it answers."""
        found: dict[str, Metric] = {}
        meters.add(found, meters.samples(), part="web")
        up = GaugeMetricFamily("yipan_database_up", "1 when the database answered this scrape.")
        try:
            seen = presence.seen()
            own = [*figures.read(), *safekeeping.read(), *_signs_of_life(seen)]
        except DatabaseError:
            up.add_metric([], 0)
            yield from (*found.values(), up)
            return
        for process in seen:
            if process.is_alive and process.part != "web":
                meters.add(found, process.samples, part=process.part, process=str(process.id))
        up.add_metric([], 1)
        yield from (*found.values(), *own, up)


def _signs_of_life(seen: list[presence.Seen]) -> Iterator[Metric]:
    labels = ["part", "host", "pid", "version"]
    age = GaugeMetricFamily("yipan_process_seen_seconds", "Time since a process gave a sign of life.", labels=labels)
    ahead = GaugeMetricFamily("yipan_process_clock_ahead_seconds", "Its clock against the database's.", labels=labels)
    for process in seen:
        values = [process.part, process.host, str(process.pid), process.version]
        age.add_metric(values, process.age)
        ahead.add_metric(values, process.clock_ahead)
    build = GaugeMetricFamily("yipan_build_info", "The version that answers.", labels=["version"])
    build.add_metric([__version__], 1)
    yield from (age, ahead, build)
