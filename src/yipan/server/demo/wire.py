"""Messages of the demo's hospital systems: the same ADT that a real one would send, through the same listener."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from yipan.base.network.models import Bed, Organisation
from yipan.base.patients.matching import NATIONAL_ID
from yipan.base.patients.models import Identifier, Patient
from yipan.codecs.hl7v2.build import Envelope, Person, Stay, build_adt
from yipan.codecs.hl7v2.types import CWE, CX, HD, PL, XCN, XPN
from yipan.interop.models import Source
from yipan.kernel import clock
from yipan.spine.models import Booking, Request

APPLICATION = "HIS"
ZONE = ZoneInfo("Asia/Shanghai")
_numbers = itertools.count(1)


def introduce() -> None:
    """Make the demo's hospital systems known as senders, each for its own organisation."""
    for organisation in Organisation.objects.filter(sites__wards__isnull=False).distinct():
        Source.objects.get_or_create(
            application=APPLICATION,
            facility=organisation.code,
            defaults={
                "organisation": organisation,
                "charset": "gb18030",
                "assigners": {organisation.code: organisation.code, NATIONAL_ID: NATIONAL_ID},
            },
        )


def admission(booking: Booking) -> bytes:
    """A01: the patient of a reservation lies in the bed."""
    bed, request = booking.capacity.bed, booking.request
    assert bed is not None
    assert request is not None
    stay = Stay(location=_location(bed), attending=_doctor(request), admitted_at=clock.now())
    return _adt("A01", bed, patient=_person(request.patient), stay=stay)


def discharge(booking: Booking) -> bytes:
    """A03: the patient has left the bed."""
    bed = booking.capacity.bed
    assert bed is not None
    stay = Stay(location=_location(bed), discharged_at=clock.now())
    return _adt("A03", bed, patient=_person(booking.patient), stay=stay)


def expected_discharge(booking: Booking, end: datetime) -> bytes:
    """A16: the patient is expected to leave at a time."""
    bed = booking.capacity.bed
    assert bed is not None
    stay = Stay(location=_location(bed), expected_discharge=end)
    return _adt("A16", bed, patient=_person(booking.patient), stay=stay)


def cleaned(bed: Bed) -> bytes:
    """A20: the bed is unoccupied and ready."""
    return _adt("A20", bed, stay=Stay(location=_location(bed), bed_status="U"))


def expected_admission(
    patient: Patient, identifiers: Iterable[Identifier], request: Request, diagnosis: tuple[str, str]
) -> bytes:
    """A14: a bed is wanted for a patient of a department."""
    department = request.home_department
    code = department.site.organisation.code
    stay = Stay(
        hospital_service=department.code,
        attending=_doctor(request),
        admission_type={"emergency": "E", "elective": "C"}.get(request.priority, "U"),
        expected_admission=clock.now(),
    )
    return build_adt(
        "A14",
        control_id=_control_id(),
        at=clock.now(),
        patient=_person(patient, identifiers),
        stay=stay,
        diagnoses=[CWE(diagnosis[0], diagnosis[1], "I10")],
        envelope=_envelope(code),
    ).encode()


def _adt(trigger: str, bed: Bed, **parts: object) -> bytes:
    code = bed.room.ward.site.organisation.code
    message = build_adt(trigger, control_id=_control_id(), at=clock.now(), envelope=_envelope(code), **parts)  # type: ignore[arg-type]
    return message.encode()


def _control_id() -> str:
    return f"D{clock.now():%y%m%d%H%M%S%f}{next(_numbers) % 1000:03d}"


def _envelope(organisation: str) -> Envelope:
    return Envelope(sender=(APPLICATION, organisation), charset="GB18030-2000", zone=ZONE)


def _location(bed: Bed) -> PL:
    return PL(point_of_care=bed.room.ward.code, room=bed.room.label, bed=bed.label)


def _doctor(request: Request) -> XCN | None:
    doctor = request.attending
    return XCN(id=doctor.code, family=doctor.name[:1], given=doctor.name[1:]) if doctor else None


def _person(patient: Patient | None, identifiers: Iterable[Identifier] | None = None) -> Person:
    assert patient is not None
    known = list(identifiers) if identifiers is not None else list(patient.identifiers.all())
    return Person(
        identifiers=tuple(CX(id=i.value, assigner=HD(namespace=i.system), type=i.type) for i in known),
        name=XPN(family=patient.name[:1], given=patient.name[1:], representation="I"),
        sex=patient.sex,
        birth_date=patient.birth_date,
        phone=patient.phone,
    )
