"""REF^I12 and RRI^I12 out, and the referral note as a FHIR document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yipan.base.network.models import Department
from yipan.base.patients.matching import NATIONAL_ID
from yipan.base.patients.models import Identifier, Patient
from yipan.codecs.fhir.referral import Party, ReferralNote, referral_bundle
from yipan.codecs.hl7v2.referrals import ANSWER, REFER, Provider, ReferralEvent
from yipan.codecs.hl7v2.timestamp import calendar_day
from yipan.codecs.hl7v2.types import CWE, CX, EI, HD, XPN
from yipan.lines.referrals.models import Referral, Step
from yipan.lines.referrals.policy import State
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries.facts import Parties
from yipan.spine.wire import Outgoing

OURS = "YIPAN"
"""Who gives the numbers of referrals, in messages."""

PARTNER = "partner"
STATUS = {State.ACCEPTED: "A", State.RETURNED: "P", State.REFUSED: "R", State.ARRIVED: "A", State.WITHDRAWN: "E"}
"""Where a step leads → table 0283."""


def tell_step(payload: Mapping[str, Any]) -> Outgoing[ReferralEvent] | None:
    """The message of one step for the partner outside: the referral itself when it is the receiver, else our answer."""
    found = known.with_state(Referral.objects.select_related(*known.ENDS)).filter(pk=payload["referral"]).first()
    step = Step.objects.filter(referral_id=payload["referral"], number=payload["step"]).first()
    if found is None or step is None:
        return None
    ends = Parties(found)
    outside = ends.receiver if ends.receiver.kind == PARTNER else ends.sender
    theirs = outside == ends.sender
    state = State(step.state)
    if theirs and state in (State.SENT, State.WITHDRAWN):
        return None  # it told us so itself
    event = ReferralEvent(
        kind=REFER if state is State.SENT else ANSWER,
        trigger="I12",
        message_control_id="",
        **person(found.request.patient),
        number=EI(found.placer_number, outside.code) if theirs and found.placer_number else EI(found.number, OURS),
        external=EI(found.number, OURS) if theirs else None,
        status=STATUS.get(state),
        priority=found.request.priority,
        reason=CWE(None, found.summary.get("reason")),
        problem=CWE(found.diagnosis_code or None, found.diagnosis or None, "I10" if found.diagnosis_code else None),
        sender=_provider(found.request.home_department),
        receiver=_provider(found.to_department),
        summary=dict(found.summary) if state is State.SENT else ({"reason": step.note} if step.note else {}),
    )
    return Outgoing(event.kind, event, (outside.path,), found.request.patient_id)


def document(found: Referral) -> dict[str, Any]:
    """The referral note as a FHIR document, for partners that read that."""
    ends, patient = Parties(found), found.request.patient
    numbers = Identifier.objects.filter(patient=patient).order_by("pk")
    return referral_bundle(
        ReferralNote(
            id=str(found.pk),
            number=found.number,
            status=str(found.state),  # type: ignore[attr-defined]
            at=found.request.created_at,
            author=found.request.created_by,
            patient_id=str(patient.pk),
            patient_name=patient.name,
            sex=patient.sex,
            birth_date=patient.birth_date,
            identifiers=tuple((n.system, n.value) for n in numbers),
            sender=Party(str(ends.sender.pk), ends.sender.code, ends.sender.name),
            receiver=Party(str(ends.receiver.pk), ends.receiver.code, ends.receiver.name),
            urgency=found.request.priority,
            diagnosis_code=found.diagnosis_code,
            diagnosis=found.diagnosis,
            summary=found.summary,
        )
    )


def person(patient: Patient) -> dict[str, Any]:
    """Whom a message is about."""
    numbers = Identifier.objects.filter(patient=patient).order_by("pk")
    return {
        "identifiers": tuple(
            CX(n.value, type="NI") if n.system == NATIONAL_ID else CX(n.value, None, HD(n.system), n.type or "MR")
            for n in numbers
        ),
        "name": XPN(patient.name),
        "sex": patient.sex,
        "birth": calendar_day(patient.birth_date) if patient.birth_date else None,
    }


def _provider(department: Department) -> Provider:
    return Provider(department.site.organisation.code, department.code, f"{department.site.name} {department.name}")
