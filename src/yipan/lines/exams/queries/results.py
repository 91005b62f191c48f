"""Results of one patient, for those who care for the patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base import audit
from yipan.base.access import Actor, scope, wall
from yipan.base.patients.models import Patient
from yipan.base.patients.queries import resolve
from yipan.kernel.errors import Refused
from yipan.lines.exams.models import Decision, Reading, Result, ResultStatus
from yipan.lines.exams.queries.reading import CENTRE_PATH, READ
from yipan.spine.models import Request

VERB = "exams.results"
MOST = 2000


@dataclass(frozen=True, slots=True)
class Report:
    """A report with its rows in force, in their order."""

    rows: tuple[Result, ...]

    @property
    def first(self) -> Result:
        return self.rows[0]

    @property
    def title(self) -> str:
        """What was examined."""
        return self.first.item.label if self.first.item else self.first.name


@dataclass(frozen=True, slots=True)
class Trend:
    """One value over time, oldest first."""

    name: str
    unit: str
    rows: tuple[Result, ...]


def of_patient(actor: Actor, patient_id: UUID) -> list[Report]:
    """Reports in force, newest first, at most MOST rows.

    Whoever cares for the patient sees those of the whole network; others see what their own sites made. The reading
    is audited. Raises Refused("results_of_others") for whom there is neither, NotFound("patient_unknown").
    """
    actor.require(VERB)
    found = at_hand(actor, patient_id)
    if found is None:
        raise Refused("results_of_others")
    return found


def at_hand(actor: Actor, patient_id: UUID) -> list[Report] | None:
    """Like `of_patient`, but None for whom it refuses."""
    if not actor.may(VERB):
        return None
    patient = resolve(patient_id)
    rows = _in_force(patient)
    if not _cares(actor, patient):
        rows = _made(actor, rows)
        if not rows.exists():
            return None
    with wall.passage("exams.recognition"):
        found = list(rows.select_related("item", "site", "replaces").order_by("-performed_at", "position")[:MOST])
    reports: dict[str, list[Result]] = {}
    for row in found:
        reports.setdefault(row.report, []).append(row)
    data = {"reports": len(reports)}
    audit.record(actor, "results.read", "patient", patient.pk, patient_id=patient.pk, data=data)
    return [Report(tuple(told)) for told in reports.values()]


def may_see(actor: Actor, patient: Patient) -> bool:
    """Whether `of_patient` shows something: a link to it leads nobody to a page that refuses them."""
    if not actor.may(VERB) or not Patient.objects.filter(pk=patient.pk).exists():  # the second wall hides strangers
        return False
    return _cares(actor, patient) or _made(actor, _in_force(patient)).exists()


def _in_force(patient: Patient) -> QuerySet[Result]:
    return Result.objects.filter(patient=patient, superseded_at__isnull=True).exclude(status=ResultStatus.CANCELLED)


def _made(actor: Actor, rows: QuerySet[Result]) -> QuerySet[Result]:
    """Those that the actor's own sites made."""
    return rows.filter(Q(site__isnull=False) & scope(actor, VERB, "site__organisation__path"))


def _cares(actor: Actor, patient: Patient) -> bool:
    """Whether one of the patient's requests is theirs, they recognised a result instead of making one, or an
    examination of the patient is read where they read."""
    here = scope(actor, VERB, "site__organisation__path")
    own = Request.objects.filter(here, patient=patient)
    recognised = Decision.objects.filter(here, patient=patient, recognised=True)
    read = Reading.objects.filter(scope(actor, READ, CENTRE_PATH), order__request__patient=patient)
    return own.exists() or recognised.exists() or read.exists()


def trends(reports: Sequence[Report], least: int = 2) -> list[Trend]:
    """Numbers that were measured at least so often in one unit, most often measured first."""
    series: dict[tuple[str, str], list[Result]] = {}
    for report in reports:
        for row in report.rows:
            if row.value is not None and not row.comparator:
                series.setdefault((row.loinc or row.code or row.name, row.unit), []).append(row)
    found = [rows for rows in series.values() if len(rows) >= least]
    ordered = (sorted(rows, key=lambda r: r.performed_at) for rows in sorted(found, key=len, reverse=True))
    return [Trend(rows[-1].name, rows[-1].unit, tuple(rows)) for rows in ordered]
