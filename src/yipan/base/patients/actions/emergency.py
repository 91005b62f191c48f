"""Opening a record in an emergency, without the right to it."""

from __future__ import annotations

from uuid import UUID

from yipan.base.access import Actor, emergency
from yipan.base.access.models import EmergencyAccess
from yipan.base.patients import queries


def open_in_emergency(*, actor: Actor, patient_id: UUID, reason: str) -> EmergencyAccess:
    """Open the record (of the survivor when it was merged) for a while; the privacy officer is told.

    Raises Refused, NotFound("patient_unknown"), InvalidInput("reason_too_short"), TooOften.
    """
    actor.require("patients.emergency")
    with queries.in_emergency():
        survivor = queries.resolve(patient_id)
    return emergency.break_glass(actor=actor, patient_id=survivor.pk, reason=reason)
