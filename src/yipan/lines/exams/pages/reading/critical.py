"""Critical values: the board with its clocks, and one value with its three steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yipan.base import audit
from yipan.base.access import Actor, Role
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams import actions
from yipan.lines.exams.models import CriticalValue
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.policy.critical import Rung, Step
from yipan.lines.exams.queries import critical as query
from yipan.lines.exams.queries import results
from yipan.spine.registry import Page
from yipan.ui.navigation import Area, NavItem

VERB = query.VIEW
PAGE_SIZE = 50


def steps() -> dict[str, str]:
    """Step → what has to happen, in words."""
    return {str(Step.TOLD): _("Tell"), str(Step.ACKNOWLEDGED): _("Acknowledge"), str(Step.ACTED): _("Act")}


def rungs() -> dict[str, str]:
    """Who is asked, in words, where there is no name."""
    return {
        str(Rung.ATTENDING): _("Attending"),
        str(Rung.HEAD): _("Head of the department"),
        str(Rung.COORDINATOR): _("Coordinator"),
    }


@never_cache
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Open loops with their clocks, or those that were closed; with htmx only the list."""
    actor = show.actor_of(request, VERB)
    now, closed = clock.now(), request.GET.get("list") == "closed"
    open_rows = query.open_rows(actor, now)
    page = Paginator(query.closed(actor), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = query.rows_of(page.object_list, now) if closed else open_rows
    audit.record_list(actor, "exams.critical", "closed" if closed else "open", count=len(rows))
    context = {
        **_words(actor),
        **show.critical_base(actor),
        "closed": closed,
        "rows": rows,
        "page": page,
        "open_count": len(open_rows),
        "overdue": sum(row.standing.overdue for row in open_rows),
        "at": now,
    }
    is_part = request.headers.get("HX-Request") == "true"
    response = render(request, f"exams/reading/critical_{'list' if is_part else 'board'}.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


@never_cache
@require_GET
def value(request: HttpRequest, value_id: UUID) -> HttpResponse:
    """One critical value: what it is, the step that is due, and what was done."""
    actor = show.actor_of(request, VERB)
    found = query.value_of(actor, value_id)
    _read(actor, found)
    return _page(request, actor, found)


@require_POST
def tell(request: HttpRequest, value_id: UUID) -> HttpResponseBase:
    """Write down who was told."""
    return _step(request, value_id, "exams.tell", "told_to", actions.tell)


@require_POST
def acknowledge(request: HttpRequest, value_id: UUID) -> HttpResponseBase:
    """The ward knows, and reads it back."""
    return _step(request, value_id, "exams.acknowledge", "read_back", actions.acknowledge)


@require_POST
def act(request: HttpRequest, value_id: UUID) -> HttpResponseBase:
    """What was done; that closes the loop."""
    return _step(request, value_id, "exams.act", "action", actions.act)


def _step(request: HttpRequest, value_id: UUID, verb: str, field: str, action: Any) -> HttpResponseBase:
    actor = show.actor_of(request, verb)
    try:
        action(actor=actor, value_id=value_id, **{field: request.POST.get(field, "")})
    except InvalidInput as error:
        return _page(request, actor, query.value_of(actor, value_id), errors=show.wrong(error), status=422)
    return redirect("critical-value", value_id=value_id)


def _page(
    request: HttpRequest,
    actor: Actor,
    found: CriticalValue,
    *,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    (row,) = query.rows_of([found], clock.now())
    whose = row.whose
    context = {
        **_words(actor),
        "row": row,
        "value": found,
        "whose": whose,
        "may": {
            "told": whose.may(actor, "exams.tell", telling=True),
            "acknowledged": whose.may(actor, "exams.acknowledge"),
            "acted": whose.may(actor, "exams.act"),
        },
        "record": reverse("patient", args=[whose.patient.pk]) if actor.may("patients.view") else "",
        "results": reverse("exam-results", args=[whose.patient.pk]) if results.may_see(actor, whose.patient) else "",
        "events": _events(row),
        "errors": errors or {},
        "given": request.POST,
        "at": clock.now(),
    }
    return render(request, "exams/reading/critical_value.html", context, status=status)


def _read(actor: Actor, found: CriticalValue) -> None:
    """Write down that somebody opened a value with its patient."""
    if found.order is not None:
        show.told(actor, found.order)
        return
    assert found.organisation is not None, "a value without an order says who told it"
    path = found.organisation.path
    audit.record(actor, "critical.read", "critical_value", found.pk, patient_id=found.patient_id, path=path)


def _words(actor: Actor) -> dict[str, Any]:
    return {**show.base(actor), "steps": steps(), "rungs": rungs()}


def _events(row: query.Row) -> list[dict[str, Any]]:
    """What happened to the value, newest first."""
    desks = rungs()
    if row.whose.department is None and row.whose.teller is not None:
        desks[str(Rung.HEAD)] = row.whose.teller.label  # nobody cares for the patient: whoever told it is asked on
    words = {
        "critical.raised": (_("Critical value raised"), "siren", "warn"),
        "critical.corrected": (_("The number was corrected"), "pencil", "warn"),
        "critical.told": (_("Told"), "phone", "accent"),
        "critical.acknowledged": (_("Acknowledged"), "check", "accent"),
        "critical.acted": (_("Acted"), "circle-check", "free"),
        "critical.escalated": (_("Overdue: carried to %(who)s"), "arrow-up", "warn"),
    }
    shown = []
    for event in reversed(query.history(row.value)):
        text, symbol, tone = words[event.kind]
        who = desks.get(event.data.get("rung", ""), "")
        escalated = event.kind == "critical.escalated"
        told = {"text": text % {"who": who} if escalated else text, "symbol": symbol, "tone": tone, "at": event.at}
        shown.append(told | {"who": "" if escalated else event.actor_name})
    return shown


PAGES = (
    Page("critical", board, "critical"),
    Page("critical/<uuid:value_id>", value, "critical-value"),
    Page("critical/<uuid:value_id>/tell", tell, "critical-tell"),
    Page("critical/<uuid:value_id>/acknowledge", acknowledge, "critical-acknowledge"),
    Page("critical/<uuid:value_id>/act", act, "critical-act"),
)
NAV = NavItem(
    "critical",
    gettext_lazy("Critical values"),
    "siren",
    order=73,
    verb=VERB,
    area=Area.DIAGNOSTICS,
    daily=frozenset({Role.READER, Role.WARD_NURSE, Role.DOCTOR}),
    key="v",
    count=query.overdue,
)
