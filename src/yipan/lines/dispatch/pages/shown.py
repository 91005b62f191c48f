"""One transport: vehicles that can go, where it stands, and what was handed over; and the form of the hand-over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yipan.base import audit
from yipan.base.access import Actor
from yipan.kernel.errors import InvalidInput
from yipan.lines.dispatch import actions, words
from yipan.lines.dispatch.models import Transport
from yipan.lines.dispatch.pages.common import SYMBOLS, actor_of, step_words, vital_words
from yipan.lines.dispatch.policy import Step
from yipan.lines.dispatch.queries import board as query
from yipan.lines.dispatch.queries import facts
from yipan.lines.dispatch.queries.proposals import proposals
from yipan.spine.models import Request
from yipan.spine.queries import RequestState, history, with_state
from yipan.spine.registry import Page
from yipan.ui import flash, messages


@never_cache
@require_GET
def shown(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The page; the fragment when a live update asks."""
    actor = actor_of(request)
    carried = query.request_seen(actor, request_id)
    record = carried.request
    state = with_state(Request.objects.filter(pk=record.pk)).values_list("state", flat=True).get()  # type: ignore[misc]
    kept = query.kept(record.pk)
    path = record.site.organisation.path
    names = actor.may("patients.view", path)
    if names:
        audit.record(actor, "patient.read", "transport", record.pk, patient_id=record.patient_id, data={})
    context: dict[str, Any] = {
        "carried": carried,
        "record": record,
        "state": state,
        "site": carried.to_site,
        "names": names,
        "words": step_words(),
        "symbols": SYMBOLS,
        "vitals": vital_words(),
        "handover": query.handover_of(record.pk),
        "may_assign": actor.may("dispatch.assign"),
        "may_cancel": actor.may("dispatch.request", path),
        "history": _history(record),
        "offers": _offers(actor, carried) if state == RequestState.WAITING else [],
    }
    if kept is not None and state != RequestState.CANCELLED:
        row, vehicle = kept
        progress = facts.progress(row)
        context |= {
            "row": row,
            "vehicle": vehicle,
            "progress": progress,
            "legs": query.legs(row, vehicle, carried, progress),
            "may_drive": actor.may("dispatch.drive", facts.path_of(vehicle)),
            "may_change": actor.may("dispatch.assign", facts.path_of(vehicle)),
        }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "dispatch/shown_body.html" if fragment else "dispatch/shown.html", context)


def _offers(actor: Actor, carried: Transport) -> list[Any]:
    """Vehicles of the actor's own that can go, with their reasons."""
    found = proposals(
        start=carried.from_site, end=carried.to_site, level=carried.level, wanted_from=carried.request.wanted_from
    )
    return [(p, words.reasons(p)) for p in found if actor.may("dispatch.assign", facts.path_of(p.vehicle))]


def _history(record: Request) -> list[dict[str, Any]]:
    steps = step_words()
    told = {
        "request.created": (_("The request was made"), "plus"),
        "request.cancelled": (_("Cancelled"), "x"),
        "booking.held": (_("Vehicle held"), "hand"),
        "booking.confirmed": (_("Vehicle confirmed"), "check"),
        "booking.released": (_("Vehicle given back"), "undo-2"),
        "booking.expired": (_("The hold ran out"), "timer-off"),
        "booking.displaced": (_("The vehicle is still on another transport"), "triangle-alert"),
        "booking.overran": (_("Lasts longer than planned"), "clock-alert"),
        "transport.step_back": (_("The last step was taken back"), "undo-2"),
    } | {kind: (steps[step], SYMBOLS[step]) for kind, step in facts.TOLD.items()}
    return [
        {"at": e.at, "text": told[e.kind][0], "who": e.actor_name, "symbol": told[e.kind][1]}
        for e in reversed(history(record.pk))
        if e.kind in told
    ]


@never_cache
@require_http_methods(["GET", "POST"])
def hand(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """The form of the hand-over, for a phone; sending it ends the transport."""
    actor = actor_of(request, "dispatch.drive")
    row, vehicle, carried = facts.trip_booking(booking_id)
    actor.require("dispatch.drive", facts.path_of(vehicle))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            actions.hand_over(
                actor=actor,
                booking_id=booking_id,
                received_by=request.POST.get("received_by", ""),
                vitals=_vitals(request),
                treatment=request.POST.get("treatment", ""),
                note=request.POST.get("note", ""),
            )
        except InvalidInput as error:
            errors = {name: messages.sentence(code) for name, code in error.params.get("fields", {}).items()}
        else:
            flash.say(request, _("The patient is handed over. Have a good way home."))
            return redirect("crew", vehicle_id=vehicle.pk)
    context = {
        "row": row,
        "vehicle": vehicle,
        "carried": carried,
        "record": carried.request,
        "names": actor.may("patients.view"),
        "vitals": vital_words(),
        "values": request.POST,
        "errors": errors,
        "summary": [(f"f-{name}", text) for name, text in errors.items()],
        "ready": facts.progress(row).step is Step.UNDER_WAY,
    }
    return render(request, "dispatch/hand.html", context, status=422 if errors else 200)


def _vitals(request: HttpRequest) -> dict[str, float]:
    """What was measured. Raises InvalidInput("form_invalid") naming each value that is no number."""
    found: dict[str, float] = {}
    wrong: dict[str, str] = {}
    for name, *_rest in vital_words():
        text = request.POST.get(name, "").strip().replace(",", ".")
        if not text:
            continue
        try:
            found[name] = float(text)
        except ValueError:
            wrong[name] = "vitals_range"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    return found


PAGES = (
    Page("dispatch/transports/<uuid:request_id>", shown, "transport"),
    Page("dispatch/handover/<uuid:booking_id>", hand, "transport-hand"),
)
