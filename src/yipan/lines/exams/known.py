"""What the examinations know of a person, for `patients.dossier`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.lines.exams.models import ExamOrder, Study


def announce() -> None:
    """Register the sections and what is removed; called once when Django is ready."""
    dossier.section("exam_orders", _("Examination orders"), _orders, "exams.ExamOrder")
    dossier.section("studies", _("Studies in the picture archive"), _studies, "exams.Study")
    dossier.on_erase("exams", _erase)


def _orders(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in ExamOrder.objects.filter(request__patient_id__in=ids).order_by("accession"))


def _studies(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Study.objects.filter(order__request__patient_id__in=ids).order_by("found_at"))


def _erase(ids: Sequence[UUID]) -> None:
    """Free text and numbers of the hospital go; items and times stay for the figures. Images stay in the archive, which
    the law keeps them in; Yipan forgets whose they are."""
    ExamOrder.objects.filter(request__patient_id__in=ids).update(reason="", placer_number="")
    for study in Study.objects.filter(order__request__patient_id__in=ids):
        study.patient_number, study.patient_name, study.birth_date, study.description = "", "", None, ""
        study.save(update_fields=["patient_number", "patient_digest", "patient_name", "birth_date", "description"])
