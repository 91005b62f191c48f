"""The end of a transport: the patient is handed over, with what was measured and done on the way."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.dispatch import policy
from yipan.lines.dispatch.actions.requests import happening
from yipan.lines.dispatch.models import Handover
from yipan.lines.dispatch.policy import Step
from yipan.lines.dispatch.queries import facts
from yipan.spine import booking
from yipan.spine.events import record


def hand_over(
    *,
    actor: Actor,
    booking_id: UUID,
    received_by: str,
    vitals: Mapping[str, float] | None = None,
    treatment: str = "",
    note: str = "",
) -> Handover:
    """The receiving team has the patient: the transport is done and the vehicle goes home.

    Raises InvalidInput("form_invalid") naming each wrong field, Conflict("transport_step") unless it is under way.
    """
    row, vehicle, carried = facts.trip_booking(booking_id)
    actor.require("dispatch.drive", facts.path_of(vehicle))
    wrong = dict.fromkeys(policy.wrong_vitals(vitals or {}), "vitals_range")
    if not received_by.strip():
        wrong["received_by"] = "field_required"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    now = clock.now()
    with transaction.atomic():
        booking.lock_places([vehicle.pk])
        done = facts.progress(row).step
        if done is not Step.UNDER_WAY:
            raise Conflict("transport_step", state=str(done), verb=str(Step.HANDED_OVER))
        roads = facts.roads(vehicle.capacity.site, carried)
        home = policy.trip(now, roads)
        length = home.back - home.arrive - policy.HANDING_OVER
        booking.depart(booking_id=booking_id, by=actor, turnover_length=length, at=now)
        made = Handover.objects.create(
            transport=carried,
            at=now,
            vitals=dict(vitals or {}),
            treatment=treatment.strip()[:1000],
            note=note.strip()[:400],
            received_by=received_by.strip()[:120],
            given_by=actor.name,
        )
        told_to = {"booking_id": row.pk, "capacity_id": vehicle.pk, "data": {"eta": now.isoformat()}}
        record(actor, [happening("transport.handed_over", carried.request, **told_to)])
    return made
