"""What to do with patients who could go on at a lower hospital."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.referrals.actions import after, sending
from yipan.lines.referrals.models import Candidate, Referral
from yipan.lines.referrals.policy import Facts
from yipan.spine.events import Happening, record


def refer_candidate(
    *,
    actor: Actor,
    candidate_id: UUID,
    to_department_id: UUID,
    facts: Facts,
    tasks: Sequence[Mapping[str, Any]] = (),
    needs: Sequence[Mapping[str, Any]] = (),
) -> Referral:
    """Offer a proposed patient to a lower hospital, with plan and tasks. Raises Conflict("candidate_decided"), and what
    `draft_referral` and `send_referral` raise."""
    with transaction.atomic():
        row = _open(actor, candidate_id)
        made = sending.draft_referral(
            actor=actor,
            patient_id=row.request.patient_id,
            from_department_id=row.request.home_department_id,
            to_department_id=to_department_id,
            facts=facts,
            needs=needs,
        )
        row.referral = made
        row.save(update_fields=["referral"])
        after.plan_tasks(actor=actor, referral_id=made.pk, tasks=tasks)
        return sending.send_referral(actor=actor, referral_id=made.pk)


def dismiss_candidate(*, actor: Actor, candidate_id: UUID, reason: str) -> Candidate:
    """Say why a proposed patient stays. Raises Conflict("candidate_decided") when somebody has decided already."""
    if not reason.strip():
        raise InvalidInput("form_invalid", fields={"reason": "field_required"})
    with transaction.atomic():
        row = _open(actor, candidate_id)
        row.dismissed_at, row.dismissed_by, row.reason = clock.now(), actor.name[:120], reason.strip()[:200]
        row.save(update_fields=["dismissed_at", "dismissed_by", "reason"])
        happening = Happening(
            "referral.candidate_dismissed",
            "referrals",
            request_id=row.request_id,
            patient_id=row.request.patient_id,
            site_id=row.request.site_id,
            data={"candidate": str(row.pk)},
        )
        record(actor, [happening])
    return row


def _open(actor: Actor, candidate_id: UUID) -> Candidate:
    """A proposal under a lock that nobody has decided about."""
    row = Candidate.objects.select_for_update(of=("self",)).filter(pk=candidate_id).first()
    if row is None:
        raise NotFound("candidate_unknown", id=str(candidate_id))
    actor.require("referrals.send", row.request.site.organisation.path)
    if row.dismissed_at is not None or row.referral_id is not None:
        raise Conflict("candidate_decided")
    return row
