"""A clinic for tests: every Monday and Tuesday morning, twenty-four seats of ten minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from yipan.base.access import SYSTEM, Actor, Role
from yipan.lines.appointments import actions
from yipan.lines.appointments.actions.clinics import ClinicFacts
from yipan.lines.appointments.models import Clinic
from yipan.spine import joint
from yipan.spine.models import Booking, Request
from yipan.spine.testing import SmallNetwork, patient, practitioner

MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
"""08:00 in Shanghai, when the clinic of that Monday begins."""


def clinic_at(network: SmallNetwork, department: str = "neurology", **facts: Any) -> Clinic:
    """A clinic of a department at the network's site."""
    home = network.departments[department]
    doctor = practitioner(home)
    written: dict[str, Any] = {
        "code": f"C-{doctor.code}",
        "name": "神经内科门诊",
        "name_en": "Neurology clinic",
        "practitioner_id": doctor.pk,
        "department_id": home.pk,
        "weekdays": (1, 2),
        "starts": time(8),
        "ends": time(12),
        "first_day": date(2026, 1, 1),
    }
    return actions.save_clinic(actor=SYSTEM, site_id=network.site.pk, written=ClinicFacts(**{**written, **facts}))


def asked(network: SmallNetwork, clinic: Clinic, patient_id: UUID | None = None, **facts: Any) -> Request:
    """A request for a seat of the clinic."""
    who = patient_id or patient().pk
    return actions.request_appointment(actor=desk(network), patient_id=who, clinic_id=clinic.pk, **facts)


def booked(
    network: SmallNetwork, clinic: Clinic, start: datetime = MONDAY, patient_id: UUID | None = None, **facts: Any
) -> Booking:
    """A confirmed seat."""
    request = asked(network, clinic, patient_id, **facts)
    row = actions.hold_seat(actor=desk(network), request_id=request.pk, clinic_id=clinic.pk, start=start)
    return actions.confirm_seat(actor=desk(network), booking_id=row.pk)


def need(network: SmallNetwork, parent: Request, **details: Any) -> joint.Need:
    """The need of a referral for a seat, from Monday morning on."""
    home = network.departments["neurology"]
    until = MONDAY + timedelta(days=14)
    return joint.Need("appointments", parent.patient_id, home.pk, MONDAY, until=until, details=details)


def desk(network: SmallNetwork) -> Actor:
    return network.actor(Role.COORDINATOR)


def doctor(network: SmallNetwork) -> Actor:
    return network.actor(Role.DOCTOR)
