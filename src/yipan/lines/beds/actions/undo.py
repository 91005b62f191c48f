"""Taking back what was marked by mistake."""

from __future__ import annotations

from uuid import UUID

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.lines.beds import policy
from yipan.lines.beds.queries import facts as known
from yipan.spine import booking
from yipan.spine.models import Booking


def undo_arrival(*, actor: Actor, booking_id: UUID, reason: str = "") -> Booking:
    """The patient never came into this bed, or the transfer did not happen: back to where they were."""
    place = known.place_of_booking(booking_id)
    actor.require("beds.receive", place.path, ward_id=place.ward_id)
    row = known.booking_of_line(booking_id)
    if row.previous_id is None:
        return booking.undo_arrive(booking_id=booking_id, by=actor, reason=reason)
    source = known.place_of_booking(row.previous_id)
    actor.require("beds.receive", source.path, ward_id=source.ward_id)
    return booking.cancel_move(booking_id=booking_id, by=actor, end=row.period.upper)


def undo_departure(*, actor: Actor, booking_id: UUID) -> Booking:
    """The patient has not left after all; the bed is theirs until the ward says otherwise.

    Raises Conflict("capacity_taken") when somebody else is in it by now.
    """
    place = known.place_of_booking(booking_id)
    actor.require("beds.receive", place.path, ward_id=place.ward_id)
    end = clock.now() + policy.OVERRUN_GRACE
    return booking.undo_depart(booking_id=booking_id, by=actor, end=end)
