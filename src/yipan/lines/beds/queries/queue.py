"""Who waits for a bed of each department, kept in the process and brought up to date by what has changed.

Of the requests of a week nearly all have their bed; which have not is kept. Each request and each booking carries the
transaction that changed it last, and a reading asks for those that changed since (`mirror` says how that is known). So
the counts are those of the database at the instant of the question, always.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from yipan.base.access import wall

WAITED_AT_MOST = timedelta(days=7)
"""Whoever asked longer ago does not stand in the queue that a new patient joins."""
EARLIER = 3600.0
"""Seconds by which the kept requests reach further back: two who ask at once are not of one instant."""

# `until`: nobody waits before then. For ever when there is a bed, or was, or the request was called off; a hold may run
# out.
READING = """
WITH look AS (
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, pg_current_xact_id_if_assigned() IS NOT NULL AS writes
)
SELECT look.xmin, look.writes, request.id, request.home_department_id,
       extract(epoch FROM request.created_at)::float8, extract(epoch FROM request.wanted_from)::float8, taken.until
FROM look LEFT JOIN (
    spine_request request CROSS JOIN LATERAL (
        SELECT CASE WHEN request.cancelled_at IS NOT NULL OR bool_or(booking.state <> 'held') THEN 'infinity'
                    ELSE coalesce(extract(epoch FROM max(booking.expires_at))::float8, '-infinity') END AS until
        FROM spine_booking booking WHERE booking.request_id = request.id AND booking.purpose = 'care'
        AND booking.state IN ('held', 'confirmed', 'active', 'done')
    ) taken
) ON request.line = 'beds' AND {which}
"""
WHOLE = READING.format(which="request.created_at > to_timestamp(%(since)s) AND taken.until < 'infinity'")
CHANGED = READING.format(
    which="""request.id = ANY(ARRAY(
    SELECT id FROM spine_request WHERE changed >= %(seen)s::text::xid8
    UNION ALL SELECT request_id FROM spine_booking WHERE changed >= %(seen)s::text::xid8))"""
)

Row = tuple[UUID, UUID, float, float, float]
"""Request, department, and in seconds since 1970: made, wanted from, until when nobody waits."""
OPEN = np.dtype([("department", "i4"), ("made", "f8"), ("wanted", "f8"), ("until", "f8")], align=True)


@dataclass(frozen=True, eq=False)
class Queue:
    """Requests that wait or may wait, those made after `since`. `rows` (OPEN) holds them in the order of `open`.

    `seen`: every change of an older transaction is in it.
    """

    seen: int
    since: float
    open: dict[UUID, tuple[int, float, float, float]]
    rows: NDArray[np.void]

    def with_changes(self, changed: Collection[Row], department: Mapping[UUID, int], seen: int, since: float) -> Queue:
        """A queue with these requests as they are now, without those made before; the former one stays as it was."""
        if not changed:
            return replace(self, seen=seen)
        since = max(self.since, since)
        now_open = self.open | {
            request: (department.get(home, -1), made, wanted, until) for request, home, made, wanted, until in changed
        }
        kept = {request: row for request, row in now_open.items() if row[3] < np.inf and row[1] > since}
        return Queue(seen, since, kept, np.array(list(kept.values()), OPEN))

    def waiting(self, at: datetime, asking: UUID | None, departments: int) -> NDArray[np.float64]:
        """How many wait for a bed of each department at an instant, without `asking`. Shape (departments,)."""
        now, since = at.timestamp(), (at - WAITED_AT_MOST).timestamp()
        rows = self.rows
        waits = (rows["made"] > since) & (rows["wanted"] <= now) & (rows["until"] <= now) & (rows["department"] >= 0)
        counts = np.bincount(rows["department"][waits], minlength=departments).astype(np.float64)
        own = self.open.get(asking) if asking is not None else None
        if own is not None and own[0] >= 0 and own[1] > since and max(own[2:]) <= now:
            counts[own[0]] -= 1
        return counts


_lock = threading.Lock()
_kept: tuple[int, Queue] | None = None


def waiting(version: int, department: Mapping[UUID, int], at: datetime, asking: UUID | None) -> NDArray[np.float64]:
    """How many patients wait for a bed of each department at `at`, everybody's: numbers, no names.

    `version` is that of the network whose department rows `department` gives. `asking` is the request that a bed is
    looked for: it does not stand in its own way.
    """
    global _kept
    since = (at - WAITED_AT_MOST).timestamp()
    with _lock:
        known = _kept[1] if _kept is not None and _kept[0] == version else None
        if known is not None and known.since > since:
            known = None
        fresh, writes = _read(known, department, since - EARLIER)
        if not writes:
            _kept = version, fresh
    return fresh.waiting(at, asking, len(department))


def _read(known: Queue | None, department: Mapping[UUID, int], since: float) -> tuple[Queue, bool]:
    """The queue now, and whether this transaction has written: then it is its own view, and nobody else's."""
    params: dict[str, Any] = {"since": since} if known is None else {"seen": str(known.seen)}
    with wall.passage("beds.placement"), connection.cursor() as cursor:
        cursor.execute(WHOLE if known is None else CHANGED, params)
        rows = cursor.fetchall()
    seen, writes = int(rows[0][0]), bool(rows[0][1])
    changed = [row[2:] for row in rows if row[2] is not None]
    if known is None:
        known = Queue(0, since, {}, np.zeros(0, OPEN))
    elif seen < known.seen:
        return _read(None, department, since)[0], True  # an older snapshot than the kept one: read for itself
    return known.with_changes(changed, department, seen, since), writes
