"""Storing what was found, and what replaces it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor
from yipan.base.network.models import Organisation
from yipan.base.patients.identities import locked
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.exams.actions import critical
from yipan.lines.exams.actions.critical import Loose, Measured, Replaced
from yipan.lines.exams.models import ExamItem, ExamOrder, Result, ResultStatus
from yipan.lines.exams.policy.critical import still_matters
from yipan.lines.exams.policy.recognition import Mark
from yipan.lines.exams.policy.units import readable
from yipan.spine import outbox
from yipan.spine.events import Happening, record
from yipan.spine.wire import OUTBOX_TOPIC

READY = (ResultStatus.FINAL, ResultStatus.CORRECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldValue:
    """One observation of a report. `key` tells it from the others of the report, also when it is told again."""

    key: str
    name: str
    status: str
    code: str = ""
    loinc: str = ""
    analyte_id: UUID | None = None
    value: Decimal | None = None
    comparator: str = ""
    text: str = ""
    unit: str = ""
    reference_range: str = ""
    flags: str = ""
    performed_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReport:
    """A report as somebody tells it. `report` names it for whoever made it; `path` is the organisation that tells.

    `site_id` made it, or `performer` names somebody outside the network. `source` is where it came from, in words.
    """

    report: str
    path: str
    source: str
    performed_at: datetime
    values: Sequence[ToldValue]
    item_id: UUID | None = None
    request_id: UUID | None = None
    site_id: UUID | None = None
    performer: str = ""
    reported_at: datetime | None = None
    mark: Mark = field(default_factory=Mark)


@dataclass(frozen=True, slots=True)
class Stored:
    """How many rows were new, and how many replaced earlier ones."""

    new: int = 0
    corrected: int = 0


def store_report(*, actor: Actor, patient_id: UUID, told: ToldReport) -> Stored:
    """Store a report of a patient. What is known already stays; what differs replaces it, and the former is kept.

    A preliminary value never replaces a final one. Final and corrected values are told to receivers after the commit.
    New numbers are judged, whether they answer an order or not: critical ones are raised.
    Raises Refused, NotFound("patient_unknown"), InvalidInput("result_empty").
    """
    actor.require("exams.result", told.path)
    if not told.values:
        raise InvalidInput("result_empty")
    with unit.atomic():
        if locked(patient_id) is None:
            raise NotFound("patient_unknown", id=str(patient_id))
        known = {
            row.key: row
            for row in Result.objects.select_for_update().filter(report=told.report, superseded_at__isnull=True)
        }
        rows = [row for place, v in enumerate(told.values) if (row := _row(patient_id, told, v, place, known))]
        stored = Stored(sum(r.replaces is None for r in rows), sum(r.replaces is not None for r in rows))
        if not rows:
            return stored
        former = [row.replaces_id for row in rows if row.replaces_id]
        Result.objects.filter(pk__in=former).update(superseded_at=clock.now())
        Result.objects.bulk_create(rows)
        _tell(actor, patient_id, told, rows, stored)
        _judge(actor, patient_id, told, rows)
    return stored


def _row(patient_id: UUID, told: ToldReport, value: ToldValue, place: int, known: dict[str, Result]) -> Result | None:
    """The row to write for a value, or None when it says nothing new."""
    row = Result(
        patient_id=patient_id,
        item_id=told.item_id,
        analyte_id=value.analyte_id if value.analyte_id != told.item_id else None,
        request_id=told.request_id,
        site_id=told.site_id,
        performer=told.performer[:200],
        source=told.source[:120],
        report=told.report[:200],
        key=value.key[:160],
        position=place,
        loinc=value.loinc,
        code=value.code,
        name=value.name[:200],
        value=value.value,
        comparator=value.comparator[:2],
        text=value.text,
        unit=value.unit[:40],
        reference_range=value.reference_range[:80],
        flags=value.flags[:20],
        status=value.status,
        performed_at=value.performed_at or told.performed_at,
        reported_at=told.reported_at,
        note=value.note,
        mark_scope=str(told.mark.scope),
        mark_area=told.mark.area[:40],
        stored_at=clock.now(),
    )
    before = known.get(row.key)
    if before is None:
        return row
    if _same(before, row) or (before.status in READY and row.status == ResultStatus.PRELIMINARY):
        return None
    row.replaces = before
    return row


_SAYS = (
    *("patient_id", "item_id", "analyte_id", "request_id", "site_id", "performer", "value", "comparator", "text"),
    *("unit", "reference_range", "flags", "status", "performed_at", "note", "mark_scope", "mark_area"),
)


def _same(before: Result, row: Result) -> bool:
    return all(getattr(before, name) == getattr(row, name) for name in _SAYS)


def _judge(actor: Actor, patient_id: UUID, told: ToldReport, rows: list[Result]) -> None:
    """Raise what is critical. Only new rows come here, and the same number of the same value is one: never twice,
    also when the report names its order only later."""
    loincs = _loincs(told, rows)
    found = critical.breaches([_measured(row, loincs) for row in rows if _counts(row)])
    gone = [one for row in rows for one in _replaced(row, loincs)]
    if not found and not gone:
        return
    named = Result.objects.filter(report=told.report, request__isnull=False).values_list("request_id", flat=True)
    before: list[UUID | str] = [told.report, *named.distinct()]
    critical.correct(actor, gone, before=before)
    order = ExamOrder.objects.select_related("request__site__organisation").filter(pk=told.request_id).first()
    of: ExamOrder | Loose | None = order or _loose(patient_id, told)
    if of is not None and found:
        critical.raise_breaches(actor, of, found, before=before)


def _counts(row: Result) -> bool:
    return row.value is not None and row.status != ResultStatus.CANCELLED


def _measured(row: Result, loincs: dict[str, str]) -> Measured:
    assert row.value is not None
    return Measured(loincs[row.key], float(row.value), row.unit, row.comparator, _named(row))


def _replaced(row: Result, loincs: dict[str, str]) -> Iterator[Replaced]:
    """The numbers that a row took the place of, one after the other, where it is another one or none now."""
    now = f"{row.comparator}{float(row.value or 0):.12g} {readable(row.unit)}".strip() if _counts(row) else ""
    former = row.replaces if loincs[row.key] else None
    while former is not None:
        if _counts(former) and not (_counts(row) and _named(row) == _named(former)):
            yield Replaced(_measured(former, loincs), now)
        former = former.replaces


def _loose(patient_id: UUID, told: ToldReport) -> Loose | None:
    """Whose a report without an order is; None for an old one, whose numbers nobody has to be called about."""
    if not still_matters(told.performed_at, clock.now()):
        return None
    organisation = Organisation.objects.get(path=told.path)
    return Loose(report=told.report, patient_id=patient_id, organisation_id=organisation.pk, site_id=told.site_id)


def _loincs(told: ToldReport, rows: Sequence[Result]) -> dict[str, str]:
    """Row → what it measured: as it was told, else as the catalogue has the item that the sender's code means."""
    meant = {value.key[:160]: value.analyte_id for value in told.values if value.analyte_id and not value.loinc}
    items = dict(ExamItem.objects.filter(pk__in=set(meant.values())).values_list("pk", "loinc")) if meant else {}
    known = {key: items[item] for key, item in meant.items()}
    return {row.key: row.loinc or known.get(row.key, "") for row in rows}


def _named(row: Result) -> str:
    assert row.value is not None
    return f"{row.comparator}{float(row.value)}:{row.key}"


def _tell(actor: Actor, patient_id: UUID, told: ToldReport, rows: list[Result], stored: Stored) -> None:
    happening = Happening(
        kind="result.corrected" if stored.corrected else "result.stored",
        line="exams",
        request_id=told.request_id,
        patient_id=patient_id,
        site_id=told.site_id,
        data={"report": told.report, "values": len(rows), "source": told.source},
    )
    record(actor, [happening])
    if any(row.status in READY for row in rows):
        # The rows name this state of the report; at most 20 characters, because the key is the message's MSH-10.
        key = "R" + sha256("".join(sorted(row.pk.hex for row in rows)).encode()).hexdigest()[:19]
        payload = {"kind": "ORU^R01", "what": "exams.result", "report": told.report, "source": told.source}
        outbox.put(topic=OUTBOX_TOPIC, key=key, payload=payload)
