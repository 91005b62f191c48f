"""Locks, and the shared steps that several verbs take while they hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from prometheus_client import Counter

from yipan.base import unit
from yipan.base.access import Actor
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.spine import outbox
from yipan.spine.events import Happening, record
from yipan.spine.holdings import Holdings, holdings
from yipan.spine.models import Booking
from yipan.spine.registry import line_of_kind
from yipan.spine.states import Purpose, State, Verb, step

CHANGED = ("state", "period", "expires_at", "end_announced")
"""What verbs change of a booking."""

REFUSED = Counter("yipan_bookings_refused", "Double bookings that the database refused, by code.", ["code"])

CONFLICTS = {
    "booking_one_per_capacity": "capacity_taken",
    "booking_one_active_per_capacity": "capacity_taken",
    "booking_one_per_body": "patient_elsewhere",
    "booking_one_active_per_body": "patient_elsewhere",
    "booking_one_plan_per_patient": "patient_busy",
}

PLACES = """
SELECT c.id, c.kind, c.site_id, room.ward_id
FROM spine_capacity c
LEFT JOIN network_bed bed ON bed.id = c.bed_id
LEFT JOIN network_room room ON room.id = bed.room_id
WHERE c.id = ANY(%s)
ORDER BY c.id
"""
LOCK = PLACES + "FOR NO KEY UPDATE OF c"


@dataclass(frozen=True, slots=True)
class Place:
    """A locked capacity and where it stands."""

    id: UUID
    kind: str
    site_id: UUID
    ward_id: UUID | None


class Locked:
    """The places that a unit of work has locked."""

    def __init__(self) -> None:
        self.places: dict[UUID, Place] = {}


def lock(capacity_ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Lock capacities until the transaction ends, always in the same order, so that no two writers wait in a ring.

    Raises NotFound("capacity_unknown") for an identifier that is none.
    """
    wanted, mine = set(capacity_ids), unit.facts(Locked).places
    if new := wanted - mine.keys():
        mine |= _places(LOCK, new)
        if holdings().knows_any_on(new):  # read before they were locked: somebody may have been quicker
            unit.forget(Holdings)
    return {i: mine[i] for i in wanted}


def look_up(capacity_ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Where capacities stand, without a lock."""
    return _places(PLACES, set(capacity_ids))


def _places(sql: str, wanted: set[UUID]) -> dict[UUID, Place]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(wanted)])
        places = {row[0]: Place(*row) for row in cursor.fetchall()}
    for missing in wanted - places.keys():
        raise NotFound("capacity_unknown", capacity=str(missing))
    return places


def lock_bookings(booking_ids: Sequence[UUID], besides: Iterable[UUID] = ()) -> tuple[list[Booking], dict[UUID, Place]]:
    """Lock the capacities of these bookings, and those named `besides`; then read the bookings as they are under the
    lock, in the given order.
    """
    places = lock([*(b.capacity_id for b in _found(booking_ids)), *besides])
    return _found(booking_ids), places


def _found(booking_ids: Sequence[UUID]) -> list[Booking]:
    found = holdings().get(booking_ids)
    for missing in set(booking_ids) - found.keys():
        raise NotFound("booking_unknown", booking=str(missing))
    return [found[i] for i in booking_ids]


@contextmanager
def told_politely(**params: Any) -> Iterator[None]:
    """Turn what the constraints refuse into a Conflict, which undoes the transaction (or its part) of the verb around.

    Without a savepoint of its own: each verb is a transaction already, and two more trips would be a fifth of a hold.
    """
    try:
        with transaction.atomic(savepoint=False):
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        code = CONFLICTS.get(name or "")
        if code is None:
            raise
        REFUSED.labels(code).inc()
        raise Conflict(code, **params) from error


def period(start: datetime, end: datetime | None) -> DateTimeTZRange:
    """[start, end) for a booking that is to take time. Raises InvalidInput when the end is not after the start."""
    if end is not None and end <= start:
        raise InvalidInput("interval_empty", start=start.isoformat(), end=end.isoformat())
    return DateTimeTZRange(start, end)


def happening(
    kind: str, booking: Booking, place: Place, at: datetime, line: str | None = None, **data: Any
) -> Happening:
    """An event about one booking at one place."""
    return Happening(
        kind=kind,
        line=line or (booking.request.line if booking.request_id and booking.request else line_of_kind(place.kind)),
        request_id=booking.request_id,
        booking_id=booking.id,
        capacity_id=place.id,
        patient_id=booking.patient_id,
        site_id=place.site_id,
        ward_id=place.ward_id,
        at=at,
        data={"purpose": str(booking.purpose), **data},
    )


def change(booking: Booking, verb: Verb, *, end: datetime | None = None) -> None:
    """Take one step of the table and save it; `end` also closes the period there."""
    booking.state = step(booking.state, verb)
    booking.expires_at = None
    if end is not None:
        booking.period = DateTimeTZRange(min(booking.start, end), end)
    save(booking)


def save(booking: Booking) -> None:
    """Write what verbs change of a booking that was read under a lock."""
    unit.update(booking, *CHANGED)
    holdings().note(booking)


def write(booking: Booking) -> None:
    """Write a new booking. Raises Conflict when the constraints refuse it."""
    with told_politely():
        unit.insert([booking])
    holdings().note(booking)


def give_back(booking: Booking, place: Place, verb: Verb, *, by: Actor, at: datetime, **data: Any) -> None:
    """End a reservation that will not be used, and the shortening it had put on the stay before a planned move."""
    kind = {
        Verb.RELEASE: "booking.released",
        Verb.EXPIRE: "booking.expired",
        Verb.NO_SHOW: "booking.no_show",
        Verb.DISPLACE: "booking.displaced",
    }[verb]
    change(booking, verb)
    record(by, [happening(kind, booking, place, at, **data)])
    if verb is Verb.DISPLACE and booking.request is not None:
        outbox.put(
            topic=f"{booking.request.line}.displaced",
            key=f"displaced:{booking.id}",
            payload={"booking": str(booking.id)},
        )


def active(place: Place) -> Booking | None:
    """Whatever is under way on a locked capacity: a stay, a cleaning or a closure."""
    return next((b for b in holdings().live(place.id) if b.state == State.ACTIVE), None)


def reservations(place: Place, *, before: datetime | None) -> list[Booking]:
    """Held and confirmed bookings of a locked capacity that start before an instant (None: all), earliest first."""
    rows = [b for b in holdings().live(place.id) if b.state != State.ACTIVE]
    return sorted((b for b in rows if before is None or b.start < before), key=lambda b: b.start)


def make_room(
    place: Place, *, until: datetime | None, by: Actor, at: datetime, spare: Iterable[UUID] = (), postpone: bool = False
) -> list[Booking]:
    """Clear the reservations that start before `until`, because somebody is or stays there. Return those displaced.

    A planned closure, the patient's own planned move and, with `postpone`, every reservation just starts later when it
    still ends after `until`. The others are displaced: their requests wait again and are proposed anew (the event asks
    the line to do so).
    """
    displaced: list[Booking] = []
    left_alone = set(spare)
    in_the_way = [b for b in reservations(place, before=until) if b.id not in left_alone]
    occupant = active(place) if in_the_way else None
    for booking in in_the_way:
        own_move = occupant is not None and booking.previous_id == occupant.id
        later = postpone or booking.purpose == Purpose.CLOSURE or own_move
        if later and until is not None:
            end = booking.end
            if end is not None and end <= until + timedelta(minutes=1):
                end = until + (end - booking.start)
            put_off(booking, place, until, end, by=by, at=at)
        else:
            give_back(booking, place, Verb.DISPLACE, by=by, at=at)
            displaced.append(booking)
    return displaced


def shift_behind(
    place: Place, *, until: datetime, by: Actor, at: datetime, spare: Iterable[UUID] = ()
) -> list[Booking]:
    """Let what is reserved before `until` begin there, one after the other, each as long as it was planned.

    Where places are taken for minutes, whoever is next waits in the corridor: nobody is sent away because somebody took
    longer. Gaps between reservations take the delay up. Returns those that come later; one whose patient is expected
    elsewhere by then is displaced.
    """
    left_alone, front = set(spare), until
    moved: list[tuple[Booking, datetime, datetime | None]] = []
    for booking in reservations(place, before=None):
        if booking.id in left_alone:
            continue
        if booking.start >= front:
            break
        end = None if booking.end is None else front + (booking.end - booking.start)
        moved.append((booking, front, end))
        if end is None:
            break
        front = end
    for booking, start, end in reversed(moved):  # the last one first: it makes room for the one before it
        put_off(booking, place, start, end, by=by, at=at)
    return [booking for booking, _, _ in moved]


def put_off(booking: Booking, place: Place, start: datetime, end: datetime | None, *, by: Actor, at: datetime) -> None:
    """Let a reservation begin later; where it cannot, it is displaced."""
    planned = booking.start
    booking.period = period(start, end)
    if (part := booking.patient_period) is not None:
        booking.patient_period = period(part.lower + (start - planned), part.upper + (start - planned))
    try:
        with transaction.atomic():
            booking.save(update_fields=["period", "patient_period"])
    except IntegrityError:
        # The later time collides with the next reservation or with the patient's own: then it cannot simply wait.
        booking.refresh_from_db(fields=["period", "patient_period"])
        give_back(booking, place, Verb.DISPLACE, by=by, at=at)
    else:
        record(
            by,
            [happening("booking.postponed", booking, place, at, planned=planned.isoformat(), start=start.isoformat())],
        )
