"""Figures that the database knows: queues and their ages, signs of life, connections. Read anew at each scrape."""

from __future__ import annotations

from collections.abc import Iterator
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
JOBS = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(coalesce(scheduled_at, now()))), 0)::float
  FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
"""
HOLDS = """
SELECT count(*), count(*) FILTER (WHERE expires_at <= now()),
       coalesce(extract(epoch FROM now() - min(expires_at) FILTER (WHERE expires_at <= now())), 0)::float
  FROM spine_booking WHERE state = 'held'
"""
CONNECTIONS = """
SELECT count(*) FILTER (WHERE backend_type = 'client backend'), current_setting('max_connections')::int
  FROM pg_stat_activity
"""


def read() -> Iterator[Metric]:
    """All figures. Raises DatabaseError."""
    yield from _messages()
    yield from _outbox()
    yield from _jobs()
    yield from _holds()
    yield from _connections()


def _messages() -> Iterator[Metric]:
    rows = {state: (count, age) for state, count, age in _rows(MESSAGES)}
    waiting = GaugeMetricFamily("yipan_messages_waiting", "HL7 messages not applied yet, by state.", labels=["state"])
    oldest = GaugeMetricFamily("yipan_messages_oldest_seconds", "Age of the oldest of them.", labels=["state"])
    for state in ("received", "waiting"):
        count, age = rows.get(state, (0, 0.0))
        waiting.add_metric([state], count)
        oldest.add_metric([state], age)
    yield from (waiting, oldest)


def _outbox() -> Iterator[Metric]:
    ((count, age, attempts),) = _rows(OUTBOX)
    yield GaugeMetricFamily("yipan_outbox_due", "Effects that are due and not carried out.", value=count)
    yield GaugeMetricFamily("yipan_outbox_lag_seconds", "How long the oldest of them is due.", value=age)
    yield GaugeMetricFamily("yipan_outbox_attempts", "Most attempts that one of them took so far.", value=attempts)


def _jobs() -> Iterator[Metric]:
    ((count, age),) = _rows(JOBS)
    yield GaugeMetricFamily("yipan_jobs_due", "Background jobs that are due and not begun.", value=count)
    yield GaugeMetricFamily("yipan_jobs_lag_seconds", "How long the oldest of them is due.", value=age)


def _holds() -> Iterator[Metric]:
    ((held, overdue, age),) = _rows(HOLDS)
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
