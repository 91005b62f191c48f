"""What a process counts while it works, and how all counters of this process, or of the web's workers, are read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import connections
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from yipan.server.metrics import sharing

PREFIX = "yipan_"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter("yipan_requests", "Requests answered, by route, method and status.", ["route", "method", "status"])
SECONDS = Histogram("yipan_request_seconds", "Time to answer a request, by route.", ["route"], buckets=BUCKETS)
STREAMS = Gauge("yipan_live_streams", "Open streams of live updates.", multiprocess_mode="livesum")
POOL = Gauge(
    "yipan_database_pool", "Database connections of the process's pool.", ["state"], multiprocess_mode="livesum"
)


def look_at_pool() -> None:
    """Note how many connections of this process's pool are open, idle, and waited for."""
    pool = connections["default"].pool  # type: ignore[attr-defined]  # psycopg's pool of Django's PostgreSQL backend
    if pool is None:
        return
    told = pool.get_stats()
    for state, name in (("open", "pool_size"), ("idle", "pool_available"), ("waiting", "requests_waiting")):
        POOL.labels(state).set(told.get(name, 0))


def families() -> Iterator[Metric]:
    """Counters of this process; in a web worker those of all workers of this machine together."""
    directory = os.environ.get(sharing.VARIABLE)
    registry: CollectorRegistry = REGISTRY
    if directory:
        sharing.forget_the_dead(Path(directory))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    for family in registry.collect():
        if family.name.startswith(PREFIX):
            family.samples = [s for s in family.samples if not s.name.endswith("_created")]
            yield family


def samples() -> list[list[Any]]:
    """The same as plain values, to be kept with a sign of life: name, help, type, and rows of name, labels, value."""
    look_at_pool()
    return [
        [family.name, family.documentation, family.type, [[s.name, s.labels, s.value] for s in family.samples]]
        for family in families()
    ]


def add(into: dict[str, Metric], told: Iterable[list[Any]], **labels: str) -> None:
    """Put what `samples` told elsewhere into families by name, with more labels."""
    for name, documentation, kind, rows in told:
        family = into.setdefault(name, Metric(name, documentation, kind))
        for sample, own, value in rows:
            family.add_sample(sample, {**own, **labels}, value)
