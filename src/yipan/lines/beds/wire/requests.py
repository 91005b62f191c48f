"""The admission request behind a message: found, made, brought up to date, withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor
from yipan.base.access.models import Practitioner
from yipan.base.patients.models import Patient
from yipan.codecs.hl7v2.event import AdtEvent
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds import policy
from yipan.lines.beds.actions import requests as actions
from yipan.lines.beds.queries import facts as known
from yipan.lines.beds.queries.facts import BedPlace
from yipan.lines.beds.wire import clinical
from yipan.spine.events import Happening, record
from yipan.spine.models import Request
from yipan.spine.queries import RequestState
from yipan.spine.wire import Sender

OPEN = [str(s) for s in (RequestState.WAITING, RequestState.HELD, RequestState.CONFIRMED, RequestState.ACTIVE)]
REASON = "ADT"


def open_of(patient_id: UUID) -> Request | None:
    """The request under which the patient waits or lies in a bed; there is never more than one."""
    still = [r for r in known.requests_of(patient_id) if r.state in OPEN]  # type: ignore[attr-defined]
    return still[-1] if still else None


def of_visit(patient_id: UUID, visit: str | None) -> Request | None:
    """The latest request of a visit number, whatever became of it."""
    if not visit:
        return None
    of_visit = [r for r in known.requests_of(patient_id) if r.admission.visit_number == visit[:64]]
    return of_visit[-1] if of_visit else None


def patient_of_visit(visit: str | None, source: Sender) -> Patient | None:
    """Whose visit that is in the sender's organisation, by the latest request of that number."""
    if not visit:
        return None
    rows = Request.objects.select_related("patient").filter(
        line="beds",
        admission__visit_number=visit[:64],
        site__organisation__path__startswith=source.path,
        cancelled_at=None,
    )
    found = rows.order_by("-created_at").first()
    return found.patient if found is not None else None


def other_visit(request: Request, event: AdtEvent) -> bool:
    """The message names another visit than that of the request."""
    ours, told = request.admission.visit_number, (event.visit_number or "")[:64]
    return bool(ours and told and ours != told)


def refuse_other_visit(request: Request, event: AdtEvent) -> None:
    if other_visit(request, event):
        raise Conflict("visit_differs")


def open_or_new(
    event: AdtEvent,
    patient: Patient,
    *,
    place: BedPlace | None,
    start: datetime,
    doctor: Practitioner | None,
    source: Sender,
    actor: Actor,
) -> Request:
    """The patient's open request brought up to date, or a new one for the department that the message names.

    Raises Conflict("visit_ended") when the visit is over: the message is a late one, or the visit must be reopened.
    """
    found = open_of(patient.pk)
    if found is not None:
        bring_up_to_date(found, event, doctor=doctor, actor=actor)
        return found
    ended = of_visit(patient.pk, event.visit_number)
    if ended is not None and ended.cancelled_at is None:
        raise Conflict("visit_ended")
    told = clinical.told_facts(event)
    if (days := clinical.expected_days(event, start)) is not None:
        told["expected_days"] = days
    return actions.request_admission(
        actor=actor,
        patient_id=patient.pk,
        home_department_id=_home(event, place, doctor, source),
        facts=policy.AdmissionFacts(origin="his", **told),
        priority=clinical.priority(event),
        attending_id=doctor.pk if doctor else None,
        wanted_from=start,
        certificate_at=min(start, clock.now()),
        source="hl7",
    )


def bring_up_to_date(request: Request, event: AdtEvent, *, doctor: Practitioner | None, actor: Actor) -> None:
    """Attending, diagnosis, severity, isolation and visit number as the message says; what it leaves out stays."""
    told = clinical.told_facts(event)
    news = {field: value for field, value in told.items() if getattr(request.admission, field) != value}
    if news:
        actions.revise_request(actor=actor, request_id=request.pk, changes=news)
    if doctor is not None and request.attending_id != doctor.pk:
        change = {"attending": [str(request.attending_id), str(doctor.pk)]}
        request.attending = doctor
        unit.update(request, "attending")
        record(actor, [_revised(request, change)])


def postpone(request: Request, wanted_from: datetime, *, actor: Actor) -> None:
    """The patient is expected at another time than the request says."""
    if request.wanted_from != wanted_from:
        change = {"wanted_from": [request.wanted_from.isoformat(), wanted_from.isoformat()]}
        request.wanted_from = wanted_from
        unit.update(request, "wanted_from")
        record(actor, [_revised(request, change)])


def withdraw(request: Request, *, actor: Actor) -> None:
    """The admission will not happen; what was held for it is given back."""
    actions.cancel_request(actor=actor, request_id=request.pk, reason=REASON)


def keep_one(survivor_id: UUID, retired_id: UUID, *, actor: Actor) -> None:
    """Two records that are one person ask for one bed: the request that is further on stays, the other is withdrawn.

    Where both lie in a bed nothing is withdrawn; then they are two people, and the merge is refused.
    """
    one, other = open_of(survivor_id), open_of(retired_id)
    if one is None or other is None:
        return
    lesser = min((other, one), key=lambda r: OPEN.index(r.state))  # type: ignore[attr-defined]
    if lesser.state != RequestState.ACTIVE:  # type: ignore[attr-defined]
        withdraw(lesser, actor=actor)


def _home(event: AdtEvent, place: BedPlace | None, doctor: Practitioner | None, source: Sender) -> UUID:
    """The home department: by hospital service, by the doctor's department, and else that of the bed or of the ward."""
    if event.hospital_service and (told := source.department(event.hospital_service)) is not None:
        return told
    if doctor is not None and doctor.department_id is not None:
        return doctor.department_id
    if place is not None:
        return place.department_id
    for location in (event.location, event.pending_location):
        if location is not None and (found := source.ward_department(location)) is not None:
            return found
    raise InvalidInput("department_untold", service=event.hospital_service or "")


def _revised(request: Request, data: dict[str, Any]) -> Happening:
    return Happening(
        "request.revised",
        "beds",
        request_id=request.pk,
        patient_id=request.patient_id,
        site_id=request.site_id,
        data=data,
    )
