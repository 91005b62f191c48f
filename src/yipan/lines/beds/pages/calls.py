"""Day-3 calls to patients who lay outside their home department."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from yipan.base import audit
from yipan.base.access import Actor, Role
from yipan.base.patients import queries as people
from yipan.kernel import clock, texts
from yipan.kernel.errors import InvalidInput, NotFound
from yipan.lines.beds import actions
from yipan.lines.beds.queries import calls as query
from yipan.lines.beds.queries.desk import bed_name
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.filters import localtime
from yipan.ui.navigation import Area, NavItem

VERB = "beds.calls"
PAGE_SIZE = 50
LISTS = {"due": query.due, "later": query.later, "done": query.done}


@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Who is to be called, or was; names are masked here."""
    actor = _actor(request)
    today = (localtime(clock.now()) or clock.now()).date()
    which = request.GET.get("list", "due")
    which = which if which in LISTS else "due"
    page = Paginator(LISTS[which](actor, today), PAGE_SIZE).get_page(request.GET.get("page"))
    audit.record_list(actor, "beds.calls", which, count=len(page))
    context = {
        "which": which,
        "today": today,
        "counts": {name: rows(actor, today).count() for name, rows in LISTS.items()},
        "bed_name": bed_name,
        "page": page,
    }
    return render(request, "beds/calls.html", context)


@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call with name and number in full; opening it is a read of the patient's record."""
    actor = _actor(request)
    row = query.calls(actor).filter(pk=call_id).first()
    if row is None:
        raise NotFound("call_unknown", id=str(call_id))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _record(request, actor, call_id)
        except InvalidInput as error:
            errors = {name: messages.sentence(code) for name, code in error.params.get("fields", {}).items()}
        else:
            flash.say(request, _("The call is written down."))
            return HttpResponseRedirect(reverse("calls"))
    patient = people.get(actor, row.booking.patient_id)  # type: ignore[arg-type]
    context = {"call": row, "patient": patient, "errors": errors, "values": request.POST, "bed_name": bed_name}
    return render(request, "beds/call.html", context, status=422 if errors else 200)


def _record(request: HttpRequest, actor: Actor, call_id: UUID) -> None:
    reached, satisfaction = request.POST.get("reached", ""), request.POST.get("satisfaction", "")
    if reached not in ("yes", "no"):
        raise InvalidInput("form_invalid", fields={"reached": "field_required"})
    if satisfaction and texts.whole(satisfaction) is None:
        raise InvalidInput("form_invalid", fields={"satisfaction": "satisfaction_range"})
    actions.record_call(
        actor=actor,
        call_id=call_id,
        reached=reached == "yes",
        satisfaction=texts.whole(satisfaction),
        note=request.POST.get("note", ""),
    )


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(VERB)
    return actor


PAGES = (Page("calls", calls, "calls"), Page("calls/<uuid:call_id>", call, "call"))
NAV = NavItem(
    "calls",
    gettext_lazy("Calls"),
    "phone",
    order=60,
    verb=VERB,
    area=Area.INPATIENTS,
    daily=frozenset({Role.WARD_NURSE}),
    key="c",
)
