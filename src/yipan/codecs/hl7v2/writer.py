"""Segments from typed values: what every kind of message that Yipan makes is put together from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from yipan.codecs.hl7v2.charset import codec_of
from yipan.codecs.hl7v2.message import Message, Segment
from yipan.codecs.hl7v2.separators import Separators
from yipan.codecs.hl7v2.timestamp import Timestamp, write_timestamp
from yipan.codecs.hl7v2.types import CWE, CX, HD, PL, XAD, XCN, XPN, XTN, write
from yipan.kernel.errors import InvalidInput

_SEX_CODES = {"male": "M", "female": "F", "other": "O", "unknown": "U"}


@dataclass(frozen=True, slots=True)
class Person:
    """Who a message is about. `sex` is male, female, other or unknown."""

    identifiers: tuple[CX, ...]
    name: XPN
    sex: str | None = None
    birth_date: date | None = None
    phone: str | None = None
    address: str | None = None
    national_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What a message says about a stay (PV1, PV2). All times are aware."""

    patient_class: str = "I"
    location: PL | None = None
    prior_location: PL | None = None
    pending_location: PL | None = None
    attending: XCN | None = None
    hospital_service: str | None = None
    visit_number: str | None = None
    bed_status: str | None = None
    admission_type: str | None = None
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    expected_admission: datetime | None = None
    expected_discharge: datetime | None = None
    precaution: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a message is sent: applications and facilities of both ends, version, character set and zone of its times."""

    sender: tuple[str, str] = ("HIS", "HOSPITAL")
    receiver: tuple[str, str] = ("YIPAN", "NETWORK")
    version: str = "2.5"
    charset: str = "UNICODE UTF-8"
    zone: tzinfo = UTC
    processing: str = "P"


class Writer:
    """Segments from typed values, with the usual separators."""

    def __init__(self, envelope: Envelope) -> None:
        """Raises InvalidInput `hl7_charset_unknown`."""
        codec = codec_of(envelope.charset)
        if codec is None:
            raise InvalidInput("hl7_charset_unknown", where="MSH-18", charset=envelope.charset)
        self.separators = Separators()
        self._codec = codec
        self._envelope = envelope

    def message(self, lines: list[Segment]) -> Message:
        """The whole message."""
        return Message(tuple(lines), self.separators, self._codec)

    def segment(self, name: str, fields: dict[int, str]) -> Segment:
        """A segment as long as its last field that is not empty."""
        last = max((number for number, raw in fields.items() if raw), default=0)
        return Segment(name, tuple(fields.get(n, "") for n in range(1, last + 1)), self.separators, self._codec)

    def text(self, value: str | None) -> str:
        return self.separators.write(value) if value else ""

    def typed(self, *values: object | None) -> str:
        """One field of typed values, one repetition for each that is not None."""
        return (self.separators.repetition or "").join(write(v, self.separators) for v in values if v is not None)

    def time(self, at: datetime | None) -> str:
        return write_timestamp(at, self._envelope.zone) if at else ""

    def header(self, kind: tuple[str, str, str], control_id: str, at: datetime) -> Segment:
        """MSH; `kind` is type, trigger and structure, the last of which versions before 2.4 do not have."""
        envelope = self._envelope
        parts = [*envelope.sender, *envelope.receiver]
        applications = {number: self.typed(HD(namespace=part)) for number, part in enumerate(parts, start=3)}
        told = kind if envelope.version >= "2.4" else kind[:2]
        fields = {
            1: self.separators.field,
            2: self.separators.encoding,
            **applications,
            7: self.time(at),
            9: (self.separators.component or "").join(told),
            10: self.text(control_id),
            11: envelope.processing,
            12: envelope.version,
            18: self.text(envelope.charset),
        }
        return self.segment("MSH", fields)

    def event(self, trigger: str, at: datetime) -> Segment:
        return self.segment("EVN", {1: trigger, 2: self.time(at), 6: self.time(at)})

    def patient(self, person: Person, merged: list[CX], stay: Stay | None) -> list[Segment]:
        """PID, then MRG for a merge, then PV1 and PV2."""
        lines = [self._pid(person)]
        if merged:
            lines.append(self.segment("MRG", {1: self.typed(*merged)}))
        if stay is not None:
            lines += [self._pv1(stay), *self._pv2(stay)]
        return lines

    def told_time(self, told: Timestamp | None) -> str:
        """A time as it was read, or nothing."""
        return self.time(told.at) if told else ""

    def parts(self, told: dict[int, str]) -> str:
        """One field of raw components by number, as long as the last that is not empty."""
        last = max((number for number, raw in told.items() if raw), default=0)
        return (self.separators.component or "^").join(told.get(n, "") for n in range(1, last + 1))

    def note(self, number: int, text: str) -> Segment:
        """A remark (NTE)."""
        return self.segment("NTE", {1: str(number), 3: self.text(text)})

    def diagnosis(self, number: int, code: CWE) -> Segment:
        return self.segment("DG1", {1: str(number), 3: self.typed(code), 6: "A"})

    def _pid(self, person: Person) -> Segment:
        fields = {
            1: "1",
            3: self.typed(*person.identifiers),
            5: self.typed(person.name),
            7: person.birth_date.strftime("%Y%m%d") if person.birth_date else "",
            8: _SEX_CODES[person.sex] if person.sex else "",
            11: self.typed(XAD(street=person.address)) if person.address else "",
            13: self.typed(XTN(whole=person.phone)) if person.phone else "",
            19: self.text(person.national_id),
        }
        return self.segment("PID", fields)

    def _pv1(self, stay: Stay) -> Segment:
        fields = {
            1: "1",
            2: self.text(stay.patient_class),
            3: self.typed(stay.location),
            4: self.text(stay.admission_type),
            6: self.typed(stay.prior_location),
            7: self.typed(stay.attending),
            10: self.text(stay.hospital_service),
            19: self.typed(CX(id=stay.visit_number, type="VN")) if stay.visit_number else "",
            40: self.text(stay.bed_status),
            42: self.typed(stay.pending_location),
            44: self.time(stay.admitted_at),
            45: self.time(stay.discharged_at),
        }
        return self.segment("PV1", fields)

    def _pv2(self, stay: Stay) -> list[Segment]:
        fields = {
            8: self.time(stay.expected_admission),
            9: self.time(stay.expected_discharge),
            41: self.text(stay.precaution),
            42: self.text(stay.condition),
        }
        return [self.segment("PV2", fields)] if any(fields.values()) else []
