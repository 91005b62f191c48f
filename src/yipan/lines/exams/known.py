"""What the examinations know of a person, for `patients.dossier`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.lines.exams.models import (
    CriticalEscalation,
    CriticalValue,
    ExamOrder,
    PeerReview,
    Reading,
    ReadingClaim,
    Report,
)


def announce() -> None:
    """Register the sections and what is removed; called once when Django is ready."""
    dossier.section("exam_orders", _("Examination orders"), _orders, "exams.ExamOrder")
    dossier.section("exam_readings", _("Examinations read"), _readings, "exams.Reading")
    dossier.section("exam_claims", _("Examinations being read"), _claims, "exams.ReadingClaim")
    dossier.section("exam_reports", _("Examination reports"), _reports, "exams.Report")
    dossier.section("exam_reviews", _("Second readings"), _reviews, "exams.PeerReview")
    dossier.section("critical_values", _("Critical values"), _criticals, "exams.CriticalValue")
    dossier.section("critical_escalations", _("Overdue critical values"), _escalations, "exams.CriticalEscalation")
    dossier.on_erase("exams", _erase)


def _orders(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in ExamOrder.objects.filter(request__patient_id__in=ids).order_by("accession"))


def _readings(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(Reading, "order__request__patient_id__in", ids, "performed_at")


def _claims(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(ReadingClaim, "reading__order__request__patient_id__in", ids, "claimed_at")


def _reports(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(Report, "order__request__patient_id__in", ids, "written_at")


def _reviews(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(PeerReview, "report__order__request__patient_id__in", ids, "drawn_at")


def _criticals(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(CriticalValue, "order__request__patient_id__in", ids, "raised_at")


def _escalations(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return _rows(CriticalEscalation, "value__order__request__patient_id__in", ids, "at")


def _rows(model: type[Model], path: str, ids: Sequence[UUID], order: str) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in model._default_manager.filter(**{path: ids}).order_by(order))


def _erase(ids: Sequence[UUID]) -> None:
    """Free text and numbers of the hospital go; items, results as positive or not, and times stay for the figures."""
    ExamOrder.objects.filter(request__patient_id__in=ids).update(reason="", placer_number="")
    of_order = {"order__request__patient_id__in": ids}
    Report.objects.filter(**of_order).update(findings="", impression="", reason="", answers={})
    PeerReview.objects.filter(report__order__request__patient_id__in=ids).update(impression="", comment="")
    CriticalValue.objects.filter(**of_order).update(note="", read_back="", action="")
