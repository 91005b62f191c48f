"""ORU^R01 out: a report as it is in force now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from yipan.base.patients.matching import NATIONAL_ID
from yipan.base.patients.models import Identifier, Patient
from yipan.codecs.hl7v2.results import Observation, Report, ResultEvent, StructuredNumber, Value
from yipan.codecs.hl7v2.timestamp import calendar_day, timestamp
from yipan.codecs.hl7v2.types import CWE, CX, EI, HD, XCN, XON, XPN
from yipan.lines.exams.models import ExamItem, Result, ResultStatus
from yipan.lines.exams.policy.recognition import Mark, Scope
from yipan.spine.models import Request
from yipan.spine.wire import Outgoing

OURS = "YIPAN"
"""Who gives accession numbers and codes of the catalogue, in messages."""


def tell_result(payload: Mapping[str, Any]) -> Outgoing[ResultEvent] | None:
    """The report of a wish, for everybody whom it concerns: who ordered it and who made it."""
    joined = ("patient", "item", "site__organisation", "request__site__organisation", "request__exam_order")
    found = Result.objects.filter(report=payload["report"], superseded_at__isnull=True).select_related(*joined)
    rows = list(found.order_by("position", "pk"))
    if not rows:
        return None
    first = rows[0]
    sites = (first.site, first.request.site if first.request else None)
    paths = tuple(dict.fromkeys(site.organisation.path for site in sites if site is not None))
    event = ResultEvent(
        trigger="R01", message_control_id="", **_person(first.patient), reports=(_report(first.request, rows),)
    )
    return Outgoing("ORU^R01", event, paths, first.patient_id, payload.get("source", ""))


def _person(patient: Patient) -> dict[str, Any]:
    numbers = Identifier.objects.filter(patient=patient).order_by("pk")
    return {
        "identifiers": tuple(
            CX(n.value, type="NI") if n.system == NATIONAL_ID else CX(n.value, None, HD(n.system), n.type or "MR")
            for n in numbers
        ),
        "name": XPN(patient.name),
        "sex": patient.sex,
        "birth": calendar_day(patient.birth_date) if patient.birth_date else None,
    }


def _report(request: Request | None, rows: Sequence[Result]) -> Report:
    first = rows[0]
    order = request.exam_order if request is not None else None
    doctor = request.attending if request is not None else None
    reported = first.reported_at or first.stored_at
    mark = Mark(Scope(first.mark_scope), first.mark_area).text
    return Report(
        placer=EI(order.placer_number or order.accession, None if order.placer_number else OURS) if order else None,
        filler=EI(order.accession, OURS) if order else EI(first.report[:60], OURS),
        service=_item(first.item) if first.item else CWE(first.report[:60], first.name, "L"),
        status=_status(rows),
        observed_at=timestamp(first.performed_at),
        reported_at=timestamp(reported),
        provider=XCN(doctor.code, doctor.name) if doctor else None,
        notes=(mark,) if mark else (),
        observations=tuple(_observation(row) for row in rows),
    )


def _status(rows: Sequence[Result]) -> str:
    """That of the whole report: what is least certain decides, and a correction shows."""
    told = {row.status for row in rows}
    for status in (ResultStatus.PRELIMINARY, ResultStatus.CORRECTED, ResultStatus.FINAL):
        if status in told:
            return str(status)
    return str(ResultStatus.CANCELLED)


def _item(item: ExamItem) -> CWE:
    if not item.loinc:
        return CWE(item.code, item.name, OURS)
    return CWE(item.code, item.name, OURS, item.loinc, item.name_en or None, "LN")


def _observation(row: Result) -> Observation:
    kind, values = _values(row)
    code = CWE(row.code or row.loinc or row.key, row.name, "L" if row.code else "LN" if row.loinc else "L")
    if row.code and row.loinc:
        code = CWE(row.code, row.name, "L", row.loinc, None, "LN")
    site = row.site
    return Observation(
        kind=kind,
        code=code,
        values=values,
        units=CWE(row.unit) if row.unit else None,
        reference_range=row.reference_range or None,
        flags=tuple(row.flags.split()),
        status=row.status,
        observed_at=timestamp(row.performed_at),
        producer=CWE(site.code, site.name) if site else None,
        performer=XON(site.name, id=site.code) if site else XON(row.performer) if row.performer else None,
        notes=(row.note,) if row.note else (),
    )


def _values(row: Result) -> tuple[str, tuple[Value, ...]]:
    if row.value is None:
        return "TX", (row.text,) if row.text else ()
    number = _plain(row.value)
    return ("SN", (StructuredNumber(row.comparator, number),)) if row.comparator else ("NM", (number,))


def _plain(number: Decimal) -> Decimal:
    """Without the zeros that the column adds: 5.900000 is 5.9, and 120 stays 120."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
