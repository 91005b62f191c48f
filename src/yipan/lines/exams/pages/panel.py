"""The part of a patient's page that tells about examinations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from yipan.base.access import Actor
from yipan.base.patients import panels
from yipan.base.patients.panels import Panel
from yipan.lines.exams.queries import orders as query
from yipan.lines.exams.queries.standing import stands

LONGEST = 20


def context(actor: Actor, patient_id: UUID) -> dict[str, Any] | None:
    """The orders that this person may see; None for somebody who sees no examinations."""
    if not actor.paths("exams.view"):
        return None
    found = list(query.orders_of(actor, patient_id)[:LONGEST])
    known = stands(found)
    return {
        "rows": [(row, known[row.pk]) for row in found],
        "patient_id": patient_id,
        "may_order": bool(actor.paths("exams.order")),
    }


panels.register(Panel("exams", gettext_lazy("Examinations"), "exams/patient_panel.html", context, order=30))
