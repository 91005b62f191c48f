"""Break-glass: opening a patient's record without the right to it, with a written reason, for a while.

Nothing stops a person who says that a patient is in danger; instead the opening is told to the privacy officer, who
reviews each one. Another person reviews it than the one who opened the record.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from yipan.base import audit
from yipan.base.access import limits, wall
from yipan.base.access.actor import Actor
from yipan.base.access.models import EmergencyAccess
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound

SHORTEST_REASON, LONGEST_REASON = 10, 500


@wall.passage("access.emergency")
def break_glass(*, actor: Actor, patient_id: UUID, reason: str) -> EmergencyAccess:
    """Open the record `patient_id` for YIPAN_EMERGENCY_MINUTES; while it is open already, that opening is returned.

    The caller makes sure that the patient exists. Raises Refused, InvalidInput("reason_too_short"), TooOften.
    """
    actor.require("patients.emergency")
    if actor.user_id is None:
        raise InvalidInput("emergency_needs_person")
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if len(reason) < SHORTEST_REASON:
        raise InvalidInput("reason_too_short", characters=SHORTEST_REASON)
    if (open_now := opening_of(actor, patient_id)) is not None:
        return open_now
    limits.spend(limits.EMERGENCY, actor.user_id)
    now = clock.now()
    with transaction.atomic():
        opening = EmergencyAccess.objects.create(
            user_id=actor.user_id,
            patient_id=patient_id,
            reason=reason,
            at=now,
            until=now + timedelta(minutes=settings.YIPAN_EMERGENCY_MINUTES),
        )
        data = {"reason": reason, "until": opening.until.isoformat()}
        audit.record(actor, "emergency.open", "emergency", opening.pk, patient_id=patient_id, data=data)
    return opening


@wall.passage("access.emergency")
@transaction.atomic
def review(*, actor: Actor, opening_id: UUID, justified: bool, note: str = "") -> EmergencyAccess:
    """Mark an opening as looked into. Raises Refused, NotFound, Conflict("emergency_own" | "emergency_reviewed")."""
    actor.require("emergency.review")
    opening = EmergencyAccess.objects.select_for_update().filter(pk=opening_id).first()
    if opening is None:
        raise NotFound("emergency_unknown")
    if actor.user_id is None or opening.user_id == actor.user_id:
        raise Conflict("emergency_own")
    if opening.reviewed_at is not None:
        raise Conflict("emergency_reviewed")
    opening.reviewed_at, opening.reviewed_by_id = clock.now(), actor.user_id
    opening.justified, opening.note = justified, note.strip()[:LONGEST_REASON]
    opening.save(update_fields=["reviewed_at", "reviewed_by", "justified", "note"])
    data = {"justified": justified, "note": opening.note}
    audit.record(actor, "emergency.review", "emergency", opening.pk, patient_id=opening.patient_id, data=data)
    return opening


@wall.passage("access.emergency")
def opening_of(actor: Actor, patient_id: UUID) -> EmergencyAccess | None:
    """The actor's opening of this record that still lasts."""
    if actor.user_id is None:
        return None
    rows = EmergencyAccess.objects.filter(user_id=actor.user_id, patient_id=patient_id, until__gt=clock.now())
    return rows.order_by("-until").first()


def openings(actor: Actor, *, unreviewed: bool = False) -> QuerySet[EmergencyAccess]:
    """Every opening, newest first; patients' identities are the whole network's, so these are too. Raises Refused."""
    actor.require("emergency.review")
    rows = EmergencyAccess.objects.select_related("user", "reviewed_by").order_by("-at", "-id")
    return rows.filter(reviewed_at=None) if unreviewed else rows


def waiting(actor: Actor) -> int:
    """How many openings wait for this person's review; 0 for anybody else."""
    if actor.user_id is None or not actor.may("emergency.review"):
        return 0
    return EmergencyAccess.objects.filter(reviewed_at=None).exclude(user_id=actor.user_id).count()
