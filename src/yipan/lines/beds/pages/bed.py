"""One bed: its page, and the panel beside the board."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.base.access import Actor
from yipan.base.audit import labels
from yipan.base.audit.journal import record
from yipan.kernel import clock
from yipan.lines.beds import words
from yipan.lines.beds.pages.board import actor_of, address
from yipan.lines.beds.policy import BedStatus
from yipan.lines.beds.queries import history
from yipan.lines.beds.queries.bed import BedSheet, bed_sheet
from yipan.spine.registry import Page
from yipan.ui.filters import localtime

labels.declare({"bed.read": gettext_lazy("Looked at a bed and its patient")})


@dataclass(frozen=True, slots=True)
class Action:
    """A step that can be taken from the panel: a form that posts to `url` with `values`, or asks for `field` first."""

    url: str
    words: str
    symbol: str
    kind: str = ""
    field: str = ""
    question: str = ""


@require_GET
def bed(request: HttpRequest, bed_id: UUID) -> HttpResponse:
    """A bed; only the panel when htmx or a live update asks for it."""
    actor = actor_of(request)
    sheet = bed_sheet(actor=actor, bed_id=bed_id)
    path = sheet.row.path
    names = actor.may("patients.view", path)
    if names and sheet.row.patient_id is not None:
        record(actor, "bed.read", "bed", bed_id, patient_id=sheet.row.patient_id, path=path)
    fragment = request.headers.get("HX-Request") == "true"
    template = "beds/board_bed.html" if fragment else "beds/board_bed_page.html"
    site = sheet.bed.room.ward.site
    context = {
        "sheet": sheet,
        "site": site,
        "at": clock.now(),
        "names": names,
        "day": _day_of_stay(sheet),
        "reasons": [words.reason(told) for told in sheet.placement.reasons] if sheet.placement else [],
        "events": [history.say(event, site=site) for event in sheet.events],
        "actions": actions(actor, sheet),
        "ward_href": address("ward", sheet.bed.room.ward_id),
        "patient_href": address("patient", sheet.row.patient_id) if names and sheet.row.patient_id else "",
        "desk_href": address("desk", sheet.row.next_request_id) if sheet.row.next_request_id else "",
    }
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def actions(actor: Actor, sheet: BedSheet) -> list[Action]:
    """What this person may do with the bed now; only steps whose pages are installed."""
    row, ward_id = sheet.row, sheet.bed.room.ward_id
    receive = actor.may("beds.receive", row.path, ward_id=ward_id)
    discharge = actor.may("beds.discharge", row.path, ward_id=ward_id)
    close = actor.may("beds.close", row.path)
    empty = row.booking_id is None
    offered = []
    if receive and empty and row.next_booking_id and row.next_purpose == "care":
        offered.append(Action(address("bed-arrive", row.next_booking_id), _("Patient is in the bed"), "log-in", "primary"))
    if sheet.status is BedStatus.OCCUPIED:
        if discharge:
            words_ = _("Change the expected discharge") if row.end_announced else _("Announce the discharge")
            offered.append(
                Action(address("bed-discharge", row.booking_id), words_, "calendar-check", field="datetime")
            )
        if receive:
            offered.append(
                Action(
                    address("bed-depart", row.booking_id),
                    _("Patient has left"),
                    "log-out",
                    question=_("Has the patient physically left? The bed goes to cleaning at once."),
                )
            )
    if receive and sheet.status is BedStatus.CLEANING:
        offered.append(Action(address("bed-clean-done", row.id), _("Bed is ready"), "circle-check", "primary"))
    if receive and empty and sheet.status is BedStatus.FREE:
        offered.append(Action(address("bed-clean-start", row.id), _("Clean once more"), "sparkles"))
    if close and sheet.status is BedStatus.CLOSED:
        offered.append(Action(address("bed-reopen", row.id), _("Open the bed again"), "lock-open", "primary"))
    elif close:
        offered.append(Action(address("bed-close", row.id), _("Close the bed"), "lock", "danger", field="reason"))
    return [action for action in offered if action.url]


def _day_of_stay(sheet: BedSheet) -> int | None:
    """1 on the day of admission, in the site's calendar."""
    if sheet.first is None:
        return None
    site = sheet.bed.room.ward.site
    today, began = localtime(clock.now(), site), localtime(sheet.first.start, site)
    return (today.date() - began.date()).days + 1 if today and began else None


PAGES = (Page("beds/bed/<uuid:bed_id>", bed, "bed"),)
