"""Beds that are shut for a time. A bed with somebody in it closes when they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from yipan.base import unit
from yipan.base.access import SYSTEM, Actor
from yipan.kernel import clock
from yipan.spine.booking import turnover
from yipan.spine.booking.places import (
    Place,
    active,
    change,
    give_back,
    happening,
    lock,
    lock_bookings,
    period,
    reservations,
    write,
)
from yipan.spine.events import record
from yipan.spine.models import Booking
from yipan.spine.states import Purpose, State, Verb


def close(
    *, capacity_ids: Sequence[UUID], until: datetime | None, reason: str, by: Actor, at: datetime | None = None
) -> list[Booking]:
    """Close capacities until an instant (None: until reopened). Reservations in that time are displaced.

    An occupied one gets a planned closure that begins with the departure; one that is closed already is left as it is.
    """
    at = at or clock.now()
    with unit.atomic():
        places = lock(capacity_ids)
        closed = [_close(places[i], until, reason, by=by, at=at) for i in sorted(places)]
    return [b for b in closed if b is not None]


def reopen(*, capacity_ids: Sequence[UUID], by: Actor, at: datetime | None = None) -> int:
    """End the closures, under way or planned, of these capacities; return how many."""
    at = at or clock.now()
    ended = 0
    with unit.atomic():
        for place in lock(capacity_ids).values():
            for booking in Booking.objects.filter(
                capacity_id=place.id, purpose=Purpose.CLOSURE, state__in=[State.ACTIVE, State.CONFIRMED]
            ):
                _end(booking, place, by=by, at=at)
                ended += 1
    return ended


def end_due_closures(*, at: datetime | None = None) -> int:
    """Reopen what was closed until a time that has come; return how many."""
    at = at or clock.now()
    due = Booking.objects.filter(purpose=Purpose.CLOSURE, state=State.ACTIVE, period__endswith__lte=at)
    ended = 0
    for booking_id in list(due.values_list("id", flat=True)):
        with unit.atomic():
            (booking,), places = lock_bookings([booking_id])
            if booking.state == State.ACTIVE:
                _end(booking, places[booking.capacity_id], by=SYSTEM, at=at)
                ended += 1
    return ended


def begin_planned(place: Place, *, by: Actor, at: datetime) -> bool:
    """Begin the closure that was waiting for a departure from this locked capacity; False when none waits."""
    for booking in reservations(place, before=None):
        if booking.purpose == Purpose.CLOSURE:
            end = booking.end if booking.end is None or booking.end > at else None
            booking.period = period(at, end)
            change(booking, Verb.ARRIVE)
            record(by, [happening("closure.started", booking, place, at)])
            return True
    return False


def _close(place: Place, until: datetime | None, reason: str, *, by: Actor, at: datetime) -> Booking | None:
    current = active(place)
    if current is not None and current.purpose == Purpose.CLOSURE:
        return None
    if current is not None and current.purpose == Purpose.TURNOVER:
        turnover.finish(current, place, by=by, at=at)
        current = None
    if any(b.purpose == Purpose.CLOSURE for b in reservations(place, before=None)):
        return None
    start = at if current is None else current.end
    if start is None:  # an open-ended stay: nothing can be planned behind it until its end is announced
        return None
    if until is not None and until <= start:
        return None
    for booking in reservations(place, before=until):
        give_back(booking, place, Verb.DISPLACE, by=by, at=at)
    booking = Booking(
        capacity_id=place.id,
        purpose=Purpose.CLOSURE,
        state=State.ACTIVE if current is None else State.CONFIRMED,
        period=period(start, until),
        body=False,
        created_at=at,
    )
    write(booking)
    kind = "closure.started" if current is None else "closure.planned"
    record(by, [happening(kind, booking, place, at, reason=reason)])
    return booking


def _end(booking: Booking, place: Place, *, by: Actor, at: datetime) -> None:
    if booking.state == State.ACTIVE:
        change(booking, Verb.DEPART, end=at)
    else:
        change(booking, Verb.RELEASE)
    record(by, [happening("closure.ended", booking, place, at)])
