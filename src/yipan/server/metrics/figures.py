"""Figures that the database knows: queues and their ages, holds, connections. Read anew at each scrape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

MESSAGES = """
SELECT state, count(*), coalesce(extract(epoch FROM now() - min(received_at)), 0)::float
  FROM interop_inboundmessage WHERE state IN ('received', 'waiting') GROUP BY state
"""
OUTBOX = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(not_before)), 0)::float, coalesce(max(attempts), 0)
  FROM spine_outboxmessage WHERE done_at IS NULL AND not_before <= now()
"""
OUTBOX_FAILING = "SELECT coalesce(max(attempts), 0) FROM spine_outboxmessage WHERE done_at IS NULL"
JOBS = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(coalesce(scheduled_at, asked.at))), 0)::float, 0
  FROM procrastinate_jobs job
  LEFT JOIN LATERAL (
    SELECT min(event.at) AS at FROM procrastinate_events event WHERE event.job_id = job.id AND event.type = 'deferred'
  ) asked ON true
 WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
"""
FAILED_JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"
HOLDS = """
SELECT count(*), count(*) FILTER (WHERE expires_at <= now()),
       coalesce(extract(epoch FROM now() - min(expires_at) FILTER (WHERE expires_at <= now())), 0)::float
  FROM spine_booking WHERE state = 'held'
"""
CONNECTIONS = """
SELECT count(*) FILTER (WHERE backend_type = 'client backend'), current_setting('max_connections')::int
  FROM pg_stat_activity
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A queue: how many are due, since how many seconds the oldest, and the most attempts one of them took."""

    count: int
    age: float
    attempts: int


def messages() -> dict[str, tuple[int, float]]:
    """HL7 messages not applied, by state: how many, and the age of the oldest in seconds."""
    return {state: (count, age) for state, count, age in _rows(MESSAGES)}


def outbox() -> Due:
    """Effects after commit; attempts also of those that are to be tried later."""
    ((count, age, _),) = _rows(OUTBOX)
    return Due(count, age, _rows(OUTBOX_FAILING)[0][0])


def jobs() -> Due:
    """Background jobs that are due and not begun."""
    return Due(*_rows(JOBS)[0])


def failed_jobs() -> int:
    """Jobs that nobody will try again."""
    return int(_rows(FAILED_JOBS)[0][0])


def holds() -> tuple[int, int, float]:
    """Beds held now; of these, holds that ran out; and seconds since the first of them did."""
    held, overdue, age = _rows(HOLDS)[0]
    return held, overdue, age


def read() -> Iterator[Metric]:
    """All figures as metrics. Raises DatabaseError."""
    told = messages()
    waiting = GaugeMetricFamily("yipan_messages_waiting", "HL7 messages not applied yet, by state.", labels=["state"])
    oldest = GaugeMetricFamily("yipan_messages_oldest_seconds", "Age of the oldest of them.", labels=["state"])
    for state in ("received", "waiting"):
        count, age = told.get(state, (0, 0.0))
        waiting.add_metric([state], count)
        oldest.add_metric([state], age)
    yield from (waiting, oldest)
    yield from _queue("outbox", "Effects", outbox())
    yield from _queue("jobs", "Background jobs", jobs())
    yield GaugeMetricFamily("yipan_jobs_failed", "Background jobs that failed for good.", value=failed_jobs())
    yield from _holds()
    yield from _connections()


def _queue(name: str, words: str, due: Due) -> Iterator[Metric]:
    yield GaugeMetricFamily(f"yipan_{name}_due", f"{words} that are due and not carried out.", value=due.count)
    yield GaugeMetricFamily(f"yipan_{name}_lag_seconds", "How long the oldest of them is due.", value=due.age)
    yield GaugeMetricFamily(f"yipan_{name}_attempts", "Most attempts that one took so far.", value=due.attempts)


def _holds() -> Iterator[Metric]:
    held, overdue, age = holds()
    yield GaugeMetricFamily("yipan_holds", "Beds held just now.", value=held)
    yield GaugeMetricFamily("yipan_holds_overdue", "Holds that ran out and were not ended yet.", value=overdue)
    yield GaugeMetricFamily("yipan_holds_overdue_seconds", "How long the oldest of them is over.", value=age)


def _connections() -> Iterator[Metric]:
    ((used, most),) = _rows(CONNECTIONS)
    family = GaugeMetricFamily("yipan_database_connections", "Connections of the database server.", labels=["what"])
    family.add_metric(["used"], used)
    family.add_metric(["most"], most)
    yield family


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
