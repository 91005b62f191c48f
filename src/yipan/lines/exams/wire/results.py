"""ORU^R01 in: a report is stored and answers the order that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yipan.base.access import Actor
from yipan.base.network.models import Site
from yipan.codecs.hl7v2.results import Observation, Report, ResultEvent, StructuredNumber, Value
from yipan.codecs.hl7v2.types import CWE, XON
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.actions.results import ToldReport, ToldValue, store_report
from yipan.lines.exams.models import ResultStatus
from yipan.lines.exams.policy.recognition import Mark, read_mark
from yipan.lines.exams.queries import mapping
from yipan.lines.exams.wire.placed import placed_order
from yipan.spine.wire import ALREADY_SO, Outcome, Sender
from yipan.spine.wire.people import registered

STATUSES = {
    **dict.fromkeys("FUV", ResultStatus.FINAL),
    **dict.fromkeys("PRSB", ResultStatus.PRELIMINARY),
    "C": ResultStatus.CORRECTED,
    **dict.fromkeys("XDW", ResultStatus.CANCELLED),
}
"""Table 0085 → what is kept apart. I (still at work), N (not asked for) and O (of the order) are no results."""


def take_results(event: ResultEvent, *, source: Sender, actor: Actor) -> Outcome:
    """Store every report of the message, for each of its patients.

    Raises InvalidInput: "patient_identifier_missing", "event_time_missing", what registration raises.
    """
    outcomes = [outcome for part in (event, *event.further) for outcome in _take(part, source, actor)]
    told = next((o for o in outcomes if not o.ignored and o.code != ALREADY_SO), None)
    return told or next(iter(outcomes), Outcome("result_empty", ignored=True))


def _take(event: ResultEvent, source: Sender, actor: Actor) -> Iterator[Outcome]:
    reports = [report for report in event.reports if any(_tells(o) for o in report.observations)]
    if not reports:
        return
    patient = registered(event, source=source, actor=actor)
    for number, report in enumerate(reports, start=1):
        told = _Told(event, report, number, source).report()
        stored = store_report(actor=actor, patient_id=patient.pk, told=told)
        code = "result_corrected" if stored.corrected else "result_stored" if stored.new else ALREADY_SO
        yield Outcome(code, patient.pk)


def _tells(observation: Observation) -> bool:
    return observation.status in STATUSES and (bool(observation.values) or observation.status in "XDW")


@dataclass(frozen=True)
class _Told:
    """One report of a message, in our words."""

    event: ResultEvent
    heard: Report
    number: int
    source: Sender

    def report(self) -> ToldReport:
        heard, path = self.heard, self.source.path
        request = placed_order(path, heard.placer, heard.service, filler=heard.filler)
        shown = [o for o in heard.observations if _tells(o)]
        item = mapping.item_of(heard.service, path)
        if item is None and request is not None:
            item = request.exam_order.item
        if item is None and len(shown) == 1:
            item = mapping.item_of(shown[0].code, path)
        site, performer = self._performer(shown)
        return ToldReport(
            report=self._name(),
            path=path,
            source=f"{self.event.sending_application or ''} {self.event.sending_facility or ''}".strip() or "HL7",
            performed_at=self._performed_at(shown),
            values=self._values(shown),
            item_id=item.pk if item else None,
            request_id=request.pk if request else None,
            site_id=site.pk if site else None,
            performer=performer,
            reported_at=heard.reported_at.at if heard.reported_at else self.event.at,
            mark=self._mark(),
        )

    def _name(self) -> str:
        """What later messages about the same report have in common; without a number only the message itself."""
        heard = self.heard
        given = heard.filler or heard.placer
        number = given.id if given and given.id else f"{self.event.message_control_id}#{self.number}"
        service = heard.service.codings[0][1] if heard.service and heard.service.codings else ""
        return ":".join(p for p in (self.source.organisation_code, number, service) if p)[:200]

    def _performed_at(self, shown: list[Observation]) -> datetime:
        told = self.heard.observed_at or next((o.observed_at for o in shown if o.observed_at), None)
        at = told.at if told else self.heard.reported_at.at if self.heard.reported_at else self.event.at
        if at is None:
            raise InvalidInput("event_time_missing", fields="OBR-7, OBX-14, OBR-22, MSH-7")
        return at

    def _performer(self, shown: list[Observation]) -> tuple[Site | None, str]:
        """The site that made it; where it is none of the network's, its name."""
        for told in shown:
            made, who = told.performer or XON(), told.producer or CWE()
            names = [name for name in (made.name, who.text, made.id, made.number, who.code) if name]
            if names:
                site = mapping.site_called(names)
                return site, "" if site else names[0]
        return mapping.only_site(self.source.path), ""

    def _mark(self) -> Mark:
        areas = mapping.areas()
        notes = [*self.heard.notes, *(note for o in self.heard.observations for note in o.notes)]
        return next((mark for note in notes if (mark := read_mark(note, areas)) is not None), Mark())

    def _values(self, shown: list[Observation]) -> list[ToldValue]:
        found: list[ToldValue] = []
        keys: dict[str, int] = {}
        for told in shown:
            key = ":".join(p or "" for p in (*(told.code.codings or (("", told.code.label),))[0], told.sub_id))
            keys[key] = keys.get(key, 0) + 1
            found.append(self._value(told, key if keys[key] == 1 else f"{key}#{keys[key]}"))
        return found

    def _value(self, told: Observation, key: str) -> ToldValue:
        item = mapping.item_of(told.code, self.source.path)
        number, comparator, text = _content(told.values)
        return ToldValue(
            key=key,
            name=told.code.label,
            status=STATUSES[told.status],
            code=mapping.local_of(told.code),
            loinc=mapping.loinc_of(told.code),
            analyte_id=item.pk if item else None,
            value=number,
            comparator=comparator,
            text=text,
            unit=(told.units.code or told.units.text or "") if told.units else "",
            reference_range=told.reference_range or "",
            flags=" ".join(told.flags),
            performed_at=told.observed_at.at if told.observed_at else None,
            note="\n".join(told.notes),
        )


def _content(values: tuple[Value, ...]) -> tuple[Decimal | None, str, str]:
    """Number, its comparator, and text; of several values all are text."""
    match values:
        case (Decimal() as number,) if abs(number) < 10**12:
            return number, "", ""
        case (StructuredNumber(comparator, Decimal() as number, None, None),) if len(comparator or "") <= 2:
            return number, comparator or "", ""
    return None, "", "\n".join(_words(value) for value in values)


def _words(value: Value) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case StructuredNumber():
            return value.text
        case CWE():
            return value.label
    return value
