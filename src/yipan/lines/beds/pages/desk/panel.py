"""The part of a patient's page that tells about beds: every admission, and the way to the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from yipan.base.access import Actor
from yipan.base.patients import panels
from yipan.base.patients.panels import Panel
from yipan.lines.beds.queries import desk as query
from yipan.spine.queries import RequestState

OPEN = (RequestState.WAITING, RequestState.HELD, RequestState.CONFIRMED, RequestState.ACTIVE)


def context(actor: Actor, patient_id: UUID) -> dict[str, Any] | None:
    """The admissions that this person may see; None for somebody who sees no beds."""
    if not actor.paths("beds.view"):
        return None
    rows = query.admissions_of(actor=actor, patient_id=patient_id)
    return {
        "rows": rows,
        "bed_name": query.bed_name,
        "patient_id": patient_id,
        "may_open": actor.paths("beds.request"),
        "may_ask": bool(actor.paths("beds.request")) and not any(row.state in OPEN for row in rows),
    }


panels.register(Panel("beds", gettext_lazy("Beds and admissions"), "beds/request_panel.html", context, order=20))
