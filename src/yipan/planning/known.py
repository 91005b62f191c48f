"""What plans say of a person, for `patients.dossier`, and how long plans and forecasts are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.base.vault import retention
from yipan.planning.models import Outlook, Proposal, Run, Step

BATCH = 20


def announce() -> None:
    """Register section and rule; called once when Django is ready."""
    dossier.section("plans", _("Proposals of plans"), _proposals, "planning.Proposal")
    text = _("Plans of admissions with their proposals; what was accepted stays as bookings")
    retention.register(retention.Rule("planning.runs", text, 90, _old_runs, _remove))
    for step, days, title in (
        (Step.DAYS, 730, _("Forecasts by day")),
        (Step.HOURS, 14, _("Forecasts by hour, with their alerts")),
    ):
        due, remove = partial(_old_outlooks, step), partial(_remove_outlooks, step)
        retention.register(retention.Rule(f"planning.{step}", title, days, due, remove))


def _proposals(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(row) for row in Proposal.objects.filter(request__patient_id__in=ids).order_by("start"))


def _old_runs(before: datetime) -> int:
    return Run.objects.filter(created_at__lt=before).count()


def _old_outlooks(step: Step, before: datetime) -> int:
    return Outlook.objects.filter(step=step, made_at__lt=before).count()


def _remove_outlooks(step: Step, before: datetime) -> int:
    old = Outlook.objects.filter(step=step, made_at__lt=before).order_by("made_at")
    ids = list(old.values_list("id", flat=True)[:BATCH])
    Outlook.objects.filter(id__in=ids).delete()
    return len(ids)


def _remove(before: datetime) -> int:
    ids = list(Run.objects.filter(created_at__lt=before).order_by("created_at").values_list("id", flat=True)[:BATCH])
    Run.objects.filter(id__in=ids).delete()
    return len(ids)
