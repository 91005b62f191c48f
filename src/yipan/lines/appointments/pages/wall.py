"""The display of a waiting room: numbers in large type, and surnames with stars. Nothing on it can be pressed.

What it shows of a person is the row `Screen.WALL` of `patients.disclosure`.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base.patients.disclosure import Screen, name_on
from yipan.lines.appointments.pages.common import actor_of, today
from yipan.lines.appointments.queries import facts, lists
from yipan.lines.appointments.queries.day import Entry, sheet_of
from yipan.spine.registry import Page

NEXT = 8


@never_cache
@require_GET
def wall(request: HttpRequest, clinic_id: UUID) -> HttpResponse:
    """The display of one clinic today; the fragment when a live update asks."""
    actor = actor_of(request)
    clinic = lists.seen(actor, clinic_id)
    site = clinic.capacity.site
    knows = actor.may("patients.view", facts.path_of(clinic))
    sheet = sheet_of(clinic, today(site))
    queue = sheet.queue()
    context = {
        "clinic": clinic,
        "site": site,
        "called": _tile(sheet.called, knows),
        "inside": _tile(sheet.inside, knows),
        "next": [_tile(entry, knows) for entry in queue[:NEXT]],
        "waiting": len(queue),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "appointments/wall_body.html" if fragment else "appointments/wall.html", context)


def _tile(entry: Entry | None, knows: bool) -> tuple[int | None, str] | None:
    """Number and name, as eyes that nobody chose may read them."""
    if entry is None:
        return None
    patient = entry.booking.patient
    return entry.number, name_on(patient.name if patient else "", knows, Screen.WALL)


PAGES = (Page("clinics/<uuid:clinic_id>/wall", wall, "clinic-wall"),)
