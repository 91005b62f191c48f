"""From an ADT message to an `AdtEvent` (HL7 v2.8, chapter 3).

The tables say which field each attribute comes from; docs/reference/hl7v2.md prints them for people.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from typing import Any

from yipan.codecs.hl7v2.event import AdtEvent
from yipan.codecs.hl7v2.message import Message
from yipan.codecs.hl7v2.reader import Line, PatientReader, header, parts, tables
from yipan.codecs.hl7v2.triggers import MEANINGS, needed_segments
from yipan.codecs.hl7v2.types import CWE, CX, PL, XCN
from yipan.kernel.errors import InvalidInput

TEXTS = {
    "patient_class": "PV1-2",
    "admission_type": "PV1-4",
    "hospital_service": "PV1-10",
    "discharge_disposition": "PV1-36",
    "servicing_facility": "PV1-39",
    "bed_status": "PV1-40",
    "visit_priority": "PV2-25",
    "level_of_care": "PV2-40",
    "precaution": "PV2-41",
    "condition": "PV2-42",
}
TIMES = {
    "recorded_at": "EVN-2",
    "planned_at": "EVN-3",
    "occurred_at": "EVN-6",
    "birth": "PID-7",
    "admitted_at": "PV1-44",
    "discharged_at": "PV1-45",
    "expected_admission": "PV2-8",
    "expected_discharge": "PV2-9",
    "expected_return": "PV2-47",
}
TYPED: dict[str, tuple[str, type]] = {
    "account": ("PID-18", CX),
    "previous_account": ("MRG-3", CX),
    "previous_visit": ("MRG-5", CX),
    "visit": ("PV1-19", CX),
    "location": ("PV1-3", PL),
    "prior_location": ("PV1-6", PL),
    "temporary_location": ("PV1-11", PL),
    "pending_location": ("PV1-42", PL),
    "attending": ("PV1-7", XCN),
    "referring": ("PV1-8", XCN),
    "consulting": ("PV1-9", XCN),
    "admitting": ("PV1-17", XCN),
    "reason": ("PV2-3", CWE),
}


_TABLES = tables(TEXTS, TIMES, TYPED)


def adt_event(message: Message, zone: tzinfo) -> AdtEvent:
    """Read an ADT message. Times without an offset are in that of MSH-7, or else in `zone`.

    Raises InvalidInput with `where`: `hl7_not_adt`, `hl7_trigger_unknown`, `hl7_version_unknown`, `hl7_field_missing`,
    `hl7_segment_missing`, `hl7_time`, `hl7_value_unknown`.
    """
    _check(message)
    common, zone = header(message, zone)
    _check_segments(message)
    first, *further = (AdtEvent(**common, **_values(part, zone)) for part in parts(message))
    return replace(first, further=tuple(further)) if further else first


def _check(message: Message) -> None:
    if message.type != "ADT":
        raise InvalidInput("hl7_not_adt", where="MSH-9.1", segment=1, type=message.type)
    if message.trigger not in MEANINGS:
        raise InvalidInput("hl7_trigger_unknown", where="MSH-9.2", segment=1, trigger=message.trigger)


def _check_segments(message: Message) -> None:
    trigger = message.trigger or ""
    needed = needed_segments(trigger)
    for name in needed:
        if len(message.segments(name)) < needed.count(name):
            raise InvalidInput("hl7_segment_missing", where=name, trigger=trigger)


def _values(part: list[Line], zone: tzinfo) -> dict[str, Any]:
    """What the segments of one patient say."""
    reader = PatientReader(part, zone, _TABLES)
    told: dict[str, Any] = {}
    if reader.named("NPU"):
        told = {"location": reader.first("location", "NPU-1", PL), "bed_status": reader.text("bed_status", "NPU-2")}
    told["previous_identifiers"] = reader.every("MRG-1", CX) + reader.every("MRG-4", CX)
    return reader.values() | told
