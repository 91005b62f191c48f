"""From an ADT message to an `AdtEvent` (HL7 v2.8, chapter 3).

The tables say which field each attribute comes from; docs/reference/hl7v2.md prints them for people.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from typing import Any, NamedTuple, TypeVar

from yipan.codecs.hl7v2.event import AdtEvent, Diagnosis
from yipan.codecs.hl7v2.message import Field, Message, Segment
from yipan.codecs.hl7v2.path import Path
from yipan.codecs.hl7v2.timestamp import Timestamp, read_timestamp
from yipan.codecs.hl7v2.triggers import MEANINGS, needed_segments
from yipan.codecs.hl7v2.types import CWE, CX, HD, PL, XAD, XCN, XPN, XTN, is_chinese, read
from yipan.kernel.errors import InvalidInput

T = TypeVar("T")

# Table 0001, and the digits of GB/T 2261.1 that Chinese systems send in its place.
SEXES = {
    "M": "male",
    "F": "female",
    "O": "other",
    "A": "other",
    "N": "other",
    "X": "other",
    "U": "unknown",
    "1": "male",
    "2": "female",
    "0": "unknown",
    "9": "unknown",
}

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


Places = list[tuple[str, str, str, int]]
"""Attribute, path, segment and number of the field."""


def _places(paths: dict[str, str]) -> Places:
    return [(name, path, (p := Path.parse(path)).segment, p.field) for name, path in paths.items()]


TEXT_PLACES, TIME_PLACES = _places(TEXTS), _places(TIMES)
TYPED_PLACES = _places({name: path for name, (path, _) in TYPED.items()})


def adt_event(message: Message, zone: tzinfo) -> AdtEvent:
    """Read an ADT message. Times without an offset are in that of MSH-7, or else in `zone`.

    Raises InvalidInput with `where`: `hl7_not_adt`, `hl7_trigger_unknown`, `hl7_version_unknown`, `hl7_field_missing`,
    `hl7_segment_missing`, `hl7_time`, `hl7_value_unknown`.
    """
    trigger, control_id = _checked(message)
    sent_at = None
    if written := (message.get("MSH-7") or "").strip():
        sent_at = read_timestamp(written, zone, where="MSH-7", segment=1)
        if "+" in written or "-" in written:
            zone = sent_at.local.tzinfo or zone
    common: dict[str, Any] = {
        "trigger": trigger,
        "message_control_id": control_id,
        "sending_application": _designator(message, 3),
        "sending_facility": _designator(message, 4),
        "sent_at": sent_at,
    }
    first, *further = (AdtEvent(**common, **_Reader(part, zone).values()) for part in _parts(message))
    return replace(first, further=tuple(further)) if further else first


def _checked(message: Message) -> tuple[str, str]:
    """Trigger and control id of a message that can be read as ADT."""
    if message.type != "ADT":
        raise InvalidInput("hl7_not_adt", where="MSH-9.1", segment=1, type=message.type)
    trigger = message.trigger
    if trigger not in MEANINGS:
        raise InvalidInput("hl7_trigger_unknown", where="MSH-9.2", segment=1, trigger=trigger)
    if message.version is not None and not message.version.startswith("2."):
        raise InvalidInput("hl7_version_unknown", where="MSH-12", segment=1, version=message.version)
    if message.control_id is None:
        raise InvalidInput("hl7_field_missing", where="MSH-10", segment=1)
    needed = needed_segments(trigger)
    for name in needed:
        if len(message.segments(name)) < needed.count(name):
            raise InvalidInput("hl7_segment_missing", where=name, trigger=trigger)
    return trigger, message.control_id


class _Line(NamedTuple):
    """A segment with its number in the message and among those of its name."""

    number: int
    occurrence: int
    segment: Segment


def _parts(message: Message) -> list[list[_Line]]:
    """The segments of each patient, each time with the common ones (MSH, EVN) in front of the first PID."""
    common: list[_Line] = []
    parts: list[list[_Line]] = []
    seen: dict[str, int] = {}
    for number, segment in enumerate(message.lines, start=1):
        seen[segment.name] = seen.get(segment.name, 0) + 1
        if segment.name == "PID":
            parts.append([])
        (parts[-1] if parts else common).append(_Line(number, seen[segment.name], segment))
    return [common + part for part in parts] or [common]


class _Reader:
    """Reads the attributes of one patient's segments, and remembers which ones the sender emptied."""

    def __init__(self, lines: list[_Line], zone: tzinfo) -> None:
        self._lines = lines
        self._zone = zone
        self._first_lines = {line.segment.name: line for line in reversed(lines)}
        self._nulls: set[str] = set()

    def values(self) -> dict[str, Any]:
        """All attributes that come from segments behind the header."""
        values: dict[str, Any] = {name: self._text(name, path) for name, path in self._told(TEXT_PLACES)}
        values |= {name: self._time(name, path) for name, path in self._told(TIME_PLACES)}
        values |= {name: self._first(name, path, TYPED[name][1]) for name, path in self._told(TYPED_PLACES)}
        values |= self._person()
        values["previous_identifiers"] = self._all("MRG-1", CX) + self._all("MRG-4", CX)
        values["diagnoses"] = tuple(d for line in self._named("DG1") if (d := _diagnosis(line.segment)) is not None)
        if self._named("NPU"):
            values["location"] = self._first("location", "NPU-1", PL)
            values["bed_status"] = self._text("bed_status", "NPU-2")
        return values | {"nulls": frozenset(self._nulls)}

    def _told(self, places: Places) -> list[tuple[str, str]]:
        """(attribute, path) of the fields in which anything stands: most of a message's fields are empty."""
        fields = {name: line.segment.fields for name, line in self._first_lines.items()}
        return [
            (attribute, path)
            for attribute, path, segment, number in places
            if len(here := fields.get(segment, ())) >= number and here[number - 1]
        ]

    def _person(self) -> dict[str, Any]:
        names = self._all("PID-5", XPN)
        address = self._first("address", "PID-11", XAD)
        phones = [phone.text for path in ("PID-13", "PID-14") for phone in self._all(path, XTN) if phone.text]
        self._field("phone", "PID-13")
        return {
            "identifiers": self._all("PID-3", CX) + self._all("PID-2", CX) + self._all("PID-4", CX),
            "national_id": self._text("national_id", "PID-19"),
            "names": names,
            # The legal name comes first by the standard; of a name in two scripts, people read the characters.
            "name": next((name for name in names if _in_characters(name)), names[0] if names else None),
            "sex": self._sex(),
            "address": (address.text or None) if address else None,
            "phone": phones[0] if phones else None,
        }

    def _sex(self) -> str | None:
        code = self._text("sex", "PID-8")
        if code is None:
            return None
        if code.upper() not in SEXES:
            where, segment = self._where("PID-8")
            raise InvalidInput("hl7_value_unknown", where=where, segment=segment, value=code)
        return SEXES[code.upper()]

    def _named(self, name: str) -> list[_Line]:
        return [line for line in self._lines if line.segment.name == name]

    def _field(self, attribute: str | None, path: str) -> Field | None:
        """The field at a path of this patient, or None where nothing stands; notes it when it was emptied."""
        p = Path.parse(path)
        line = self._first_lines.get(p.segment)
        if line is None or len(line.segment.fields) < p.field or not line.segment.fields[p.field - 1]:
            return None
        field = line.segment.field(p.field)
        if attribute is not None and field.is_null:
            self._nulls.add(attribute)
        return field

    def _where(self, path: str) -> tuple[str, int]:
        """A path as an error names it, and the number of its segment."""
        p = Path.parse(path)
        line = self._first_lines[p.segment]
        return str(replace(p, occurrence=line.occurrence)), line.number

    def _text(self, attribute: str, path: str) -> str | None:
        field = self._field(attribute, path)
        return ((field.get() or "").strip() or None) if field else None

    def _time(self, attribute: str, path: str) -> Timestamp | None:
        text = self._text(attribute, path)
        if text is None:
            return None
        where, segment = self._where(path)
        return read_timestamp(text, self._zone, where=where, segment=segment)

    def _first(self, attribute: str, path: str, kind: type[T]) -> T | None:
        return next(iter(self._all(path, kind)), None) if self._field(attribute, path) else None

    def _all(self, path: str, kind: type[T]) -> tuple[T, ...]:
        field = self._field(None, path)
        if field is None:
            return ()
        repetitions = field.repetitions
        values = tuple(value for r in repetitions if (value := read(kind, r)) is not None)
        # An identifier without its number (an assigning authority alone) identifies nobody.
        return tuple(value for value in values if not isinstance(value, CX) or value.id)


def _designator(message: Message, number: int) -> str | None:
    """The name of the application or facility in a field of MSH."""
    return next((hd.name for r in message.segment("MSH").field(number).repetitions if (hd := read(HD, r))), None)


def _in_characters(name: XPN) -> bool:
    return name.representation == "I" or is_chinese(name.text)


def _diagnosis(segment: Segment) -> Diagnosis | None:
    """One DG1, unless it says (DG1-21) that the diagnosis was deleted."""
    code = next((c for r in segment.field(3).repetitions if (c := read(CWE, r)) is not None), CWE())
    text = code.text or (segment.field(4).get() or "").strip() or None
    if segment.field(21).get() == "D" or not (code.code or text):
        return None
    system = code.system or (segment.field(2).get() or "").strip() or None
    return Diagnosis(code.code, text, system, (segment.field(6).get() or "").strip() or None)
