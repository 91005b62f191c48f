"""What the clinics know of a person, for `patients.dossier`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.lines.appointments.models import Appointment


def announce() -> None:
    """Register the sections and what is removed; called once when Django is ready."""
    dossier.section("appointments", _("Appointments"), _appointments, "appointments.Appointment")
    dossier.on_erase("appointments", _erase)


def _appointments(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    rows = Appointment.objects.filter(request__patient_id__in=ids).order_by("request__created_at")
    return (row_of(r) for r in rows)


def _erase(ids: Sequence[UUID]) -> None:
    """Why somebody came goes; clinics and times stay for the figures."""
    Appointment.objects.filter(request__patient_id__in=ids).update(reason="")
