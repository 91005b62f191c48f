"""Asking for a seat, and withdrawing what was asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor
from yipan.base.patients.identities import locked
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.appointments.models import Appointment, Clinic
from yipan.lines.appointments.queries import facts
from yipan.spine import requests
from yipan.spine.events import Happening, record
from yipan.spine.models import Priority, Request


def request_appointment(
    *,
    actor: Actor,
    patient_id: UUID,
    clinic_id: UUID,
    reason: str = "",
    priority: str = Priority.ELECTIVE,
    wanted_from: datetime | None = None,
    source: str = "desk",
) -> Request:
    """Ask for a seat of a clinic for a patient. Raises Refused, NotFound, InvalidInput("form_invalid")."""
    clinic = facts.clinic(clinic_id)
    actor.require("appointments.book", facts.path_of(clinic))
    request = Request(
        site=clinic.capacity.site,
        home_department_id=clinic.department_id,
        attending_id=clinic.practitioner_id,
        priority=priority,
        source=source,
        wanted_from=wanted_from or clock.now(),
    )
    return write_request(actor, request, patient_id, clinic.department.specialty_id, wish=clinic, reason=reason)


def write_request(
    actor: Actor, request: Request, patient_id: UUID, specialty: str, *, wish: Clinic | None, reason: str
) -> Request:
    """Write a request of this line with its appointment and its event; for the desk and for joint bookings."""
    if request.priority not in Priority.values:
        raise InvalidInput("form_invalid", fields={"priority": "choice_unknown"})
    with unit.atomic():
        patient = locked(patient_id)
        if patient is None:
            raise NotFound("patient_unknown", id=str(patient_id))
        request.line, request.patient = facts.LINE, patient
        request.created_at, request.created_by = clock.now(), actor.name
        appointment = Appointment(request=request, specialty_id=specialty, wish=wish, reason=reason.strip()[:400])
        unit.insert([request])
        unit.insert([appointment])
        record(actor, [happening("request.created", request)])
    return request


def cancel_appointment(*, actor: Actor, request_id: UUID, reason: str) -> Request:
    """Withdraw a request; the seat that was kept for it is given back. Refused once the patient is with the doctor."""
    request = facts.appointment(request_id)
    actor.require("appointments.book", request.site.organisation.path)
    return withdraw(actor, request, reason)


def withdraw(actor: Actor, request: Request, reason: str) -> Request:
    """What `cancel_appointment` does once the right is checked; joint bookings check theirs at the clinic's site."""
    return requests.withdraw(request_id=request.pk, by=actor, reason=reason, refused="appointment_step")


def happening(kind: str, request: Request, **more: Any) -> Happening:
    """An event about a request of this line."""
    return Happening(
        kind=kind,
        line=facts.LINE,
        request_id=request.pk,
        patient_id=request.patient_id,
        site_id=request.site_id,
        **more,
    )
