"""Cleaning and making ready: the time between two patients, a booking of its own so that nobody can be put into it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.spine.booking.places import Place, active, change, happening, lock, make_room, period, write
from yipan.spine.events import record
from yipan.spine.models import Booking
from yipan.spine.states import Purpose, State, Verb


def begin_turnover(*, capacity_id: UUID, length: timedelta, by: Actor, at: datetime | None = None) -> Booking:
    """Send an empty bed to cleaning. Raises Conflict("capacity_taken") when somebody is in it."""
    at = at or clock.now()
    with unit.atomic():
        place = lock([capacity_id])[capacity_id]
        if active(place) is not None:
            raise Conflict("capacity_taken")
        return start(place, length, by=by, at=at)


def finish_turnover(*, capacity_id: UUID, by: Actor, at: datetime | None = None) -> Booking:
    """The bed is ready. Raises Conflict("not_in_turnover") when it is not being cleaned."""
    at = at or clock.now()
    with unit.atomic():
        place = lock([capacity_id])[capacity_id]
        booking = active(place)
        if booking is None or booking.purpose != Purpose.TURNOVER:
            raise Conflict("not_in_turnover")
        finish(booking, place, by=by, at=at)
    return booking


def start(place: Place, length: timedelta, *, by: Actor, at: datetime) -> Booking:
    """Begin the turnover of a locked, empty capacity; the next reservation starts after it."""
    make_room(place, until=at + length, by=by, at=at, postpone=True)
    booking = Booking(
        capacity_id=place.id,
        purpose=Purpose.TURNOVER,
        state=State.ACTIVE,
        period=period(at, at + length),
        body=False,
        created_at=at,
    )
    write(booking)
    record(by, [happening("turnover.started", booking, place, at)])
    return booking


def finish(booking: Booking, place: Place, *, by: Actor, at: datetime) -> None:
    """End the turnover of a locked capacity."""
    change(booking, Verb.DEPART, end=at)
    record(by, [happening("turnover.finished", booking, place, at)])
