"""The database server: there, recent enough, quick, durable, and able to tell what happens."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from django.db import connection

from yipan.kernel.errors import Unavailable
from yipan.server import direct, external
from yipan.server.doctor.finding import Finding, fault, warning

ASKED = 9
SLOW_MILLISECONDS = 20.0
NEAR_LIMIT = 0.8
LONG_MINUTES = 10
NOTICE_SECONDS = 5.0
CHANNEL = "yipan_doctor"

LONG = """
SELECT count(*), coalesce(max(extract(epoch FROM now() - xact_start)) / 60, 0)::int
  FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
   AND xact_start < now() - %s * interval '1 minute'
"""
USED = """
SELECT count(*), current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
  FROM pg_stat_activity WHERE backend_type = 'client backend'
"""


def reachable() -> Iterator[Finding]:
    """It answers, and version, encoding and extensions suffice."""
    for variable in ("YIPAN_DATABASE_URL", direct.VARIABLE):
        if url := os.environ.get(variable):
            try:
                external.check(url, patience=0.0)
            except Unavailable as error:
                yield fault(error.code, **error.params)


def quick() -> Iterator[Finding]:
    """A short question takes a short time; a page asks about ten."""
    milliseconds = median(_timed() for _ in range(ASKED))
    if milliseconds > SLOW_MILLISECONDS:
        yield warning("doctor_database_slow", milliseconds=f"{milliseconds:.0f}")


def _timed() -> float:
    began = time.perf_counter()
    _one("SELECT 1")
    return (time.perf_counter() - began) * 1000


def durable() -> Iterator[Finding]:
    """What was acknowledged survives a power cut."""
    for name in ("fsync", "full_page_writes"):
        if _one("SELECT current_setting(%s)", [name])[0] == "off":
            yield fault("doctor_not_durable", setting=name)


def reads_chinese() -> Iterator[Finding]:
    """The server's locale knows Chinese characters as letters; else names are not found by their parts."""
    if not _one("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")[0]:
        return  # not migrated yet, which `tables` says
    if not _one("SELECT cardinality(show_trgm('李建国')) > 0")[0]:
        yield fault("doctor_locale")


def tells() -> Iterator[Finding]:
    """What one connection notifies arrives at a direct one: live updates stand on that."""
    with direct.connect() as ears:
        ears.execute(f"LISTEN {CHANNEL}")
        _one("SELECT pg_notify(%s, '')", [CHANNEL])
        if not any(True for _ in ears.notifies(timeout=NOTICE_SECONDS, stop_after=1)):
            yield fault("doctor_no_notices", variable=direct.VARIABLE)


def connections_left() -> Iterator[Finding]:
    """There is room for more connections."""
    used, most = _one(USED)
    if used > most * NEAR_LIMIT:
        yield warning("doctor_connections", used=used, most=most)


def long_transactions() -> Iterator[Finding]:
    """Nobody keeps a transaction open, which stops upgrades and lets tables grow."""
    count, minutes = _one(LONG, [LONG_MINUTES])
    if count:
        yield warning("doctor_long_transaction", n=count, minutes=minutes)


def _one(sql: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return tuple(cursor.fetchone())


CHECKS = (quick, durable, reads_chinese, tells, connections_left, long_transactions)
