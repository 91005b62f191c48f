"""Results: ORU^R01 to a `ResultEvent` and back (HL7 v2.8, chapter 7).

Each OBR is a report of one service with its observations (OBX). An OBX before the first OBR speaks of the patient and
one behind SPM of the specimen: neither is a result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from decimal import Decimal
from itertools import pairwise

from yipan.codecs.hl7v2.event import PatientEvent
from yipan.codecs.hl7v2.message import Message, Repetition, Segment
from yipan.codecs.hl7v2.patients import patient_segments, patient_values
from yipan.codecs.hl7v2.reader import Line, header, parts
from yipan.codecs.hl7v2.timestamp import Timestamp
from yipan.codecs.hl7v2.types import CWE, EI, NDL, XCN, XON, read
from yipan.codecs.hl7v2.writer import Envelope, Writer
from yipan.kernel.errors import InvalidInput

KIND = "ORU^R01"
CODED = frozenset({"CE", "CWE", "CNE", "CF"})
WORDED = frozenset({"ST", "TX", "FT"})
REPORT_STATUSES = frozenset("OISAPCRFXYZMN")
"""Table 0123 (OBR-25), and M, N of newer versions."""
STATUSES = frozenset("BCDFINOPRSUVWX")
"""Table 0085 (OBX-11): F final, P preliminary, C corrected, X cannot be obtained, W wrong, D deleted …"""

_NUMBER = re.compile(r"([<>]=?)?\s*([+-]?(?:\d+\.?\d*|\.\d+))", re.ASCII)


@dataclass(frozen=True, slots=True)
class StructuredNumber:
    """A value of type SN: `<5` is ("<", 5), a titre 1:128 is (1, ":", 128), a range 2-4 is (2, "-", 4)."""

    comparator: str | None = None
    first: Decimal | None = None
    separator: str | None = None
    second: Decimal | None = None

    @property
    def text(self) -> str:
        """As people write it."""
        numbers = [f"{n:f}" if n is not None else "" for n in (self.first, self.second)]
        return "".join((self.comparator or "", numbers[0], self.separator or "", numbers[1]))


Value = Decimal | StructuredNumber | CWE | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One OBX. `values` has one for each repetition: numbers of NM and SN, codes of CE and CWE, text of everything else
    but RP and ED, whose content is elsewhere or no text.

    `status` is of table 0085, `flags` of table 0078 (H, L, HH, LL, A …). `place` is what errors call it.
    """

    kind: str | None = None
    code: CWE
    sub_id: str | None = None
    values: tuple[Value, ...] = ()
    units: CWE | None = None
    reference_range: str | None = None
    flags: tuple[str, ...] = ()
    status: str
    observed_at: Timestamp | None = None
    producer: CWE | None = None
    responsible: XCN | None = None
    method: CWE | None = None
    analysed_at: Timestamp | None = None
    performer: XON | None = None
    notes: tuple[str, ...] = ()
    place: str = field(default="OBX", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One OBR with its observations. `status` is of table 0123: F final, P preliminary, C corrected, X cancelled …"""

    placer: EI | None = None
    filler: EI | None = None
    service: CWE | None = None
    status: str | None = None
    observed_at: Timestamp | None = None
    reported_at: Timestamp | None = None
    provider: XCN | None = None
    section: str | None = None
    interpreter: NDL | None = None
    notes: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()
    place: str = field(default="OBR", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultEvent(PatientEvent):
    """What a result message says about one patient; `further` holds the other patients of the same message."""

    reports: tuple[Report, ...] = ()
    further: tuple[ResultEvent, ...] = ()


def result_event(message: Message, zone: tzinfo) -> ResultEvent:
    """Read an ORU message. Times without an offset are in that of MSH-7, or else in `zone`.

    Raises InvalidInput with `where`: `hl7_not_result`, `hl7_version_unknown`, `hl7_field_missing`,
    `hl7_segment_missing`, `hl7_time`, `hl7_number`, `hl7_value_unknown`.
    """
    kind = f"{message.type}^{message.trigger}"
    if kind != KIND:
        raise InvalidInput("hl7_not_result", where="MSH-9", segment=1, type=kind)
    common, zone = header(message, zone)
    for name in ("PID", "OBR"):
        if not message.has(name):
            raise InvalidInput("hl7_segment_missing", where=name, trigger=kind)
    first, *further = (
        ResultEvent(**common, **patient_values(part, zone), reports=tuple(_reports(part, zone)))
        for part in parts(message)
    )
    return replace(first, further=tuple(further)) if further else first


def _reports(lines: list[Line], zone: tzinfo) -> Iterator[Report]:
    orc: Line | None = None
    group: list[Line] = []
    for line in lines:
        match line.segment.name:
            case "OBR":
                if group:
                    yield _report(group, orc, zone)
                    orc = orc if orc and orc.number > group[0].number else None
                group = [line]
            case "ORC":
                if group:
                    yield _report(group, orc if orc and orc.number < group[0].number else None, zone)
                group, orc = [], line
            case _ if group:
                group.append(line)
    if group:
        yield _report(group, orc, zone)


def _report(group: list[Line], orc: Line | None, zone: tzinfo) -> Report:
    """An OBR, its remarks and observations; segments behind SPM are of the specimen."""
    obr, *behind = group
    names = [line.segment.name for line in behind]
    behind = behind[: names.index("SPM")] if "SPM" in names else behind
    starts = [i for i, line in enumerate(behind) if line.segment.name == "OBX"]
    status = obr.text(25)
    if status is not None and status not in REPORT_STATUSES:
        raise InvalidInput("hl7_value_unknown", **obr.where(25), value=status)
    return Report(
        placer=obr.first(2, EI) or (orc.first(2, EI) if orc else None),
        filler=obr.first(3, EI) or (orc.first(3, EI) if orc else None),
        service=obr.first(4, CWE),
        status=status,
        observed_at=obr.time(7, zone),
        reported_at=obr.time(22, zone),
        provider=obr.first(16, XCN),
        section=obr.text(24),
        interpreter=obr.first(32, NDL),
        notes=_notes(behind[: starts[0]] if starts else behind),
        observations=tuple(
            _observation(behind[start:end], status, zone) for start, end in pairwise([*starts, len(behind)])
        ),
        place=f"OBR[{obr.occurrence}]",
    )


def _notes(lines: list[Line]) -> tuple[str, ...]:
    return tuple(text for line in lines if line.segment.name == "NTE" and (text := line.text(3)))


def _observation(group: list[Line], reported: str | None, zone: tzinfo) -> Observation:
    """One OBX; without a status of its own it has that of its report."""
    obx, *behind = group
    code, status = obx.first(3, CWE), obx.text(11) or reported
    if code is None or not code.label:
        raise InvalidInput("hl7_field_missing", **obx.where(3))
    if status is None:
        raise InvalidInput("hl7_field_missing", **obx.where(11))
    if status not in STATUSES:
        raise InvalidInput("hl7_value_unknown", **obx.where(11), value=status)
    flags = (r.get() for r in obx.segment.field(8).repetitions)
    return Observation(
        kind=obx.text(2),
        code=code,
        sub_id=obx.text(4),
        values=_values(obx),
        units=obx.first(6, CWE),
        reference_range=obx.text(7),
        flags=tuple(flag.strip() for flag in flags if flag and flag.strip()),
        status=status,
        observed_at=obx.time(14, zone),
        producer=obx.first(15, CWE),
        responsible=obx.first(16, XCN),
        method=obx.first(17, CWE),
        analysed_at=obx.time(19, zone),
        performer=obx.first(23, XON),
        notes=_notes(behind),
        place=f"OBX[{obx.occurrence}]",
    )


def _values(obx: Line) -> tuple[Value, ...]:
    kind, content = obx.text(2), obx.segment.field(5)
    repetitions = content.repetitions
    if not repetitions or kind in ("RP", "ED"):
        return ()
    if kind is None:
        raise InvalidInput("hl7_field_missing", **obx.where(2))
    if kind in WORDED:
        # A text parts nothing: what looks like components in it was not escaped by its sender.
        marks = content.separators
        text = "\n".join(marks.unescape(r.raw, content.codec) for r in repetitions).strip()
        return (text,) if text else ()
    found = (_value(kind, repetition, obx) for repetition in repetitions)
    return tuple(value for value in found if value is not None and value != "")


def _value(kind: str, repetition: Repetition, obx: Line) -> Value | None:
    if kind in CODED:
        return read(CWE, repetition)
    if kind == "SN":
        low, high = (_decimal((repetition.get(n) or "").strip(), obx) for n in (2, 4))
        told = StructuredNumber(_text(repetition, 1), low, _text(repetition, 3), high)
        return told if told != StructuredNumber() else None
    text = (repetition.get() or "").strip()
    if kind != "NM" or not text:
        return text
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise InvalidInput("hl7_number", **obx.where(5), value=text)
    number = Decimal(match[2])
    # Many laboratories send "<0.01" as a number; it means what SN would say.
    return StructuredNumber(match[1], number) if match[1] else number


def _text(repetition: Repetition, component: int) -> str | None:
    return (repetition.get(component) or "").strip() or None


def _decimal(text: str, obx: Line) -> Decimal | None:
    if not text:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None or match[1]:
        raise InvalidInput("hl7_number", **obx.where(5), value=text)
    return Decimal(match[2])


def build_result(event: ResultEvent, *, at: datetime, envelope: Envelope = Envelope()) -> Message:
    """The ORU^R01 of an event; `at` (aware) is when it is sent. `result_event` gives back what was put in.

    Raises InvalidInput `hl7_charset_unknown`; `encode` on the result raises for characters that the set does not have.
    """
    writer = Writer(envelope)
    lines = [writer.header(("ORU", "R01", "ORU_R01"), event.message_control_id, at)]
    for part in (event, *event.further):
        lines += patient_segments(part, writer)
        for number, report in enumerate(part.reports, start=1):
            lines += _segments(report, number, writer)
    return writer.message(lines)


def _segments(report: Report, number: int, writer: Writer) -> Iterator[Segment]:
    told = {
        1: str(number),
        2: writer.typed(report.placer),
        3: writer.typed(report.filler),
        4: writer.typed(report.service),
        7: writer.told_time(report.observed_at),
        16: writer.typed(report.provider),
        22: writer.told_time(report.reported_at),
        24: writer.text(report.section),
        25: writer.text(report.status),
        32: writer.typed(report.interpreter),
    }
    yield writer.segment("OBR", told)
    yield from (writer.note(place, text) for place, text in enumerate(report.notes, start=1))
    for place, observation in enumerate(report.observations, start=1):
        yield _obx(observation, place, writer)
        yield from (writer.note(n, text) for n, text in enumerate(observation.notes, start=1))


def _obx(told: Observation, number: int, writer: Writer) -> Segment:
    repetition = writer.separators.repetition or "~"
    fields = {
        1: str(number),
        2: writer.text(told.kind),
        3: writer.typed(told.code),
        4: writer.text(told.sub_id),
        5: repetition.join(_written(value, writer) for value in told.values),
        6: writer.typed(told.units),
        7: writer.text(told.reference_range),
        8: repetition.join(writer.text(flag) for flag in told.flags),
        11: told.status,
        14: writer.told_time(told.observed_at),
        15: writer.typed(told.producer),
        16: writer.typed(told.responsible),
        17: writer.typed(told.method),
        19: writer.told_time(told.analysed_at),
        23: writer.typed(told.performer),
    }
    return writer.segment("OBX", fields)


def _written(value: Value, writer: Writer) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case StructuredNumber():
            numbers = [f"{n:f}" if n is not None else "" for n in (value.first, value.second)]
            told = {1: writer.text(value.comparator), 2: numbers[0], 3: writer.text(value.separator), 4: numbers[1]}
            return writer.parts(told)
        case CWE():
            return writer.typed(value)
    return writer.text(value)
