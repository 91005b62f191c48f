"""One appointment: the seat, where the patient is in the queue, and what can be done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.access import Actor
from yipan.lines.appointments import policy, words
from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.pages.common import actor_of
from yipan.lines.appointments.queries import facts, lists
from yipan.lines.appointments.queries.day import sheet_of
from yipan.lines.appointments.queries.proposals import proposals
from yipan.spine.models import Booking, Request
from yipan.spine.queries import RequestState, history, live_bookings
from yipan.spine.registry import Page
from yipan.spine.states import State

NEXT = 6


@never_cache
@require_GET
def shown(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The page; `?print` is the slip that the patient takes along."""
    actor = actor_of(request)
    record = lists.request_seen(actor, request_id)
    row, clinic = _seat(record)
    path = facts.path_of(clinic) if clinic else record.site.organisation.path
    names = actor.may("patients.view", path)
    if names:
        audit.record(actor, "patient.read", "appointment", record.pk, patient_id=record.patient_id, data={})
    context = {
        "record": record,
        "row": row,
        "clinic": clinic,
        "site": clinic.capacity.site if clinic else record.site,
        "state": str(record.state),  # type: ignore[attr-defined]
        "names": names,
        "who": words.who,
        "may_book": actor.may("appointments.book", path),
        "may_receive": actor.may("appointments.receive", path),
        "history": _history(record),
        **_queue(row, clinic),
        **_registration(record, row, clinic),
        "proposals": _next(actor, record),
    }
    fragment = request.headers.get("HX-Request") == "true"
    page = "slip" if "print" in request.GET else "shown_body" if fragment else "shown"
    return render(request, f"appointments/{page}.html", context)


def _seat(record: Request) -> tuple[Booking | None, Clinic | None]:
    """The seat that is kept or was used, and its clinic."""
    kept = live_bookings(record.pk).first() or record.bookings.filter(state=State.DONE).order_by("-period").first()
    if kept is None or record.state == RequestState.WAITING:  # type: ignore[attr-defined]
        return None, None
    return kept, facts.clinic(kept.capacity_id)


def _queue(row: Booking | None, clinic: Clinic | None) -> dict[str, Any]:
    if row is None or clinic is None:
        return {"entry": None, "position": None, "is_today": False}
    day = policy.day_of(row.start, clinic.capacity.site.time_zone)
    sheet = sheet_of(clinic, day)
    entry = next((e for e in sheet.entries if e.booking.pk == row.pk), None)
    is_today = day == policy.day_of(sheet.at, clinic.capacity.site.time_zone)
    return {"entry": entry, "position": sheet.position(row.pk), "is_today": is_today, "day": day}


def _registration(record: Request, row: Booking | None, clinic: Clinic | None) -> dict[str, Any]:
    """Whether this visit is covered by an earlier one, and until when this one covers others."""
    if row is None or clinic is None:
        return {"covered": False, "valid_until": None}
    day = policy.day_of(row.start, clinic.capacity.site.time_zone)
    covered = record.appointment.registration_id is not None
    return {"covered": covered, "valid_until": None if covered else policy.last_valid_day(day)}


def _next(actor: Actor, record: Request) -> list[Any]:
    """Seats for a request that waits, at the clinics where this person books."""
    if record.state != RequestState.WAITING or not actor.may("appointments.book"):  # type: ignore[attr-defined]
        return []
    mine = set(lists.in_scope(actor, "appointments.book").values_list("pk", flat=True))
    found = proposals(
        specialty=record.appointment.specialty_id,
        patient_id=record.patient_id,
        near=record.site,
        by="nearest",
        is_referral=record.parent_id is not None,
        limit=NEXT,
    )
    return [(p, words.reasons(p)) for p in found if p.clinic.pk in mine]


def _history(record: Request) -> list[dict[str, Any]]:
    told = {
        "request.created": (_("The request was made"), "plus"),
        "request.cancelled": (_("Cancelled"), "x"),
        "booking.held": (_("Seat held"), "hand"),
        "booking.confirmed": (_("Seat confirmed"), "check"),
        "booking.released": (_("Seat given back"), "undo-2"),
        "booking.expired": (_("The hold ran out"), "timer-off"),
        "booking.displaced": (_("The session does not take place"), "calendar-x"),
        "booking.no_show": (_("Did not come"), "user-x"),
        "appointment.checked_in": (_("At the clinic"), "door-open"),
        "appointment.called": (_("Called"), "megaphone"),
        "appointment.passed": (_("Did not come in when called"), "skip-forward"),
        "booking.arrived": (_("With the doctor"), "stethoscope"),
        "booking.departed": (_("Has been seen"), "circle-check"),
    }
    return [
        {"at": e.at, "text": told[e.kind][0], "who": e.actor_name, "symbol": told[e.kind][1]}
        for e in reversed(history(record.pk))
        if e.kind in told
    ]


PAGES = (Page("clinics/appointments/<uuid:request_id>", shown, "appointment"),)
