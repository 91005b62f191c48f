"""The desk of one request: who it is, where the patient can lie, why not at home, and what has happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.access import Actor, Role
from yipan.base.audit import labels
from yipan.base.network.models import Bed, Department
from yipan.lines.beds import policy
from yipan.lines.beds.pages.board import address
from yipan.lines.beds.policy import PathStep
from yipan.lines.beds.queries import desk as query
from yipan.lines.beds.queries import history
from yipan.lines.beds.queries.desk import Desk
from yipan.lines.beds.queries.icd10 import diagnosis_label
from yipan.lines.beds.queries.waiting import Standing, next_waiting, waiting_list
from yipan.spine.models import Booking
from yipan.spine.queries import RequestState
from yipan.spine.registry import Page
from yipan.spine.states import State
from yipan.ui.navigation import Area, NavItem

labels.declare(
    {"request.read": gettext_lazy("Looked at a request for a bed and its patient")},
    {"request": gettext_lazy("Request")},
)

QUEUE_SHOWN = 8
TRANSFER = "transfer"


def actor_of(request: HttpRequest) -> Actor:
    """The actor, who must be allowed to ask for beds somewhere."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require("beds.request")
    return actor


@never_cache
@require_GET
def next_desk(request: HttpRequest) -> HttpResponseBase:
    """The desk of whoever is to be placed next; says so when nobody waits."""
    actor = actor_of(request)
    rows = [row for row in waiting_list(actor=actor) if row.path.startswith(actor.paths("beds.request"))]
    first = next_waiting(rows)
    if first is not None:
        return redirect("desk", request_id=first.id)
    kept = sum(row.standing in (Standing.HELD, Standing.CONFIRMED) for row in rows)
    context = {"kept": kept, "later": len(rows) - kept}
    return render(request, "beds/desk_empty.html", context)


@never_cache
@require_GET
def desk(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """One request on the desk; with htmx and `part`, only that part of the page, for live updates."""
    actor = actor_of(request)
    loaded = query.desk(actor=actor, request_id=request_id)
    part = request.GET.get("part", "")
    if part in PARTS and request.headers.get("HX-Request") == "true":
        template, context = PARTS[part]
        response: HttpResponse = render(request, template, {**_base(actor, loaded), **context(request, actor, loaded)})
        patch_vary_headers(response, ("HX-Request",))
        return response
    told(actor, loaded)
    return page(request, actor, loaded)


def told(actor: Actor, loaded: Desk) -> None:
    """Write down that somebody looked at the request and its patient."""
    record = loaded.request
    path = record.site.organisation.path
    audit.record(actor, "request.read", "request", record.id, patient_id=record.patient_id, path=path)


def page(request: HttpRequest, actor: Actor, loaded: Desk, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The whole page; with the sentence of what was refused, and fresh proposals below it."""
    context = {**_base(actor, loaded), "problem": problem}
    for _template, part in PARTS.values():
        context |= part(request, actor, loaded)
    return render(request, "beds/desk.html", context, status=status)


def _base(actor: Actor, loaded: Desk) -> dict[str, Any]:
    record = loaded.request
    path = record.site.organisation.path
    return {
        "desk": loaded,
        "record": record,
        "facts": record.admission,
        "site": record.site,
        "state": loaded.state.value,
        "may_place": actor.may("beds.place", path),
        "may_ask": actor.may("beds.request", path),
        "names": actor.may("patients.view"),
        "bed_name": query.bed_name,
    }


def _path(request: HttpRequest, actor: Actor, loaded: Desk) -> dict[str, Any]:
    return {"steps": stepper(loaded), "target": int(policy.PATH_TARGET.total_seconds() // 60)}


def _facts(request: HttpRequest, actor: Actor, loaded: Desk) -> dict[str, Any]:
    facts = loaded.request.admission
    return {
        "shared": facts.severity in loaded.rules.severity.shared,
        "diagnosis": diagnosis_label(facts.diagnosis_code, facts.diagnosis),
        "patient_href": address("patient", loaded.request.patient_id),
        "open": loaded.state in (RequestState.WAITING, RequestState.HELD, RequestState.CONFIRMED),
    }


def _middle(request: HttpRequest, actor: Actor, loaded: Desk) -> dict[str, Any]:
    """What can be done next: proposals, the bed that is kept, or the stay."""
    moving = loaded.state is RequestState.ACTIVE and loaded.kept is None and request.GET.get("do") == TRANSFER
    found = None
    if loaded.state is RequestState.WAITING or moving:
        found = query.offers(actor=actor, request=loaded.request)
    context: dict[str, Any] = {
        "moving": moving,
        "found": found,
        "listening": found.topics if found else "",
        "wanted_bed": request.GET.get("bed", ""),
        "refusals": found.refusals if found else (),
        "reasons": [],
        "outcome": None,
    }
    if found is not None:
        context["order"] = [_("Own department")] + [TIERS[t] for t in loaded.rules.tiers.order if t in TIERS]
        if found.offers:
            context["outcome"] = outcome(loaded, found.offers[0].bed, found.offers[0].abroad)
    kept, here = loaded.kept, loaded.here
    if kept is not None:
        context["kept"] = _kept(actor, loaded, kept)
    if here is not None:
        context["stay"] = _stay(actor, loaded, here)
    shown = kept or here
    placement = getattr(shown, "placement", None) if shown is not None else None
    if found is None and placement is not None and shown is not None:
        context["reasons"], context["refusals"] = query.recorded(placement)
        bed = loaded.beds[shown.capacity_id]
        context["outcome"] = outcome(loaded, bed, bed.department_id != loaded.request.home_department_id)
        context["placement"] = placement
    return context


TIERS = {
    "intensive": gettext_lazy("Intensive care"),
    "allied": gettext_lazy("Allied department"),
    "similar": gettext_lazy("Similar specialty"),
    "nearest": gettext_lazy("Nearest"),
}


def _kept(actor: Actor, loaded: Desk, booking: Booking) -> dict[str, Any]:
    bed = loaded.beds[booking.capacity_id]
    ward = bed.room.ward
    receive = actor.may("beds.receive", ward.site.organisation.path, ward_id=ward.pk)
    return {
        "booking": booking,
        "bed": bed,
        "abroad": bed.department_id != loaded.request.home_department_id,
        "confirmed": booking.state == State.CONFIRMED,
        "ready_at": loaded.ready_at(booking),
        "told_at": loaded.told_at(booking),
        "may_place": actor.may("beds.place", ward.site.organisation.path),
        "may_receive": receive,
        "ready_href": address("bed-ready", booking.id) if receive else "",
        "arrive_href": address("bed-arrive", booking.id) if receive else "",
    }


def _stay(actor: Actor, loaded: Desk, booking: Booking) -> dict[str, Any]:
    bed = loaded.beds[booking.capacity_id]
    ward = bed.room.ward
    return {
        "booking": booking,
        "bed": bed,
        "abroad": bed.department_id != loaded.request.home_department_id,
        "may_place": actor.may("beds.place", ward.site.organisation.path),
        "ward_href": address("ward", ward.pk),
    }


def _history(request: HttpRequest, actor: Actor, loaded: Desk) -> dict[str, Any]:
    return {"events": history.timeline(loaded.events, site=loaded.request.site)}


def _queue(request: HttpRequest, actor: Actor, loaded: Desk) -> dict[str, Any]:
    """Who else waits now, most urgent first."""
    rows = [row for row in waiting_list(actor=actor) if row.standing is Standing.WAITING]
    others = [row for row in rows if row.id != loaded.request.id and row.path.startswith(actor.paths("beds.request"))]
    departments = Department.objects.in_bulk({row.department_id for row in others[:QUEUE_SHOWN]})
    if actor.may("patients.view"):
        audit.record_list(actor, "beds.queue", count=len(others[:QUEUE_SHOWN]))
    return {
        "queue": [(row, departments[row.department_id]) for row in others[:QUEUE_SHOWN]],
        "queue_count": len(others),
    }


PARTS: dict[str, tuple[str, Callable[[HttpRequest, Actor, Desk], dict[str, Any]]]] = {
    "path": ("beds/desk_path.html", _path),
    "facts": ("beds/desk_facts.html", _facts),
    "beds": ("beds/desk_beds.html", _middle),
    "history": ("beds/desk_history.html", _history),
    "queue": ("beds/desk_queue.html", _queue),
}
"""The parts of the page that are fetched anew by themselves: template and what it needs."""


def stepper(loaded: Desk) -> list[dict[str, Any]]:
    """The 20-minute path as the component wants it. A step that was skipped counts as done once the next one is."""
    clock = loaded.clock
    reached = max((list(PathStep).index(step) for step in clock.times), default=0)
    bed = loaded.beds.get(loaded.first.capacity_id) if loaded.first is not None else None
    notes = {PathStep.BED_CHOSEN: query.bed_name(bed) if bed else ""}
    steps = []
    for number, step in enumerate(PathStep):
        at = clock.times.get(step)
        state = "done" if at is not None or number < reached else "next"
        if number == reached + 1 and loaded.state not in (RequestState.DONE, RequestState.CANCELLED):
            state = "late" if clock.late(loaded.at) else "now"
        steps.append({"label": STEPS[step], "state": state, "at": at, "note": notes.get(step, "") if at else ""})
    return steps


STEPS = {
    PathStep.CERTIFICATE: gettext_lazy("Admission certificate"),
    PathStep.BED_CHOSEN: gettext_lazy("Bed chosen"),
    PathStep.FORMALITIES: gettext_lazy("Admission and cross-department formalities"),
    PathStep.WARD_READY: gettext_lazy("Ward ready"),
    PathStep.ARRIVED: gettext_lazy("Arrived in the ward"),
}


def outcome(loaded: Desk, bed: Bed, abroad: bool) -> dict[str, Any]:
    """What will happen by itself once this bed is taken; the template has the sentences."""
    record = loaded.request
    start = loaded.here.start if loaded.here is not None else max(loaded.started, loaded.at)
    zone = bed.room.ward.site.time_zone
    return {
        "ward": bed.room.ward.label,
        "abroad": abroad,
        "attending": record.attending.label if record.attending else "",
        "home": record.home_department.label,
        "call_on": policy.follow_up_due(start, zone) if abroad else None,
    }


PAGES = (
    Page("desk", next_desk, "desk-list"),
    Page("desk/<uuid:request_id>", desk, "desk"),
)
NAV = NavItem(
    "desk-list",
    gettext_lazy("Admission desk"),
    "concierge-bell",
    order=30,
    verb="beds.place",
    area=Area.INPATIENTS,
    daily=frozenset({Role.COORDINATOR}),
    key="d",
)
