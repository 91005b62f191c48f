"""What plans say of a person, for `patients.dossier`, and how long plans are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.base.vault import retention
from yipan.planning.models import Proposal, Run

BATCH = 20


def announce() -> None:
    """Register section and rule; called once when Django is ready."""
    dossier.section("plans", _("Proposals of plans"), _proposals, "planning.Proposal")
    text = _("Plans of admissions with their proposals; what was accepted stays as bookings")
    retention.register(retention.Rule("planning.runs", text, 90, _old_runs, _remove))


def _proposals(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(row) for row in Proposal.objects.filter(request__patient_id__in=ids).order_by("start"))


def _old_runs(before: datetime) -> int:
    return Run.objects.filter(created_at__lt=before).count()


def _remove(before: datetime) -> int:
    ids = list(Run.objects.filter(created_at__lt=before).order_by("created_at").values_list("id", flat=True)[:BATCH])
    Run.objects.filter(id__in=ids).delete()
    return len(ids)
