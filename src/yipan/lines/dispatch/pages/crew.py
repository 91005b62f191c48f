"""The crew's page, for a phone: where to, for whom, and one large button for the next step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.kernel import clock
from yipan.lines.dispatch import policy
from yipan.lines.dispatch.pages.common import SYMBOLS, actor_of, button_words, step_words
from yipan.lines.dispatch.queries import board as query
from yipan.lines.dispatch.queries import facts
from yipan.spine.registry import Page


@require_GET
def crews(request: HttpRequest) -> HttpResponse:
    """The vehicles that this person may drive."""
    actor = actor_of(request, "dispatch.drive")
    rows = query.board(query.in_scope(actor, "dispatch.drive").filter(in_service=True)).rows
    return render(request, "dispatch/crews.html", {"rows": rows, "words": step_words()})


@never_cache
@require_GET
def crew(request: HttpRequest, vehicle_id: UUID) -> HttpResponse:
    """One vehicle: the transport under way or the next one."""
    actor = actor_of(request, "dispatch.drive")
    vehicle = query.seen(actor, vehicle_id, "dispatch.drive")
    (row,) = query.board([vehicle]).rows
    ride = row.now or row.next
    names = actor.may("patients.view", facts.path_of(vehicle))
    context: dict[str, Any] = {
        "vehicle": vehicle,
        "site": vehicle.capacity.site,
        "ride": ride,
        "planned": [r for r in row.rides if r.booking.state == "confirmed" and r is not ride],
        "names": names,
        "words": step_words(),
        "buttons": button_words(),
        "symbols": SYMBOLS,
        "legs": [],
    }
    if ride is not None and ride.transport is not None:
        step, since = ride.progress.step, ride.progress.since
        undo = step in ("alerted", "with_patient", "under_way")
        context |= {
            "next": policy.following(step),
            "may_undo": undo and since is not None and clock.now() - since <= policy.STEP_BACK,
            "legs": query.legs(ride.booking, vehicle, ride.transport, ride.progress),
        }
        if names:
            booking = ride.booking
            audit.record(actor, "patient.read", "transport", booking.request_id, patient_id=booking.patient_id, data={})
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "dispatch/crew_body.html" if fragment else "dispatch/crew.html", context)


PAGES = (
    Page("dispatch/crews", crews, "crews"),
    Page("dispatch/crews/<uuid:vehicle_id>", crew, "crew"),
)
