"""Ends that move: an expected departure is announced, withdrawn, or simply does not happen in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from yipan.base import unit
from yipan.base.access import SYSTEM, Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.spine import outbox
from yipan.spine.booking.places import (
    happening,
    lock_bookings,
    make_room,
    period,
    put_off,
    save,
    shift_behind,
    told_politely,
)
from yipan.spine.events import record
from yipan.spine.models import Booking
from yipan.spine.states import Purpose, State

SHORTLY = timedelta(minutes=15)
"""How much later is looked again at what should be over any moment: a cleaning, or a stay whose next place waits."""


def announce_end(*, booking_id: UUID, end: datetime | None, by: Actor, at: datetime | None = None) -> Booking:
    """State when the patient is expected to leave; None withdraws what was stated.

    From an announced end on the place can be reserved. A later end, or a withdrawn one, displaces what had been
    reserved on the promise. Raises InvalidInput("end_in_past") when the end is not after now.
    """
    at = at or clock.now()
    with unit.atomic():
        (booking,), places = lock_bookings([booking_id])
        place = places[booking.capacity_id]
        if booking.state != State.ACTIVE:
            raise Conflict("booking_step", state=str(booking.state), verb="announce_end")
        if end is not None and end <= max(at, booking.start):
            raise InvalidInput("end_in_past", end=end.isoformat())
        make_room(place, until=end, by=by, at=at)
        booking.end_announced = end is not None
        if end is not None:
            booking.period = period(booking.start, end)
        with told_politely():
            save(booking)
        kind = "booking.end_announced" if end else "booking.end_withdrawn"
        record(by, [happening(kind, booking, place, at, end=end.isoformat() if end else None)])
    return booking


def extend_overruns(*, kind: str, grace: timedelta, shift: bool = False, at: datetime | None = None) -> int:
    """Lengthen what should be over and is not in capacities of a kind, so that nobody is put on top of it.

    A stay displaces what was reserved behind it (its request waits and is proposed anew), or with `shift` lets it come
    later; a turnover only postpones.
    Returns how many were lengthened. Called every minute by the worker; a page that reads in between sees the stay as
    present, because the state says so, not the clock.
    """
    at = at or clock.now()
    due = Booking.objects.filter(state=State.ACTIVE, period__endswith__lte=at, capacity__kind=kind)
    due = due.exclude(purpose=Purpose.CLOSURE)
    extended = 0
    for booking_id in list(due.values_list("id", flat=True)):
        with unit.atomic():
            moves = Booking.objects.filter(previous_id=booking_id, state__in=[State.HELD, State.CONFIRMED])
            (booking, *onward), places = lock_bookings([booking_id, *moves.values_list("id", flat=True)])
            if booking.state != State.ACTIVE or booking.end is None or booking.end > at:
                continue
            place = places[booking.capacity_id]
            care = booking.purpose == Purpose.CARE
            until = at + grace if care and not onward else at + SHORTLY
            for move in onward:  # the patient is late for a planned move, whose place waits
                last = max(move.end, until + SHORTLY) if move.end is not None else None
                put_off(move, places[move.capacity_id], until, last, by=SYSTEM, at=at)
            if care and shift:
                shift_behind(place, until=until, by=SYSTEM, at=at)
            else:
                make_room(place, until=until, by=SYSTEM, at=at, postpone=not care)
            planned, announced = booking.end, booking.end_announced
            booking.period, booking.end_announced = period(booking.start, until), False
            with told_politely():
                booking.save(update_fields=["period", "end_announced"])
            kind = "booking.overran" if care else "turnover.overran"
            record(SYSTEM, [happening(kind, booking, place, at, planned=planned.isoformat(), announced=announced)])
            if booking.request is not None and announced:
                outbox.put(
                    topic=f"{booking.request.line}.overran",
                    key=f"overran:{booking.id}:{planned.isoformat()}",
                    payload={"booking": str(booking.id)},
                )
            extended += 1
    return extended
