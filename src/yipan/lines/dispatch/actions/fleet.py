"""Describing vehicles, and taking them out of service."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.base.network.models import Site
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.dispatch.models import AMBULANCE, Level, Vehicle
from yipan.lines.dispatch.queries import facts
from yipan.spine import capacities
from yipan.spine.events import Happening, record


def save_vehicle(
    *,
    actor: Actor,
    site_id: UUID,
    call_sign: str,
    level: str = Level.BASIC,
    preparation_minutes: int = 3,
    in_service: bool = True,
    note: str = "",
    vehicle_id: UUID | None = None,
) -> Vehicle:
    """Make a vehicle at its base, or describe one anew. What it is booked for stays booked.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming each wrong field.
    """
    base = Site.objects.select_related("organisation").filter(pk=site_id).first()
    if base is None:
        raise NotFound("place_unknown")
    actor.require("dispatch.fleet", base.organisation.path)
    vehicle = facts.vehicle(vehicle_id) if vehicle_id is not None else None
    if vehicle is not None and vehicle.capacity.site_id != base.pk:
        raise NotFound("vehicle_unknown", id=str(vehicle_id))
    call_sign = call_sign.strip()
    wrong: dict[str, str] = {}
    if not call_sign:
        wrong["call_sign"] = "field_required"
    elif Vehicle.objects.filter(call_sign=call_sign).exclude(pk=vehicle_id).exists():
        wrong["call_sign"] = "call_sign_taken"
    if level not in Level.values:
        wrong["level"] = "choice_unknown"
    if not 0 <= preparation_minutes <= 60:
        wrong["preparation_minutes"] = "preparation_range"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    values = {
        "call_sign": call_sign[:64],
        "level": level,
        "preparation_minutes": preparation_minutes,
        "in_service": in_service,
        "note": note.strip()[:200],
    }
    with transaction.atomic():
        if vehicle is None:
            place = capacities.make(kind=AMBULANCE, site_id=base.pk)
            vehicle = Vehicle.objects.create(capacity=place, **values)
        else:
            Vehicle.objects.filter(pk=vehicle.pk).update(**values)
        data = {"call_sign": call_sign, "in_service": in_service}
        record(actor, [Happening("vehicle.described", facts.LINE, capacity_id=vehicle.pk, site_id=base.pk, data=data)])
    return facts.vehicle(vehicle.pk)
