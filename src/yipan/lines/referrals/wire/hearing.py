"""REF^I12 and RRI^I12 in: a partner refers a patient here, or answers a referral of ours."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.base.network.models import Department, Organisation
from yipan.codecs.hl7v2.referrals import Provider, ReferralEvent
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.referrals import actions, policy
from yipan.lines.referrals.models import Referral
from yipan.lines.referrals.policy import Facts, State
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.wire.telling import OURS
from yipan.spine.wire import ALREADY_SO, Outcome, Sender
from yipan.spine.wire.people import registered

SOURCE = "hl7"
ACCEPTED, REJECTED, PENDING, EXPIRED = "A", "R", "P", "E"


def take_referral(event: ReferralEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A partner's referral appears as sent; the same number again changes nothing.

    Raises NotFound("referral_to_unknown"), and what `send_referral` refuses (the agreement's reason, a live referral).
    """
    number = _number(event)
    there = Referral.objects.filter(placer_number=number, request__site__organisation__path__startswith=source.path)
    if number and (row := there.first()) is not None:
        return Outcome(ALREADY_SO, row.request.patient_id)
    patient = registered(event, source=source, actor=actor)
    with transaction.atomic():
        made = actions.draft_referral(
            actor=actor,
            patient_id=patient.pk,
            from_department_id=_home(event, source),
            to_department_id=_department(event.receiver),
            facts=_facts(event),
            placer_number=number,
            source=SOURCE,
        )
        actions.send_referral(actor=actor, referral_id=made.pk)
    return Outcome("referral_taken", patient.pk)


def take_answer(event: ReferralEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A partner that runs no Yipan accepts or refuses what we sent it; pending changes nothing.

    Raises NotFound("referral_unknown"), InvalidInput("answer_unknown").
    """
    row = Referral.objects.filter(number=event.number.id if event.number else "").first()
    if row is None:
        raise NotFound("referral_unknown", id=event.number.id if event.number else "")
    found = known.with_state(Referral.objects.filter(pk=row.pk)).get()
    done = {ACCEPTED: State.ACCEPTED, REJECTED: State.REFUSED, EXPIRED: State.REFUSED}.get(event.status or "")
    if event.status == PENDING or found.state == done:  # type: ignore[attr-defined]
        return Outcome(ALREADY_SO, row.request.patient_id)
    note = event.summary.get("reason") or event.summary.get("history") or ""
    match event.status:
        case "A":
            actions.accept_referral(actor=actor, referral_id=row.pk, note=note)
        case "R" | "E":
            actions.refuse_referral(actor=actor, referral_id=row.pk, reason="other", note=note or event.status)
        case _:
            raise InvalidInput("answer_unknown", status=event.status or "")
    return Outcome("referral_answered", row.request.patient_id)


def _number(event: ReferralEvent) -> str:
    return (event.number.id or "")[:64] if event.number else ""


def _facts(event: ReferralEvent) -> Facts:
    code = (event.problem.code or "") if event.problem else ""
    words = (event.problem.text or "") if event.problem else ""
    told = {name: text[: policy.summary.LONGEST] for name, text in event.summary.items() if name in policy.SUMMARY}
    reason = told.get("reason") or (event.reason.text if event.reason else "") or words or code
    usable = code if policy.summary.ICD10.match(code) else ""
    return Facts(usable, words or ("" if usable else reason)[:200], event.priority, "", {**told, "reason": reason})


def _home(event: ReferralEvent, source: Sender) -> UUID:
    """The partner's department that refers: as named, else its first one."""
    if event.sender.department and (found := source.department(event.sender.department)) is not None:
        return found
    rows = Department.objects.filter(site__organisation__path__startswith=source.path).order_by("code")
    first = rows.values_list("pk", flat=True).first()
    if first is None:
        raise NotFound("referral_to_unknown")
    return first


def _department(end: Provider) -> UUID:
    """The department of ours that is meant: by its code, alone or in the organisation named beside it."""
    rows = Department.objects.filter(code=end.department or "")
    if not rows.exists() and end.organisation and end.department:
        rows = Department.objects.filter(
            site__organisation__in=Organisation.objects.filter(code=end.organisation), specialty_id=end.department
        )
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("referral_to_unknown", ours=OURS)
    return found
