"""A message as people read it: segments with their positions, and what was understood of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yipan.base.patients.disclosure import name_on
from yipan.codecs.hl7v2 import Message, Segment
from yipan.codecs.hl7v2.event import AdtEvent, PatientEvent
from yipan.codecs.hl7v2.orders import OrderEvent
from yipan.codecs.hl7v2.results import ResultEvent
from yipan.codecs.hl7v2.timestamp import Timestamp
from yipan.interop.fields import NAMES
from yipan.interop.mapping import location_text
from yipan.interop.models import InboundMessage
from yipan.interop.reading import Read, event_of, params_of, read_message
from yipan.kernel.errors import YipanError
from yipan.spine import registry
from yipan.ui.messages import sentence

OPEN_FIELDS: dict[str, frozenset[int] | None] = {
    "MSH": None,
    "EVN": None,
    "NPU": None,
    "MSA": None,
    "PV1": frozenset({1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 14, 16, 17, 18, 36, 39, 40, 41, 42, 43, 44, 45}),
    "PV2": frozenset({1, 8, 9, 22, 33, 40, 47}),
    "ORC": frozenset({1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 15, 17}),
    "TQ1": frozenset({1, 7, 8, 9}),
    "OBR": frozenset({1, 2, 3, 4, 5, 6, 7, 8, 16, 18, 22, 24, 25, 27, 32}),
}
"""What anybody with `messages.view` sees: routing, places and times. Everything else is about the person."""

HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Shown:
    """One field: "PID-5", its name where known, its text; `hidden` when it is about the person and not to be seen."""

    position: str
    name: str
    text: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class ShownSegment:
    name: str
    fields: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message page shows of the content. `segments` is empty when the bytes cannot be read."""

    segments: tuple[ShownSegment, ...]
    facts: tuple[tuple[str, Any], ...]
    error: YipanError | None
    text: str = ""

    @property
    def reason(self) -> str:
        """Why the content cannot be read, without quoting it."""
        return sentence(self.error.code, params_of(self.error)) if self.error else ""


def reading_of(row: InboundMessage, *, open_all: bool) -> Reading:
    """The content for a page; `open_all` for people who may see patients."""
    told = read_message(bytes(row.raw), row.source.charset)
    if told.error is not None:
        text = bytes(row.raw).decode("utf-8", "backslashreplace") if open_all else ""
        return Reading((), (), told.error, text.replace("\r", "\n")[:20_000])
    facts, error = _facts(told, row, open_all)
    return Reading(shown_segments(told.message, open_all), facts, error)


def shown_segments(message: Message, open_all: bool) -> tuple[ShownSegment, ...]:
    """The segments of a message with their fields; what is about the person hidden unless `open_all`."""
    return tuple(ShownSegment(segment.name, tuple(_fields(segment, open_all))) for segment in message.lines)


def _fields(segment: Segment, open_all: bool) -> Iterator[Shown]:
    allowed = OPEN_FIELDS.get(segment.name, frozenset())
    for number, text in enumerate(segment.fields, start=1):
        if text == "":
            continue
        hidden = not (open_all or allowed is None or number in allowed)
        position = f"{segment.name}-{number}"
        yield Shown(position, str(NAMES.get(position, "")), HIDDEN if hidden else text, hidden)


def _facts(told: Read, row: InboundMessage, open_all: bool) -> tuple[tuple[tuple[str, Any], ...], YipanError | None]:
    if not registry.inbound(told.kind):
        return (), None
    try:
        event = event_of(told.message, row.source.time_zone)
    except YipanError as error:
        return (), error
    people = (event, *getattr(event, "further", ()))
    return tuple(fact for person in people for fact in _person_facts(person, row, open_all) if fact[1]), None


def _person_facts(event: PatientEvent, row: InboundMessage, open_all: bool) -> Iterator[tuple[str, Any]]:
    name = event.name.text if event.name else ""
    yield _("Patient"), name if open_all else name_on(name, knows=False)
    if open_all:
        numbers = [f"{i.id} ({i.type or 'MR'})" for i in event.identifiers if i.id]
        yield _("Identifiers"), ", ".join(numbers)
        yield _("Visit number"), event.visit_number
    yield _("Happened"), event.at
    yield _("Location"), location_text(event.location)
    yield _("Patient class"), event.patient_class
    yield _("Hospital service"), event.hospital_service
    yield _("Attending"), event.attending.text if event.attending else ""
    match event:
        case AdtEvent():
            yield from _stay_facts(event)
        case OrderEvent():
            yield from _order_facts(event)
        case ResultEvent() if open_all:
            yield from _result_facts(event)


def _stay_facts(event: AdtEvent) -> Iterator[tuple[str, Any]]:
    yield _("Location before"), location_text(event.prior_location)
    yield _("Admitted at"), _at(event.admitted_at)
    yield _("Discharged at"), _at(event.discharged_at)
    yield _("Expected discharge"), _at(event.expected_discharge)
    yield _("Bed status"), event.bed_status


def _order_facts(event: OrderEvent) -> Iterator[tuple[str, Any]]:
    for order in event.orders:
        number = order.placer.id if order.placer else ""
        yield _("Order"), " · ".join(p for p in (order.control, number, order.service and order.service.label) if p)
        yield _("Wanted at"), _at(order.requested_at)


def _result_facts(event: ResultEvent) -> Iterator[tuple[str, Any]]:
    for report in event.reports:
        yield _("Report"), report.service.label if report.service else ""
        for told in report.observations:
            unit = told.units.code if told.units else ""
            content = " ".join(str(getattr(v, "text", None) or getattr(v, "label", v)) for v in told.values)
            yield told.code.label, " ".join(p for p in (content, unit, *told.flags) if p) if content else ""


def _at(told: Timestamp | None) -> Any:
    return told.at if told else None
