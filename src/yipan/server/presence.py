"""Every process says every ten seconds that it is at work, with its counters; whoever looks finds all of one cluster.

Ages are counted by the database's clock, so that machines whose clocks differ do not take each other for dead.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from yipan import __version__
from yipan.kernel import clock
from yipan.kernel.ids import new_id
from yipan.server.metrics import meters

log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
SILENT_SECONDS = 45.0
"""A process that has said nothing for so long is taken for dead."""
FORGET = "1 day"

SAY = """
INSERT INTO server_process (id, part, host, pid, version, started_at, seen_at, clock_ahead, samples)
VALUES (%(id)s, %(part)s, %(host)s, %(pid)s, %(version)s, now(), clock_timestamp(), %(ahead)s, %(samples)s)
ON CONFLICT (id) DO UPDATE
   SET seen_at = excluded.seen_at, clock_ahead = excluded.clock_ahead, samples = excluded.samples
"""
READ = """
SELECT id, part, host, pid, version, extract(epoch FROM now() - seen_at)::float, clock_ahead, samples
  FROM server_process ORDER BY part, host, started_at
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A process as it last said so, `age` seconds ago; its clock is `clock_ahead` seconds ahead of the database's."""

    id: UUID
    part: str
    host: str
    pid: int
    version: str
    age: float
    clock_ahead: float
    samples: list[list[object]]

    @property
    def is_alive(self) -> bool:
        return self.age < SILENT_SECONDS


@contextmanager
def shown(part: str) -> Iterator[None]:
    """Say that this process does `part` ("web", "worker", "hl7", "apply", "dicom") for as long as the block lasts."""
    stop, me = threading.Event(), new_id()
    thread = threading.Thread(target=_keep_saying, args=(me, part, stop), name="presence", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(EVERY_SECONDS)


def seen() -> list[Seen]:
    """Every process that was not forgotten yet, the silent ones too. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return [Seen(*(*row[:7], json.loads(row[7]))) for row in cursor.fetchall()]


def say(me: UUID, part: str) -> None:
    """Write one sign of life, and forget processes that died long ago. Raises DatabaseError."""
    told: dict[str, Any] = {
        "id": me,
        "part": part,
        "host": socket.gethostname()[:120],
        "pid": os.getpid(),
        "version": __version__,
    }
    with connection.cursor() as cursor:
        cursor.execute(SAY, told | {"ahead": _clock_ahead(), "samples": json.dumps(meters.samples())})
        cursor.execute("DELETE FROM server_process WHERE seen_at < now() - %s::interval", [FORGET])


def _keep_saying(me: UUID, part: str, stop: threading.Event) -> None:
    while True:
        try:
            say(me, part)
        except DatabaseError as error:  # signs go on when the database is back
            log.info("no sign of life could be written: %s", type(error).__name__)
        finally:
            connection.close()
        if stop.wait(EVERY_SECONDS):
            break
    try:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM server_process WHERE id = %s", [me])
    except DatabaseError:
        log.info("the last sign of life could not be removed; it is forgotten by itself")
    finally:
        connection.close()


def _clock_ahead() -> float:
    """Seconds by which this machine's clock is ahead of the database's, exact to half the time of one question."""
    with connection.cursor() as cursor:
        before, began = clock.now().timestamp(), time.monotonic()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float")
        theirs = float(cursor.fetchone()[0])
    return before + (time.monotonic() - began) / 2 - theirs
