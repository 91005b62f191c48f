"""What the ambulances know of a person, for `patients.dossier`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.lines.dispatch.models import Handover, Transport


def announce() -> None:
    """Register the sections and what is removed; called once when Django is ready."""
    dossier.section("transports", _("Transports"), _transports, "dispatch.Transport")
    dossier.section("handovers", _("Hand-overs"), _handovers, "dispatch.Handover")
    dossier.on_erase("dispatch", _erase)


def _transports(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    rows = Transport.objects.filter(request__patient_id__in=ids).order_by("request__created_at")
    return (row_of(r) for r in rows)


def _handovers(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Handover.objects.filter(transport__request__patient_id__in=ids).order_by("at"))


def _erase(ids: Sequence[UUID]) -> None:
    """What was seen and done on the way goes; routes and times stay for the figures."""
    Transport.objects.filter(request__patient_id__in=ids).update(condition="", note="")
    Handover.objects.filter(transport__request__patient_id__in=ids).update(vitals={}, treatment="", note="")
