"""Asking for a transport, and withdrawing what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor
from yipan.base.patients.identities import locked
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.dispatch.models import Level, Transport
from yipan.lines.dispatch.queries import facts
from yipan.spine import requests
from yipan.spine.events import Happening, record
from yipan.spine.models import Priority, Request


@dataclass(frozen=True, slots=True)
class TransportFacts:
    """What is asked: from where to where, what the vehicle must be able to do, how the patient is."""

    from_site: UUID
    to_site: UUID
    level: str = Level.BASIC
    condition: str = ""
    oxygen: bool = False
    escort: bool = False
    note: str = ""


def request_transport(
    *,
    actor: Actor,
    patient_id: UUID,
    home_department_id: UUID,
    asked: TransportFacts,
    priority: str = Priority.URGENT,
    wanted_from: datetime | None = None,
    attending_id: UUID | None = None,
    source: str = "desk",
    parent: Request | None = None,
) -> Request:
    """Ask for a patient to be taken from one site to another. `parent` is the request of another line that wants it.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming each wrong field.
    """
    home = facts.department(home_department_id)
    actor.require("dispatch.request", home.site.organisation.path)
    if wrong := problems(asked, priority):
        raise InvalidInput("form_invalid", fields=wrong)
    with unit.atomic():
        patient = locked(patient_id)
        if patient is None:
            raise NotFound("patient_unknown", id=str(patient_id))
        now = clock.now()
        request = Request(
            line=facts.LINE,
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
        transport = Transport(
            request=request,
            from_site=facts.site(asked.from_site),
            to_site=facts.site(asked.to_site),
            level=asked.level,
            condition=asked.condition.strip()[:400],
            oxygen=asked.oxygen,
            escort=asked.escort,
            note=asked.note.strip()[:400],
        )
        unit.insert([request])
        unit.insert([transport])
        record(actor, [happening("request.created", request)])
    return request


def problems(asked: TransportFacts, priority: str) -> dict[str, str]:
    """Field → code of what is wrong with it."""
    wrong: dict[str, str] = {}
    if asked.from_site == asked.to_site:
        wrong["to_site"] = "transport_same_place"
    if asked.level not in Level.values:
        wrong["level"] = "choice_unknown"
    if priority not in Priority.values:
        wrong["priority"] = "choice_unknown"
    return wrong


def cancel_transport(*, actor: Actor, request_id: UUID, reason: str) -> Request:
    """Withdraw a request; the vehicle that was kept for it is free again. Refused once the vehicle is on its way."""
    request = facts.transport(request_id).request
    actor.require("dispatch.request", request.site.organisation.path)
    return withdraw(actor, request, reason)


def withdraw(actor: Actor, request: Request, reason: str) -> Request:
    """What `cancel_transport` does once the right is checked; joint bookings check theirs at the vehicle's base."""
    return requests.withdraw(request_id=request.pk, by=actor, reason=reason, refused="transport_step")


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
