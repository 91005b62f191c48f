"""Scenarios as the evidence of policies, and how long others are kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.base.network import evidence
from yipan.base.network.models import Policy
from yipan.base.vault import retention
from yipan.planning.scenarios.models import EVIDENCE, Scenario
from yipan.ui.filters import calendar_day

BATCH = 20
KEPT_DAYS = 90


def announce() -> None:
    """Register link and rule; called once when Django is ready."""
    evidence.register(EVIDENCE, link)
    text = gettext_lazy("Scenarios that nobody saved and no policy rests on")
    retention.register(retention.Rule("planning.scenarios", text, KEPT_DAYS, due, remove))


def link(identifier: str) -> evidence.Link:
    """Where a policy's scenario is read; nowhere when it is gone."""
    try:
        found = Scenario.objects.filter(id=UUID(identifier)).first()
    except ValueError:
        found = None
    if found is None:
        return evidence.Link(_("a scenario that is no longer kept"), "")
    label = found.name or _("Scenario of %(day)s") % {"day": calendar_day(found.created_at)}
    return evidence.Link(label, reverse("planning:scenario", args=[found.pk]))


def _old(before: datetime) -> QuerySet[Scenario]:
    named = Concat(Value(f"{EVIDENCE}:"), Cast(OuterRef("pk"), CharField()))
    rests = Policy.objects.filter(evidence=named)
    return Scenario.objects.filter(~Exists(rests), created_at__lt=before, saved=False).order_by(F("created_at"))


def due(before: datetime) -> int:
    """How many are older and may go."""
    return _old(before).count()


def remove(before: datetime) -> int:
    """Remove some of them; how many."""
    ids = list(_old(before).values_list("id", flat=True)[:BATCH])
    Scenario.objects.filter(id__in=ids).delete()
    return len(ids)
