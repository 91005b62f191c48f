"""What the examinations know of a person, for `patients.dossier`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from yipan.base.access import wall
from yipan.base.patients import dossier, hooks
from yipan.base.patients.dossier import row_of
from yipan.lines.exams.models import Decision, ExamOrder, Result, Study


def announce() -> None:
    """Register the sections and what is removed; called once when Django is ready."""
    dossier.section("exam_orders", _("Examination orders"), _orders, "exams.ExamOrder")
    dossier.section("studies", _("Studies in the picture archive"), _studies, "exams.Study")
    dossier.section("results", _("Results"), _results, "exams.Result")
    dossier.section("recognitions", _("Decisions about results"), _decisions, "exams.Decision")
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
    for name, model in (("results", Result), ("decisions", Decision)):
        rows = model.objects.filter(patient_id=retired_id)
        moved[name] = [str(pk) for pk in rows.values_list("pk", flat=True)]
        rows.update(patient_id=survivor_id)
    return moved


@wall.passage("exams.merge")
def _restore(moved: dict[str, Any]) -> None:
    for name, model in (("results", Result), ("decisions", Decision)):
        rows = model.objects.filter(pk__in=moved[name], patient_id=moved["survivor"])
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
