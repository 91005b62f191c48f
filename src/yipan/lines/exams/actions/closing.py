"""Shutting devices, and opening them again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yipan.base.access import Actor, wall
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.queries import facts as known
from yipan.spine import booking
from yipan.spine.models import Booking


def close_device(*, actor: Actor, device_id: UUID, reason: str, until: datetime | None = None) -> list[Booking]:
    """Shut a device until an instant, or until it is opened again; who is on it is examined yet, and orders planned
    meanwhile wait for another time. Raises InvalidInput("form_invalid"), Refused."""
    device = known.device(device_id)
    actor.require("exams.close", device.capacity.site.organisation.path)
    if not reason.strip():
        raise InvalidInput("form_invalid", fields={"reason": "field_required"})
    if until is not None and until <= clock.now():
        raise InvalidInput("form_invalid", fields={"until": "time_in_past"})
    with wall.passage("exams.slots"):
        return booking.close(capacity_ids=[device_id], until=until, reason=reason.strip()[:200], by=actor)


def reopen_device(*, actor: Actor, device_id: UUID) -> int:
    """Open a shut device; return how many closures ended."""
    device = known.device(device_id)
    actor.require("exams.close", device.capacity.site.organisation.path)
    with wall.passage("exams.slots"):
        return booking.reopen(capacity_ids=[device_id], by=actor)
