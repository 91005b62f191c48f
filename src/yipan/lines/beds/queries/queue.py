"""Who waits for a bed of each department, counted for every ranking and brought up to date by what has changed.

Of the requests of a week nearly all have their bed. Which have not is kept in the process; a reading asks the database
about these again, and about requests that came or whose bookings changed since (`mirror` says how that is known). So
the counts are those of the database at the instant of the question, always.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from yipan.base.access import wall

WAITED_AT_MOST = timedelta(days=7)
"""Whoever asked longer ago does not stand in the queue that a new patient joins."""

# Open is who has no bed and has not called off: also who wants it later, or holds one that may run out.
OPEN = """
WITH look AS (
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, pg_current_xact_id_if_assigned() IS NOT NULL AS writes
)
SELECT look.xmin, look.writes, request.id::text, request.home_department_id::text,
       request.wanted_from <= %(at)s AND NOT EXISTS (
           SELECT 1 FROM spine_booking booking WHERE booking.request_id = request.id AND booking.purpose = 'care'
           AND booking.state = 'held' AND booking.expires_at > %(at)s)
FROM look LEFT JOIN spine_request request ON request.line = 'beds' AND request.cancelled_at IS NULL
AND request.created_at > %(since)s {among} AND NOT EXISTS (
    SELECT 1 FROM spine_booking booking WHERE booking.request_id = request.id AND booking.purpose = 'care'
    AND booking.state IN ('active', 'done', 'confirmed'))
"""
WHOLE = OPEN.format(among="")
AGAIN = OPEN.format(
    among="""AND request.id = ANY(ARRAY(
    SELECT unnest(%(open)s::text::uuid[])
    UNION SELECT request_id FROM spine_booking WHERE changed >= %(seen)s::text::xid8 AND request_id IS NOT NULL
    UNION SELECT request_id FROM beds_admissionrequest WHERE changed >= %(seen)s::text::xid8))"""
)


@dataclass(frozen=True)
class Queue:
    """Open requests created after `since`, as they were when every change of a transaction before `seen` was in."""

    seen: int
    since: datetime
    open: str
    """Their identifiers as the database writes an array: nothing here has to look at each."""


_lock = threading.Lock()
_kept: Queue | None = None


def waiting(at: datetime, asking: UUID | None) -> dict[UUID, int]:
    """How many patients wait for a bed of each department at `at`, everybody's: numbers, no names.

    `asking` is the request that a bed is looked for: it does not stand in its own way.
    """
    global _kept
    since = at - WAITED_AT_MOST
    with _lock:
        known = _kept
    rows, seen, writes = _read(known if known is not None and known.since <= since else None, at, since)
    if known is not None and seen < known.seen:
        rows, seen, _ = _read(None, at, since)  # an older snapshot than the kept one: read for itself
    elif not writes:
        with _lock:
            _kept = Queue(seen, since, "{" + ",".join(row[0] for row in rows) + "}")
    own = str(asking)
    counts = Counter(department for request, department, waits in rows if waits and request != own)
    return {UUID(department): count for department, count in counts.items()}


def _read(known: Queue | None, at: datetime, since: datetime) -> tuple[list[tuple[str, str, bool]], int, bool]:
    """Open requests with their department and whether they wait now; the oldest open transaction; whether this one has
    written: then what it sees is its own, and nobody else's."""
    params: dict[str, str | datetime] = {"at": at, "since": since}
    if known is not None:
        params |= {"open": known.open, "seen": str(known.seen)}
    with wall.passage("beds.placement"), connection.cursor() as cursor:
        cursor.execute(WHOLE if known is None else AGAIN, params)
        rows = cursor.fetchall()
    return [row[2:] for row in rows if row[2] is not None], int(rows[0][0]), bool(rows[0][1])
