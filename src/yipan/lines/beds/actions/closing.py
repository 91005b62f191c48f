"""Shutting beds and wards, and opening them again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.beds.queries import facts as known
from yipan.spine import booking
from yipan.spine.models import Booking


def close_bed(*, actor: Actor, bed_id: UUID, reason: str, until: datetime | None = None) -> list[Booking]:
    """Shut a bed until an instant, or until it is reopened; with a patient in it, from the departure on."""
    return _close(actor, [known.bed_place(bed_id)], reason, until)


def close_ward(*, actor: Actor, ward_id: UUID, reason: str, until: datetime | None = None) -> list[Booking]:
    """Shut every bed of a ward; beds with patients close as they leave."""
    return _close(actor, _ward(ward_id), reason, until)


def reopen_bed(*, actor: Actor, bed_id: UUID) -> int:
    """Open a shut bed again; return how many closures ended."""
    return _reopen(actor, [known.bed_place(bed_id)])


def reopen_ward(*, actor: Actor, ward_id: UUID) -> int:
    """Open every shut bed of a ward again."""
    return _reopen(actor, _ward(ward_id))


def _ward(ward_id: UUID) -> list[known.BedPlace]:
    places = known.places_of_ward(ward_id)
    if not places:
        raise NotFound("ward_unknown", id=str(ward_id))
    return places


def _close(actor: Actor, places: list[known.BedPlace], reason: str, until: datetime | None) -> list[Booking]:
    actor.require("beds.close", places[0].path)
    if not reason.strip():
        raise InvalidInput("form_invalid", fields={"reason": "field_required"})
    if until is not None and until <= clock.now():
        raise InvalidInput("form_invalid", fields={"until": "time_in_past"})
    return booking.close(capacity_ids=[p.capacity_id for p in places], until=until, reason=reason.strip(), by=actor)


def _reopen(actor: Actor, places: list[known.BedPlace]) -> int:
    actor.require("beds.close", places[0].path)
    return booking.reopen(capacity_ids=[p.capacity_id for p in places], by=actor)
