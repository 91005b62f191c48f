"""Booking a seat: the patient found, a clinic or a specialty chosen, one of the seats that can be had."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yipan.base.access import Actor
from yipan.base.network.models import Site
from yipan.base.patients.pages import picking
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.lines.appointments import actions, policy, words
from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.pages.common import actor_of
from yipan.lines.appointments.queries import facts, lists
from yipan.lines.appointments.queries.proposals import Proposal, proposals
from yipan.spine.models import Booking, Priority, Request
from yipan.spine.registry import Page
from yipan.ui import flash
from yipan.ui.filters import zone_of
from yipan.ui.steps import told

SEATS = 12


@never_cache
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest) -> HttpResponseBase:
    """The form; `?clinic=` or `?specialty=` says where, `?patient=` for whom."""
    actor = actor_of(request, "appointments.book")
    form = request.POST if request.method == "POST" else request.GET
    errors: list[tuple[str, str]] = []
    if request.method == "POST" and form.get("step") == "save":
        errors = _missing(form)
        if not errors:
            try:
                row = _save(actor, form)
            except YipanError as error:
                errors = [("", told(error))]
            else:
                flash.say(request, _("The seat is held. Confirm it, or choose another one."))
                return redirect("appointment", request_id=row.request_id)
    context = {"errors": errors, **_context(actor, form)}
    return render(request, "appointments/book.html", context, status=422 if errors else 200)


@never_cache
@require_POST
def seats(request: HttpRequest) -> HttpResponse:
    """Seats and warnings for what is chosen so far."""
    actor = actor_of(request, "appointments.book")
    return render(request, "appointments/book_seats.html", _context(actor, request.POST))


def _missing(form: Any) -> list[tuple[str, str]]:
    wrong = []
    if texts.identifier(form.get("patient", "")) is None:
        wrong.append(("f-q", _("Choose the patient from the list.")))
    if not form.get("seat"):
        wrong.append(("seats", _("Choose a seat.")))
    if form.get("warned") and not form.get("seen"):
        wrong.append(("f-seen", _("Say that a second appointment is meant.")))
    return wrong


def _save(actor: Actor, form: Any) -> Booking:
    """Ask for the seat and hold it, both or neither."""
    clinic_id, start = _seat(form["seat"])
    with transaction.atomic():
        made: Request = actions.request_appointment(
            actor=actor,
            patient_id=UUID(form["patient"]),
            clinic_id=clinic_id,
            reason=form.get("reason", ""),
            priority=form.get("priority", Priority.ELECTIVE),
        )
        return actions.hold_seat(actor=actor, request_id=made.pk, clinic_id=clinic_id, start=start)


def _seat(text: str) -> tuple[UUID, datetime]:
    """A seat as the form names it: the clinic and the instant. Raises InvalidInput."""
    clinic, _, start = text.partition("@")
    clinic_id = texts.identifier(clinic)
    if clinic_id is None:
        raise InvalidInput("seat_unknown")
    return clinic_id, texts.moment(start)


def _context(actor: Actor, form: Any) -> dict[str, Any]:
    mine = list(lists.in_scope(actor, "appointments.book").filter(in_use=True))
    clinic = next((c for c in mine if str(c.pk) == form.get("clinic")), None)
    chosen = texts.identifier(form.get("patient", ""))
    specialty = clinic.department.specialty_id if clinic else form.get("specialty", "")
    found = _found(mine, clinic, specialty, chosen, form)
    return {
        "form": form,
        "clinics": [(str(c.pk), f"{words.who(c)} · {c.capacity.site.label}") for c in mine],
        "specialties": sorted({(c.department.specialty_id, c.department.specialty.label) for c in mine}),
        "ranks": [("earliest", _("Earliest")), ("nearest", _("Nearest")), ("continuity", _("Known doctor first"))],
        "priorities": [("elective", _("Elective")), ("urgent", _("Urgent")), ("emergency", _("Emergency"))],
        "proposals": [(f"{p.clinic.pk}@{p.seat.start.isoformat()}", p, words.reasons(p)) for p in found],
        "who": words.who,
        "visiting": words.visiting,
        "double": facts.live_of(chosen, specialty) if chosen and specialty else [],
        "valid": _valid(chosen, found),
        "asked": bool(clinic or specialty),
        "may_register": actor.may("patients.edit"),
        **picking.choices(actor, form),
    }


def _found(
    mine: list[Clinic], clinic: Clinic | None, specialty: str, patient_id: UUID | None, form: Any
) -> list[Proposal]:
    if clinic is None and not specialty:
        return []
    near: Site | None = mine[0].capacity.site if mine else None
    by = form.get("by", "earliest")
    found = proposals(
        specialty=specialty,
        clinic_id=clinic.pk if clinic else None,
        patient_id=patient_id,
        near=near if clinic is None else clinic.capacity.site,
        wanted_from=_from(form, near if clinic is None else clinic.capacity.site),
        by=by if by in policy.RANKS else "earliest",
        limit=SEATS,
    )
    allowed = {c.pk for c in mine}
    return [p for p in found if p.clinic.pk in allowed]


def _from(form: Any, site: Site | None) -> datetime | None:
    """The beginning of the day that the grid led from, if any."""
    try:
        day = texts.day(form.get("day", ""))
    except InvalidInput:
        return None
    return datetime.combine(day, time.min, zone_of(site))


def _valid(patient_id: UUID | None, found: list[Proposal]) -> set[str]:
    """The seats for which the patient needs no new registration."""
    if patient_id is None:
        return set()
    days = {(p.clinic.pk, policy.day_of(p.seat.start, p.clinic.capacity.site.time_zone)): p.clinic for p in found}
    covered = {key for key, c in days.items() if facts.registration_for(patient_id, c, key[1]) is not None}
    return {
        f"{p.clinic.pk}@{p.seat.start.isoformat()}"
        for p in found
        if (p.clinic.pk, policy.day_of(p.seat.start, p.clinic.capacity.site.time_zone)) in covered
    }


PAGES = (
    Page("clinics/book", book, "clinic-book"),
    Page("clinics/book/seats", seats, "clinic-book-seats"),
)
