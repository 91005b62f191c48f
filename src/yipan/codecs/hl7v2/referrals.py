"""Referrals: REF^I12 and its answer RRI^I12 to a `ReferralEvent` and back (HL7 v2.8, chapter 11).

RF1 carries number, priority, reason and, in an answer, the status (table 0283: A accepted, P pending, R rejected,
E expired). PRD names who refers (RP) and who is referred to (RT, table 0286). What the summary says stands in NTE, each
part under its name: `history: …`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from yipan.codecs.hl7v2.event import PatientEvent
from yipan.codecs.hl7v2.message import Message, Segment
from yipan.codecs.hl7v2.patients import patient_segments, patient_values
from yipan.codecs.hl7v2.reader import Line, header, lines_of
from yipan.codecs.hl7v2.types import CWE, EI
from yipan.codecs.hl7v2.writer import Envelope, Writer
from yipan.kernel.errors import InvalidInput

REFER, ANSWER = "REF^I12", "RRI^I12"
KINDS = {REFER: "REF_I12", ANSWER: "RRI_I12"}
"""Kind of message → its structure (MSH-9.3)."""

PRIORITIES = {"emergency": "S", "urgent": "A", "elective": "R"}
"""Urgency → table 0280: S stat, A as soon as possible, R routine."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One end of a referral (PRD): code of the organisation, and of the department with its name."""

    organisation: str | None = None
    department: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralEvent(PatientEvent):
    """What one message says about one referral.

    `number` is that of whoever refers (RF1-6), `external` that of whoever answers (RF1-11). `status` is a code of table
    0283, only in answers. `summary` maps names of parts to texts.
    """

    kind: str
    number: EI | None = None
    external: EI | None = None
    status: str | None = None
    priority: str = "urgent"
    reason: CWE | None = None
    problem: CWE | None = None
    sender: Provider = Provider()
    receiver: Provider = Provider()
    summary: dict[str, str] = field(default_factory=dict)


def referral_event(message: Message, zone: tzinfo) -> ReferralEvent:
    """Read a referral or the answer to one.

    Raises InvalidInput with `where`: `hl7_not_referral`, `hl7_segment_missing`, and what header and patient raise.
    """
    kind = f"{message.type}^{message.trigger}"
    if kind not in KINDS:
        raise InvalidInput("hl7_not_referral", where="MSH-9", segment=1, type=kind)
    common, zone = header(message, zone)
    lines = lines_of(message)
    for name in ("RF1", "PID") if kind == REFER else ("RF1",):
        if not message.has(name):
            raise InvalidInput("hl7_segment_missing", where=name, trigger=kind)
    patient = patient_values(lines, zone) if message.has("PID") else {}
    first = next(line for line in lines if line.segment.name == "RF1")
    priority = {code: name for name, code in PRIORITIES.items()}.get(first.text(2) or "", "urgent")
    return ReferralEvent(
        kind=kind,
        **common,
        **patient,
        number=first.first(6, EI),
        external=first.first(11, EI),
        status=first.text(1),
        priority=priority,
        reason=first.first(10, CWE),
        problem=next((line.first(3, CWE) for line in lines if line.segment.name == "DG1"), None),
        sender=_provider(lines, "RP"),
        receiver=_provider(lines, "RT"),
        summary=_summary(lines),
    )


def build_referral(event: ReferralEvent, *, at: datetime, envelope: Envelope = Envelope()) -> Message:
    """The message of an event; `referral_event` of it gives back what was put in."""
    writer = Writer(envelope)
    message_type, _, trigger = event.kind.partition("^")
    lines = [writer.header((message_type, trigger, KINDS[event.kind]), event.message_control_id, at)]
    if event.kind == ANSWER:
        lines.append(writer.segment("MSA", {1: "AA", 2: writer.text(event.number.id if event.number else None)}))
    lines.append(_rf1(writer, event))
    lines += [_prd(writer, role, end) for role, end in (("RP", event.sender), ("RT", event.receiver))]
    if event.identifiers or event.name:
        lines += patient_segments(event, writer)
    if event.problem is not None:
        lines.append(writer.diagnosis(1, event.problem))
    lines += [writer.note(n, f"{name}: {text}") for n, (name, text) in enumerate(event.summary.items(), start=1)]
    return writer.message(lines)


def _rf1(writer: Writer, event: ReferralEvent) -> Segment:
    fields = {
        1: writer.text(event.status),
        2: PRIORITIES.get(event.priority, "A"),
        6: writer.typed(event.number) if event.number else "",
        10: writer.typed(event.reason) if event.reason else "",
        11: writer.typed(event.external) if event.external else "",
    }
    return writer.segment("RF1", fields)


def _prd(writer: Writer, role: str, end: Provider) -> Segment:
    """PRD-2 the name, PRD-4 the place (PL: point of care, facility), PRD-7 the identifiers."""
    place = writer.parts({1: writer.text(end.department), 4: writer.text(end.organisation)})
    return writer.segment("PRD", {1: writer.typed(CWE(role)), 2: writer.text(end.name), 4: place})


def _provider(lines: list[Line], role: str) -> Provider:
    for line in lines:
        if line.segment.name == "PRD" and line.text(1) == role:
            return Provider(line.text(4, 4), line.text(4, 1), line.text(2))
    return Provider()


def _summary(lines: list[Line]) -> dict[str, str]:
    told: dict[str, str] = {}
    for line in lines:
        if line.segment.name == "NTE" and (text := line.text(3)):
            name, colon, rest = text.partition(":")
            key = name.strip().lower() if colon and name.strip().isalpha() and name.isascii() else "history"
            value = rest.strip() if key != "history" or colon else text
            told[key] = f"{told[key]}\n{value}" if key in told else value
    return told
