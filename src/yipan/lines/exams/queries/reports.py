"""Reports as they stand and as they were, for whoever ordered and whoever reads."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base.access import Actor, scope
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import ExamOrder, Reading, Report, Stage
from yipan.lines.exams.policy.changes import Piece, changes

SEE = "exams.reports"
READ = "exams.read"


@dataclass(frozen=True, slots=True)
class Version:
    """A version with what it changed against the last whole one before; addenda change nothing, they add."""

    report: Report
    findings: list[Piece]
    impression: list[Piece]
    turned: bool = False  # positive became negative or the other way round


@dataclass(frozen=True, slots=True)
class Shown:
    """The report of an order: its reading, every version oldest first, and which one counts."""

    order: ExamOrder
    reading: Reading | None
    versions: list[Report]

    @property
    def current(self) -> Report | None:
        """The last whole version."""
        return next((v for v in reversed(self.versions) if v.stage != Stage.ADDENDUM), None)

    @property
    def addenda(self) -> list[Report]:
        """What was added to the version that counts."""
        current = self.current
        return [v for v in self.versions if current and v.version > current.version]

    @property
    def is_final(self) -> bool:
        return any(v.stage == Stage.FINAL for v in self.versions)


def orders(actor: Actor) -> QuerySet[ExamOrder]:
    """Orders whose report the actor may see: of the own organisations, and those that the own centre reads."""
    ordered = scope(actor, SEE, "request__site__organisation__path")
    read = scope(actor, READ, "reading__centre__site__organisation__path")
    return ExamOrder.objects.filter(ordered | read)


def shown(actor: Actor, order_id: UUID) -> Shown:
    """Everything about one report. Raises Refused, NotFound("exam_order_unknown")."""
    if not actor.may(READ):
        actor.require(SEE)
    order = (
        orders(actor)
        .select_related(
            "item",
            "request__patient",
            "request__site__organisation",
            "request__home_department",
            "request__attending",
            "reading__centre__site__organisation",
        )
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        raise NotFound("exam_order_unknown")
    return Shown(order, getattr(order, "reading", None), list(versions(order_id)))


def versions(order_id: UUID) -> QuerySet[Report]:
    """Every version of an order's report, oldest first."""
    return (
        Report.objects.filter(order_id=order_id)
        .select_related("author__practitioner", "signer__practitioner")
        .order_by("version")
    )


def history(rows: list[Report]) -> list[Version]:
    """The versions, newest first, each with what it changed."""
    wholes = [r for r in rows if r.stage != Stage.ADDENDUM]
    before = {after.pk: earlier for earlier, after in pairwise(wholes)}
    found = []
    for row in rows:
        old = before.get(row.pk)
        found.append(
            Version(
                row,
                changes(old.findings, row.findings) if old else [],
                changes(old.impression, row.impression) if old else [],
                turned=old is not None and old.positive is not None and old.positive != row.positive,
            )
        )
    return found[::-1]


def earlier(order: ExamOrder, limit: int = 5) -> QuerySet[ExamOrder]:
    """Earlier signed examinations of the same patient, newest first, for comparison; the reader's eyes only."""
    same = Q(request__patient_id=order.request.patient_id) & ~Q(pk=order.pk)
    rows = ExamOrder.objects.filter(same, reading__done_at__isnull=False).select_related("item", "reading")
    return rows.order_by("-reading__performed_at")[:limit]
