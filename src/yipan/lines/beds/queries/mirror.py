"""The bookings that keep beds, as arrays kept in the process and brought up to date by what has changed.

A ranking looks at every bed of the network. Reading twenty thousand bookings for each question costs a tenth of a
second and more; those that changed since the last question are a handful. Each booking and each admission carries the
transaction that changed it last (`changed`), and a reading tells the oldest transaction that was still open: everything
before it has been seen, everything from it on is read again. So the arrays are those of the database at the instant of
the question, always.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from yipan.base.access import wall
from yipan.engine.placement.beds import GUEST, NEVER, rows_where, rows_with
from yipan.engine.placement.codes import BedState, Isolation, Sex

HEAD = """
WITH look AS (
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, pg_current_xact_id_if_assigned() IS NOT NULL AS writes
)
SELECT look.xmin, look.writes, booking.* FROM look LEFT JOIN """
WHOLE = HEAD + "beds_live() booking ON true"
CHANGED = HEAD + "beds_live_since(%s::text::xid8) booking ON true"

GONE, ACTIVE, CONFIRMED, HELD = range(4)
STATES = {"active": ACTIVE, "confirmed": CONFIRMED, "held": HELD}
CARE = 0
PURPOSES = {"care": CARE, "turnover": 1, "closure": 2}
UNDER_WAY = np.array([BedState.OCCUPIED, BedState.CLEANING, BedState.CLOSED], "u1")
"""State of a bed by the purpose of what is under way on it."""
SEXES = {"male": Sex.MALE, "female": Sex.FEMALE}
KINDS = {kind.name.lower(): int(kind) for kind in Isolation}

ROW = np.dtype(
    [
        ("starts", "f8"),  # seconds since 1970
        ("ends", "f8"),  # infinite when open
        ("expires", "f8"),  # infinite when it does not
        ("bed", "i4"),
        ("pathogen", "i4"),
        ("state", "u1"),
        ("purpose", "u1"),
        ("announced", "?"),
        ("sex", "u1"),
        ("isolation", "u1"),
    ],
    align=True,
)


@dataclass(frozen=True, eq=False)
class Mirror:
    """Bookings at one instant. `slots` says in which row each is; what it does not name has left no row.

    `seen`: every change of an older transaction is in it.
    """

    seen: int
    slots: dict[UUID, int]
    rows: NDArray[np.void]

    def with_changes(self, changed: Collection[tuple[Any, ...]], bed: Mapping[UUID, int], seen: int) -> Mirror:
        """A mirror with these bookings as they are now; the former one stays as it was."""
        if not changed:
            return replace(self, seen=seen)
        slots, new = self.slots, [row for row in changed if row[0] not in self.slots and row[2] in STATES]
        rows = rows_with(self.rows, np.zeros(len(new), ROW))
        if new:
            slots = slots | {row[0]: len(self.rows) + i for i, row in enumerate(new)}
        for row in changed:
            if (slot := slots.get(row[0])) is not None:
                rows[slot] = _row(row, bed)
        return Mirror(seen, slots, rows)

    def compact(self) -> Mirror:
        """The same without rows of bookings that keep nothing any more."""
        keeps = self.rows["state"] != GONE
        where = {int(slot): i for i, slot in enumerate(np.flatnonzero(keeps))}
        slots = {booking: where[slot] for booking, slot in self.slots.items() if slot in where}
        return Mirror(self.seen, slots, rows_where(self.rows, keeps))

    def put_on(
        self, beds: NDArray[np.void], at: datetime, without: Collection[UUID] = (), *, stated: bool = False
    ) -> NDArray[np.void]:
        """Write what these bookings mean at `at` into `beds` (free so far), and return the guests.

        `without` are bookings to leave out. `stated`: the end that was stated when a patient came counts like one that
        the ward has announced.
        """
        now = at.timestamp()
        keep = (self.rows["state"] != GONE) & (self.rows["bed"] >= 0) & (self.rows["expires"] > now)
        keep[[self.slots[booking] for booking in without if booking in self.slots]] = False
        rows = rows_where(self.rows, keep)
        since = np.floor((rows["starts"] - now) / 60).astype("i4")
        until = np.where(np.isinf(rows["ends"]), NEVER, np.ceil((rows["ends"] - now) / 60)).astype("i4")
        active, care = rows["state"] == ACTIVE, rows["purpose"] == CARE
        there = rows["bed"][active]
        beds["state"][there] = UNDER_WAY[rows["purpose"][active]]
        known = rows["announced"] | stated
        told = (~care | known) & (until != NEVER)
        beds["available_at"][there] = np.where(told, np.maximum(until, 0), NEVER)[active]
        coming = rows["bed"][~active]
        np.minimum.at(beds["available_until"], coming, np.maximum(since[~active], 0))
        due = coming[since[~active] <= 0]
        beds["state"][due[beds["state"][due] == BedState.FREE]] = BedState.HELD
        guests = np.zeros(int(care.sum()), GUEST)
        leaves = np.where(known | ~active, until, NEVER)
        for name, values in (("bed", rows["bed"]), ("since", since), ("until", leaves)):
            guests[name] = values[care]
        for name in ("pathogen", "sex", "isolation"):
            guests[name] = rows[name][care]
        return guests


_lock = threading.Lock()
_kept: tuple[int, Mirror] | None = None


def mirror(version: int, bed: Mapping[UUID, int]) -> Mirror:
    """The bookings now, as this transaction sees them. `version` is that of the network whose bed rows `bed` gives."""
    global _kept
    with _lock:
        known = _kept[1] if _kept is not None and _kept[0] == version else None
        fresh, writes = _read(known, bed)
        if not writes:
            _kept = version, fresh
    return fresh


def _read(known: Mirror | None, bed: Mapping[UUID, int]) -> tuple[Mirror, bool]:
    """The bookings now, and whether this transaction has written: then they are its own view, and nobody else's."""
    with wall.passage("beds.placement"), connection.cursor() as cursor:
        cursor.execute(WHOLE if known is None else CHANGED, None if known is None else [str(known.seen)])
        rows = cursor.fetchall()
    seen, writes = int(rows[0][0]), bool(rows[0][1])
    changed = [row[2:] for row in rows if row[2] is not None]
    if known is None:
        known = Mirror(0, {}, np.zeros(0, ROW))
    elif seen < known.seen:
        return _read(None, bed)[0], True  # an older snapshot than the kept one: read for itself
    fresh = known.with_changes(changed, bed, seen)
    if len(fresh.rows) > 1000 and np.count_nonzero(fresh.rows["state"]) < len(fresh.rows) * 0.8:
        fresh = fresh.compact()
    return fresh, writes


def _row(row: tuple[Any, ...], bed: Mapping[UUID, int]) -> tuple[Any, ...]:
    _, capacity, state, purpose, announced, starts, ends, expires, sex, isolation, pathogen = row
    inf = np.inf
    return (
        starts if starts is not None else -inf,
        ends if ends is not None else inf,
        expires if expires is not None else inf,
        bed.get(capacity, -1),
        pathogen_number(pathogen),
        STATES.get(state, GONE),
        PURPOSES[purpose],
        bool(announced),
        SEXES.get(sex or "", Sex.UNKNOWN),
        KINDS[isolation or "none"],
    )


def pathogen_number(pathogen: str | None) -> int:
    """A number for a pathogen's name, the same for the same name; 0 for none. Cohorts share it (CRC-32, 31 bits)."""
    name = (pathogen or "").strip().casefold()
    return zlib.crc32(name.encode()) % (2**31 - 1) + 1 if name else 0
