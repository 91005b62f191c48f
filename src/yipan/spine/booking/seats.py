"""Appointments in a queue: a seat keeps its planned time, whenever its turn really comes.

In a clinic everybody moves up or waits a little. If each patient took the time that they really had, the first late one
would push all others off their seats. So the period of a seat is the plan from the hold to the end; when the patient
really came in and left stands in the events. Still only one patient is in the room at a time.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.spine.booking.places import active, change, happening, lock_bookings
from yipan.spine.events import record
from yipan.spine.models import Booking
from yipan.spine.states import Verb


def take_seat(*, booking_id: UUID, by: Actor, at: datetime | None = None) -> Booking:
    """The patient of a held or confirmed seat has come in. Raises Conflict("capacity_taken") while another is there."""
    at = at or clock.now()
    with unit.atomic():
        (booking,), places = lock_bookings([booking_id])
        place = places[booking.capacity_id]
        current = active(place)
        if current is not None and current.pk != booking.pk:
            raise Conflict("capacity_taken")
        change(booking, Verb.ARRIVE)
        record(by, [happening("booking.arrived", booking, place, at, seat=booking.start.isoformat())])
    return booking


def leave_seat(*, booking_id: UUID, by: Actor, at: datetime | None = None) -> Booking:
    """The patient who came in has been seen; the seat stays where it was planned."""
    at = at or clock.now()
    with unit.atomic():
        (booking,), places = lock_bookings([booking_id])
        change(booking, Verb.DEPART)
        record(by, [happening("booking.departed", booking, places[booking.capacity_id], at)])
    return booking
