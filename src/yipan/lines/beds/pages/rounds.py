"""The rounding list."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.access import Actor, Role
from yipan.kernel import clock
from yipan.lines.beds.queries import rounds as query
from yipan.lines.beds.queries.icd10 import diagnosis_label
from yipan.spine.registry import Page
from yipan.ui.navigation import Area, NavItem

VERB = "beds.rounds"


@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """An attending's patients across all wards: one's own, or those of the attending that was chosen."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(VERB)
    wanted = request.GET.get("attending", "")
    own = query.own_post(actor)
    who = query.attending(actor, _uuid(wanted)) if wanted else own
    stops = query.round_of(who) if who is not None else []
    patients = sum(len(s.stays) for s in stops)
    audit.record_list(actor, "beds.rounds", who.code if who else "", count=patients)
    context = {
        "own": own,
        "who": who,
        "stops": stops,
        "patients": patients,
        "at": clock.now(),
        "names": actor.may("patients.view"),
        "choices": [(str(p.pk), f"{p.label} · {p.department.label}") for p in query.attendings(actor) if p.department],
        "diagnosis": diagnosis_label,
    }
    return render(request, "beds/rounds_print.html" if "print" in request.GET else "beds/rounds.html", context)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


PAGES = (Page("rounds", rounds, "rounds"),)
NAV = NavItem(
    "rounds",
    gettext_lazy("Rounds"),
    "clipboard-list",
    order=50,
    verb=VERB,
    area=Area.INPATIENTS,
    daily=frozenset({Role.DOCTOR}),
    key="r",
)
