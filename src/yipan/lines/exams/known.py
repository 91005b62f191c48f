"""What the examinations know of a person, for `patients.dossier`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from yipan.base.access import wall
from yipan.base.patients import dossier, hooks
from yipan.base.patients.dossier import row_of
from yipan.lines.exams.models import (
    CriticalEscalation,
    CriticalValue,
    Decision,
    ExamOrder,
    PeerReview,
    Reading,
    ReadingClaim,
    Report,
    Result,
    Study,
)

OF_PATIENT: dict[str, type[Model]] = {"results": Result, "decisions": Decision, "criticals": CriticalValue}
"""What names a patient itself, and goes along when two records turn out to be one person."""


def announce() -> None:
    """Register the sections and what is removed; called once when Django is ready."""
    dossier.section("exam_orders", _("Examination orders"), _orders, "exams.ExamOrder")
    dossier.section("studies", _("Studies in the picture archive"), _studies, "exams.Study")
    dossier.section("results", _("Results"), _results, "exams.Result")
    dossier.section("recognitions", _("Decisions about results"), _decisions, "exams.Decision")
    dossier.section("exam_readings", _("Examinations read"), _readings, "exams.Reading")
    dossier.section("exam_claims", _("Examinations being read"), _claims, "exams.ReadingClaim")
    dossier.section("exam_reports", _("Examination reports"), _reports, "exams.Report")
    dossier.section("exam_reviews", _("Second readings"), _reviews, "exams.PeerReview")
    dossier.section("critical_values", _("Critical values"), _criticals, "exams.CriticalValue")
    dossier.section("critical_escalations", _("Overdue critical values"), _escalations, "exams.CriticalEscalation")
    dossier.on_erase("exams", _erase)
    hooks.on_merge(_relabel, _restore, name="exams.results")


def _orders(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in ExamOrder.objects.filter(request__patient_id__in=ids).order_by("accession"))


def _studies(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Study.objects.filter(order__request__patient_id__in=ids).order_by("found_at"))


def _results(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Result.objects.filter(patient_id__in=ids).order_by("performed_at", "position"))


def _decisions(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Decision.objects.filter(patient_id__in=ids).order_by("decided_at"))


@wall.passage("exams.merge")
def _relabel(survivor_id: UUID, retired_id: UUID) -> dict[str, Any]:
    moved: dict[str, Any] = {"survivor": str(survivor_id), "retired": str(retired_id)}
    for name, model in OF_PATIENT.items():
        rows = model._default_manager.filter(patient_id=retired_id)
        moved[name] = [str(pk) for pk in rows.values_list("pk", flat=True)]
        rows.update(patient_id=survivor_id)
    return moved


@wall.passage("exams.merge")
def _restore(moved: dict[str, Any]) -> None:
    for name, model in OF_PATIENT.items():
        rows = model._default_manager.filter(pk__in=moved.get(name, ()), patient_id=moved["survivor"])
        rows.update(patient_id=moved["retired"])


def _erase(ids: Sequence[UUID]) -> None:
    """Free text and numbers of the hospital go; items and times stay for the figures. Images stay in the archive, which
    the law keeps them in; Yipan forgets whose they are."""
    ExamOrder.objects.filter(request__patient_id__in=ids).update(reason="", placer_number="")
    for study in Study.objects.filter(order__request__patient_id__in=ids):
        study.patient_number, study.patient_name, study.birth_date, study.description = "", "", None, ""
        study.save(update_fields=["patient_number", "patient_digest", "patient_name", "birth_date", "description"])
    erased = Concat(Value("erased:"), Cast("pk", TextField()))
    Result.objects.filter(patient_id__in=ids).update(text="", note="", report=erased)
    Decision.objects.filter(patient_id__in=ids).update(text="")
    _erase_readings(ids)


def _erase_readings(ids: Sequence[UUID]) -> None:
    """What readers, reviewers and wards wrote goes; positive or not, scores, times and who signed stay."""
    of_order = {"order__request__patient_id__in": ids}
    Report.objects.filter(**of_order).update(findings="", impression="", reason="", answers={})
    PeerReview.objects.filter(report__order__request__patient_id__in=ids).update(impression="", comment="")
    _values(ids).update(note="", read_back="", action="")


def _readings(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(Reading, "order__request__patient_id__in", ids, "performed_at")


def _claims(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(ReadingClaim, "reading__order__request__patient_id__in", ids, "claimed_at")


def _reports(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(Report, "order__request__patient_id__in", ids, "written_at")


def _reviews(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(PeerReview, "report__order__request__patient_id__in", ids, "drawn_at")


def _criticals(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(row) for row in _values(ids).order_by("raised_at"))


def _escalations(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(row) for row in CriticalEscalation.objects.filter(value__in=_values(ids)).order_by("at"))


def _values(ids: Sequence[UUID]) -> QuerySet[CriticalValue]:
    return CriticalValue.objects.filter(Q(order__request__patient_id__in=ids) | Q(patient_id__in=ids))


def _rows(model: type[Model], path: str, ids: Sequence[UUID], order: str) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in model._default_manager.filter(**{path: ids}).order_by(order))
