"""`yipan migrate`: brings the tables up to date beside running processes, without making anybody wait for long.

A change of a table needs a short lock that nobody else may hold. Whoever waits for such a lock stops everybody behind
it, so it waits LOCK_MILLISECONDS at most, steps back, lets the queue pass and tries again. Migrations that were done
stay done. How a migration must look for that: docs/guides/operations.md; `migration_rules` checks it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import OperationalError, connection

from yipan.kernel.errors import Unavailable

log = logging.getLogger(__name__)

LOCK_MILLISECONDS = 500
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0)
ONE_AT_A_TIME = "yipan.migrate"

UNUSABLE_INDEXES = """
SELECT i.indexrelid::regclass::text
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT i.indisvalid AND n.nspname = current_schema()
"""


def migrate(
    *targets: str, tell: Callable[[float], None] = lambda pause: None, rest: Callable[[float], None] = time.sleep
) -> None:
    """Apply what is waiting, or what leads to `targets` (app, migration). Needs a direct connection.

    `tell(seconds)` is called before each pause. Raises Unavailable("migration_blocked") when tables stay in use through
    all attempts; what was applied by then is kept, and a later call goes on from there.
    """
    with _alone(), _impatient():
        for pause in (*PAUSES, None):
            _drop_unusable_indexes()
            try:
                call_command("migrate", *targets, interactive=False, verbosity=1)
            except OperationalError as error:
                if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
                    raise
                if pause is None:
                    raise Unavailable("migration_blocked") from error
                log.warning("a table is in use; the migration steps back for %s s", pause)
                tell(pause)
                rest(pause)
            else:
                return


@contextmanager
def _alone() -> Iterator[None]:
    """One migration at a time in the whole cluster; a second one waits and then finds nothing to do."""
    _execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [ONE_AT_A_TIME])
    try:
        yield
    finally:
        _execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [ONE_AT_A_TIME])


@contextmanager
def _impatient() -> Iterator[None]:
    _execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_MILLISECONDS}ms"])
    try:
        yield
    finally:
        _execute("SELECT set_config('lock_timeout', '0', false)")


def unusable_indexes() -> list[str]:
    """Indexes that an interrupted CREATE INDEX CONCURRENTLY left half built."""
    with connection.cursor() as cursor:
        cursor.execute(UNUSABLE_INDEXES)
        return [name for (name,) in cursor.fetchall()]


def _drop_unusable_indexes() -> None:
    """So that they are built again from the start."""
    for name in unusable_indexes():
        _execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _execute(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
