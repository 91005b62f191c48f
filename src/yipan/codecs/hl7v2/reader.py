"""Reads what every message about a person says of the person and the stay: PID, PV1 and what stands beside them.

A message kind says in tables which field each of its attributes comes from; `PatientReader` follows them, and knows
where in the message a value stood when it is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any, NamedTuple, TypeVar

from yipan.codecs.hl7v2.event import Diagnosis
from yipan.codecs.hl7v2.message import Field, Message, Segment
from yipan.codecs.hl7v2.path import Path
from yipan.codecs.hl7v2.timestamp import Timestamp, read_timestamp
from yipan.codecs.hl7v2.types import CWE, CX, HD, XAD, XPN, XTN, is_chinese, read
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

Places = list[tuple[str, str, str, int]]
"""Attribute, path, segment and number of the field."""


def places(paths: Mapping[str, str]) -> Places:
    """A table of attributes and paths, as `PatientReader` takes it."""
    return [(name, path, (p := Path.parse(path)).segment, p.field) for name, path in paths.items()]


class Tables(NamedTuple):
    """Which fields a kind of message is read from: texts, times, and values of a type (`kinds` says which)."""

    texts: Places
    times: Places
    typed: Places
    kinds: Mapping[str, type]


def tables(texts: Mapping[str, str], times: Mapping[str, str], typed: Mapping[str, tuple[str, type]]) -> Tables:
    """The tables of a kind of message from attribute → path, and attribute → (path, type)."""
    paths = {name: path for name, (path, _) in typed.items()}
    return Tables(places(texts), places(times), places(paths), {name: kind for name, (_, kind) in typed.items()})


def header(message: Message, zone: tzinfo) -> tuple[dict[str, Any], tzinfo]:
    """The attributes that come from MSH, and the zone of times without an offset: that of MSH-7, or else `zone`.

    Raises InvalidInput with `where`: `hl7_version_unknown`, `hl7_field_missing`, `hl7_time`.
    """
    if message.version is not None and not message.version.startswith("2."):
        raise InvalidInput("hl7_version_unknown", where="MSH-12", segment=1, version=message.version)
    if message.control_id is None:
        raise InvalidInput("hl7_field_missing", where="MSH-10", segment=1)
    sent_at = None
    if written := (message.get("MSH-7") or "").strip():
        sent_at = read_timestamp(written, zone, where="MSH-7", segment=1)
        if "+" in written or "-" in written:
            zone = sent_at.local.tzinfo or zone
    told: dict[str, Any] = {
        "trigger": message.trigger,
        "message_control_id": message.control_id,
        "sending_application": _designator(message, 3),
        "sending_facility": _designator(message, 4),
        "sent_at": sent_at,
    }
    return told, zone


class Line(NamedTuple):
    """A segment with its number in the message and among those of its name."""

    number: int
    occurrence: int
    segment: Segment

    def where(self, field: int) -> dict[str, Any]:
        """A field of it as an error names it."""
        path = Path(self.segment.name, field, self.occurrence)
        return {"where": str(path), "segment": self.number}

    def text(self, field: int, component: int = 1) -> str | None:
        """The value there, without blanks around it; None when it is empty."""
        return (self.segment.field(field).get(component) or "").strip() or None

    def first(self, field: int, kind: type[T]) -> T | None:
        """The first repetition of a field that says anything, as `kind`."""
        return next(iter(self.every(field, kind)), None)

    def every(self, field: int, kind: type[T]) -> tuple[T, ...]:
        """All repetitions of a field that say anything, as `kind`."""
        found = (read(kind, repetition) for repetition in self.segment.field(field).repetitions)
        return tuple(value for value in found if value is not None)

    def time(self, field: int, zone: tzinfo, component: int = 1) -> Timestamp | None:
        """The time there. Raises InvalidInput `hl7_time`."""
        text = self.text(field, component)
        return read_timestamp(text, zone, **self.where(field)) if text else None


def lines_of(message: Message) -> list[Line]:
    """The segments with their numbers."""
    seen: dict[str, int] = {}
    found = []
    for number, segment in enumerate(message.lines, start=1):
        seen[segment.name] = seen.get(segment.name, 0) + 1
        found.append(Line(number, seen[segment.name], segment))
    return found


def parts(message: Message) -> list[list[Line]]:
    """The segments of each patient, each time with the common ones (MSH, EVN) in front of the first PID."""
    common: list[Line] = []
    found: list[list[Line]] = []
    for line in lines_of(message):
        if line.segment.name == "PID":
            found.append([])
        (found[-1] if found else common).append(line)
    return [common + part for part in found] or [common]


class PatientReader:
    """Reads the attributes of one patient's segments, and remembers which ones the sender emptied."""

    def __init__(self, lines: list[Line], zone: tzinfo, told: Tables) -> None:
        self._tables = told
        self._lines = lines
        self._zone = zone
        self._first_lines = {line.segment.name: line for line in reversed(lines)}
        self._nulls: set[str] = set()

    def values(self) -> dict[str, Any]:
        """All attributes that the tables name, and those of the person."""
        texts, times, typed, kinds = self._tables
        values: dict[str, Any] = {name: self.text(name, path) for name, path in self._told(texts)}
        values |= {name: self._time(name, path) for name, path in self._told(times)}
        values |= {name: self.first(name, path, kinds[name]) for name, path in self._told(typed)}
        values |= self._person()
        values["diagnoses"] = tuple(d for line in self.named("DG1") if (d := _diagnosis(line.segment)) is not None)
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
        names = self.every("PID-5", XPN)
        address = self.first("address", "PID-11", XAD)
        phones = [phone.text for path in ("PID-13", "PID-14") for phone in self.every(path, XTN) if phone.text]
        self._field("phone", "PID-13")
        return {
            "identifiers": self.every("PID-3", CX) + self.every("PID-2", CX) + self.every("PID-4", CX),
            "national_id": self.text("national_id", "PID-19"),
            "names": names,
            # The legal name comes first by the standard; of a name in two scripts, people read the characters.
            "name": next((name for name in names if _in_characters(name)), names[0] if names else None),
            "sex": self._sex(),
            "address": (address.text or None) if address else None,
            "phone": phones[0] if phones else None,
        }

    def _sex(self) -> str | None:
        code = self.text("sex", "PID-8")
        if code is None:
            return None
        if code.upper() not in SEXES:
            where, segment = self._where("PID-8")
            raise InvalidInput("hl7_value_unknown", where=where, segment=segment, value=code)
        return SEXES[code.upper()]

    def named(self, name: str) -> list[Line]:
        """The segments of a name among those of this patient."""
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

    def text(self, attribute: str, path: str) -> str | None:
        """The text at a path; None when nothing stands there."""
        field = self._field(attribute, path)
        return ((field.get() or "").strip() or None) if field else None

    def _time(self, attribute: str, path: str) -> Timestamp | None:
        text = self.text(attribute, path)
        if text is None:
            return None
        where, segment = self._where(path)
        return read_timestamp(text, self._zone, where=where, segment=segment)

    def first(self, attribute: str, path: str, kind: type[T]) -> T | None:
        """The first repetition at a path that says anything, as `kind`."""
        return next(iter(self.every(path, kind)), None) if self._field(attribute, path) else None

    def every(self, path: str, kind: type[T]) -> tuple[T, ...]:
        """All repetitions at a path that say anything, as `kind`."""
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
