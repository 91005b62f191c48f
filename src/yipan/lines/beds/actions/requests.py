"""Asking for a bed, changing what is asked, and withdrawing it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor, wall
from yipan.base.patients.identities import locked
from yipan.base.patients.models import Patient
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.beds import policy
from yipan.lines.beds.models import AdmissionRequest
from yipan.lines.beds.queries import facts as known
from yipan.spine import requests
from yipan.spine.events import Happening, record
from yipan.spine.holdings import holdings
from yipan.spine.models import Priority, Request
from yipan.spine.queries import RequestState


def request_admission(
    *,
    actor: Actor,
    patient_id: UUID,
    home_department_id: UUID,
    facts: policy.AdmissionFacts,
    priority: str = Priority.URGENT,
    attending_id: UUID | None = None,
    wanted_from: datetime | None = None,
    certificate_no: str = "",
    certificate_at: datetime | None = None,
    source: str = "desk",
    parent: Request | None = None,
) -> Request:
    """Ask for a bed for a patient of a department; the 20-minute clock starts at `certificate_at` (default now).
    `parent` is the request of another line that wants it, also for somebody who lies in a bed now and is to leave it.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming each wrong field, and Conflict("request_open") when
    the patient waits or lies in a bed already.
    """
    home = known.department(home_department_id)
    actor.require("beds.request", home.site.organisation.path)
    policy.check(facts)
    if priority not in Priority.values:
        raise InvalidInput("form_invalid", fields={"priority": "choice_unknown"})
    now = clock.now()
    with unit.atomic():
        # The patient's row is locked so that two desks cannot open two requests for one person at once.
        patient = locked(patient_id)
        if patient is None:
            raise NotFound("patient_unknown", id=str(patient_id))
        _refuse_second_request(patient_id, moves=parent is not None)
        request = Request(
            line="beds",
            patient=patient,
            site=home.site,
            home_department=home,
            attending_id=attending_id,
            priority=priority,
            source=source,
            parent=parent,
            wanted_from=wanted_from or now,
            created_at=now,
            created_by=actor.name,
        )
        admission = AdmissionRequest(
            request=request,
            certificate_no=certificate_no,
            certificate_at=certificate_at or now,
            **asdict(with_identity(facts, patient, now)),
        )
        unit.insert([request])
        unit.insert([admission])
        known.note_request(request)
        record(actor, [_happening("request.created", request)])
    return request


def revise_request(*, actor: Actor, request_id: UUID, changes: dict[str, Any]) -> AdmissionRequest:
    """Change clinical facts of a request or a stay (severity, isolation, nursing level …), with the old values kept.

    `changes` maps fields of `policy.AdmissionFacts` to new values. Raises InvalidInput naming each wrong field.
    """
    request = known.request_with_facts(request_id)
    actor.require("beds.request", request.site.organisation.path)
    unknown = [name for name in changes if name not in policy.AdmissionFacts.__dataclass_fields__]
    if unknown:
        raise InvalidInput("form_invalid", fields=dict.fromkeys(unknown, "field_unknown"))
    with unit.atomic():
        detail = known.locked_admission(request)
        before = {name: getattr(detail, name) for name in changes}
        policy.check(replace(policy.AdmissionFacts(), **changes))
        for name, value in changes.items():
            setattr(detail, name, value)
        unit.update(detail, *changes)
        changed = {n: [str(before[n]), str(v)] for n, v in changes.items() if before[n] != v}
        if changed:
            place = next(iter(holdings().kept_for(request)), None)
            record(
                actor, [_happening("request.revised", request, capacity_id=place and place.capacity_id, data=changed)]
            )
    return detail


def cancel_request(*, actor: Actor, request_id: UUID, reason: str) -> Request:
    """Withdraw a request; what was held for it is given back. Refused once the patient lies in a bed."""
    request = known.request_with_facts(request_id)
    actor.require("beds.request", request.site.organisation.path)
    return requests.withdraw(request_id=request_id, by=actor, reason=reason)


@wall.passage("spine.body")
def _refuse_second_request(patient_id: UUID, *, moves: bool) -> None:
    over = {RequestState.DONE, RequestState.CANCELLED} | ({RequestState.ACTIVE} if moves else set())
    for request in known.requests_of(patient_id):
        if request.state not in over:  # type: ignore[attr-defined]
            raise Conflict("request_open", state=str(request.state), request=str(request.pk))  # type: ignore[attr-defined]


def with_identity(facts: policy.AdmissionFacts, patient: Patient, now: datetime) -> policy.AdmissionFacts:
    """Sex and age come from the patient's record where the form left them open."""
    sex = patient.sex if facts.sex == "unknown" else facts.sex
    age = facts.age_years if facts.age_years is not None else policy.age_on(patient.birth_date, now.date())
    return replace(facts, sex=sex, age_years=age)


def _happening(kind: str, request: Request, **more: Any) -> Happening:
    return Happening(
        kind=kind, line="beds", request_id=request.id, patient_id=request.patient_id, site_id=request.site_id, **more
    )
