"""The person and the stay of messages that are not ADT: the fields they are read from, and the segments they become."""

from __future__ import annotations

from typing import Any

from yipan.codecs.hl7v2.event import PatientEvent
from yipan.codecs.hl7v2.message import Segment
from yipan.codecs.hl7v2.reader import Line, PatientReader, tables
from yipan.codecs.hl7v2.types import CX, PL, XCN, XPN
from yipan.codecs.hl7v2.writer import Person, Stay, Writer

TEXTS = {"patient_class": "PV1-2", "hospital_service": "PV1-10"}
TIMES = {"birth": "PID-7"}
TYPED: dict[str, tuple[str, type]] = {
    "visit": ("PV1-19", CX),
    "location": ("PV1-3", PL),
    "attending": ("PV1-7", XCN),
}
TABLES = tables(TEXTS, TIMES, TYPED)


def patient_values(lines: list[Line], zone: Any) -> dict[str, Any]:
    """The attributes of `PatientEvent` behind the header. Raises InvalidInput as `PatientReader`."""
    return PatientReader(lines, zone, TABLES).values()


def patient_segments(event: PatientEvent, writer: Writer) -> list[Segment]:
    """PID, and PV1 where anything is known of the stay."""
    person = Person(
        identifiers=event.identifiers,
        name=event.name or XPN(),
        sex=event.sex,
        birth_date=event.birth_date,
        phone=event.phone,
        address=event.address,
        national_id=event.national_id,
    )
    stay = Stay(
        patient_class=event.patient_class or "",
        location=event.location,
        attending=event.attending,
        hospital_service=event.hospital_service,
        visit_number=event.visit_number,
    )
    known = (event.patient_class, event.location, event.attending, event.hospital_service, event.visit_number)
    return writer.patient(person, [], stay if any(known) else None)
