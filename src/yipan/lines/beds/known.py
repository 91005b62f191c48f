"""What the bed pool knows of a person, for `patients.dossier`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.lines.beds.models import AdmissionRequest, FollowUpCall, Placement, WardNotice


def announce() -> None:
    """Register the sections and what is removed; called once when Django is ready."""
    dossier.section("admissions", _("Admission requests"), _admissions, "beds.AdmissionRequest")
    dossier.section("placements", _("Placements"), _placements, "beds.Placement")
    dossier.section("calls", _("Calls"), _calls, "beds.FollowUpCall")
    dossier.section("notices", _("Notices to wards"), _notices, "beds.WardNotice")
    dossier.on_erase("beds", _erase)


def _admissions(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in AdmissionRequest.objects.filter(request__patient_id__in=ids).order_by("certificate_at"))


def _placements(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Placement.objects.filter(booking__patient_id__in=ids).order_by("booking__created_at"))


def _calls(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in FollowUpCall.objects.filter(booking__patient_id__in=ids).order_by("due_on"))


def _notices(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in WardNotice.objects.filter(booking__patient_id__in=ids).order_by("created_at"))


def _erase(ids: Sequence[UUID]) -> None:
    """Free text and numbers of the hospital go; codes, severity and times stay for the figures."""
    texts = {"certificate_no": "", "visit_number": "", "diagnosis": "", "note": "", "home_minutes": None}
    AdmissionRequest.objects.filter(request__patient_id__in=ids).update(**texts)
    FollowUpCall.objects.filter(booking__patient_id__in=ids).update(note="")
