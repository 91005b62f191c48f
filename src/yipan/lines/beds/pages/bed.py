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
from yipan.lines.beds.queries.icd10 import diagnosis_label
from yipan.spine.registry import Page
from yipan.ui.filters import localtime

labels.declare({"bed.read": gettext_lazy("Looked at a bed and its patient")}, {"bed": gettext_lazy("Bed")})


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
    following = sheet.row.next_request_id if actor.may("beds.request", path) else None
    context = {
        "sheet": sheet,
        "site": site,
        "at": clock.now(),
        "names": names,
        "day": _day_of_stay(sheet),
        "diagnosis": _diagnosis(sheet),
        "reasons": [words.reason(told) for told in sheet.placement.reasons] if sheet.placement else [],
        "events": [history.say(event, site=site) for event in sheet.events],
        "actions": actions(actor, sheet),
        "ward_href": address("ward", sheet.bed.room.ward_id),
        "patient_href": address("patient", sheet.row.patient_id) if names and sheet.row.patient_id else "",
        "desk_href": address("desk", following) if following else "",
    }
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def actions(actor: Actor, sheet: BedSheet) -> list[Action]:
    """What this person may do with the bed now; only steps whose pages are installed."""
    row, ward_id = sheet.row, sheet.bed.room.ward_id
    offered: list[Action] = []
    if actor.may("beds.discharge", row.path, ward_id=ward_id) and sheet.status is BedStatus.OCCUPIED:
        offered += _discharge(sheet)
    if actor.may("beds.receive", row.path, ward_id=ward_id):
        offered += _receiving(sheet)
    if actor.may("beds.close", row.path):
        offered.append(_closing(sheet))
    return [action for action in offered if action.url]


def _discharge(sheet: BedSheet) -> list[Action]:
    known, key = sheet.row.end_announced, sheet.row.booking_id
    label = _("Change the expected discharge") if known else _("Announce the discharge")
    steps = [Action(address("bed-discharge", key), label, "calendar-check", field="datetime")]
    if known:
        withdraw = address("bed-discharge-withdraw", key)
        steps.append(Action(withdraw, _("Withdraw the expected discharge"), "calendar-x"))
    return steps


def _receiving(sheet: BedSheet) -> list[Action]:
    row, steps = sheet.row, []
    if row.booking_id is None and row.next_booking_id and row.next_purpose == "care":
        arrive = address("bed-arrive", row.next_booking_id)
        steps.append(Action(arrive, _("Patient is in the bed"), "log-in", "primary"))
    match sheet.status:
        case BedStatus.OCCUPIED:
            question = _("Has the patient physically left? The bed goes to cleaning at once.")
            depart = address("bed-depart", row.booking_id)
            kind = "primary" if row.leaving else ""
            steps.append(Action(depart, _("Patient has left"), "log-out", kind, question=question))
        case BedStatus.CLEANING:
            steps.append(Action(address("bed-clean-done", row.id), _("Bed is ready"), "circle-check", "primary"))
        case BedStatus.FREE:
            steps.append(Action(address("bed-clean-start", row.id), _("Clean once more"), "sparkles"))
    return steps


def _closing(sheet: BedSheet) -> Action:
    if sheet.status is BedStatus.CLOSED:
        return Action(address("bed-reopen", sheet.row.id), _("Open the bed again"), "lock-open", "primary")
    return Action(address("bed-close", sheet.row.id), _("Close the bed"), "lock", "danger", field="reason")


def _diagnosis(sheet: BedSheet) -> str:
    """With its code, in the reader's language."""
    if sheet.stay is None:
        return ""
    facts = sheet.stay.admission
    return " ".join(
        part for part in (diagnosis_label(facts.diagnosis_code, facts.diagnosis), facts.diagnosis_code) if part
    )


def _day_of_stay(sheet: BedSheet) -> int | None:
    """1 on the day of admission, in the site's calendar."""
    if sheet.first is None:
        return None
    site = sheet.bed.room.ward.site
    today, began = localtime(clock.now(), site), localtime(sheet.first.start, site)
    return (today.date() - began.date()).days + 1 if today and began else None


PAGES = (Page("beds/bed/<uuid:bed_id>", bed, "bed"),)
