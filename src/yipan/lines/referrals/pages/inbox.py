"""In- and outbox of referrals."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.access import Role
from yipan.kernel import clock
from yipan.lines.referrals import words
from yipan.lines.referrals.models import PathwayKind, StepKind
from yipan.lines.referrals.pages.common import actor_of
from yipan.lines.referrals.queries import lists
from yipan.lines.referrals.queries.facts import Parties
from yipan.lines.referrals.queries.lists import BOXES, Wanted
from yipan.spine.registry import Page
from yipan.ui.navigation import Area, NavItem

PER_PAGE = 40


@never_cache
@require_GET
def referrals(request: HttpRequest) -> HttpResponse:
    """What comes here, what was sent from here, what is over; only the list when a live update asks for it."""
    actor = actor_of(request)
    wanted = read(request.GET, receives=bool(actor.paths("referrals.receive")))
    page = Paginator(lists.rows(actor, wanted), PER_PAGE).get_page(request.GET.get("page"))
    counted = lists.counts(actor, wanted)
    at = clock.now()
    rows = lists.lines(list(page.object_list), at)
    names = actor.may("patients.view")
    if names:
        audit.record_list(actor, "referrals.list", wanted.box, count=len(rows))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(line, Parties(line.row)) for line in rows],
        "wanted": wanted,
        "counts": counted,
        "states": [(k, w, counted["state"].get(k, 0)) for k, w in StepKind.choices if counted["state"].get(k)],
        "urgencies": [(k, w, n) for k, w in words.URGENCIES.items() if (n := counted["urgency"].get(k))],
        "pathways": [(k, w, n) for k, w in PathwayKind.choices if (n := counted["pathway"].get(k))],
        "directions": words.DIRECTIONS,
        "urgency_words": words.URGENCIES,
        "names": names,
        "may_figure": bool(actor.paths("referrals.figures")),
        "may_send": bool(actor.paths("referrals.send")),
        "query_string": request.GET.urlencode(),
    }
    fragment = request.headers.get("HX-Request") == "true"
    response = render(request, "referrals/list_rows.html" if fragment else "referrals/list.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def read(params: QueryDict, *, receives: bool) -> Wanted:
    """Conditions from the address; values that do not exist are ignored."""
    box, state = params.get("box", "in" if receives else "out"), params.get("state", "")
    urgency, pathway = params.get("urgency", ""), params.get("pathway", "")
    return Wanted(
        box=box if box in BOXES else "in",
        state=state if state in StepKind.values else "",
        urgency=urgency if urgency in words.URGENCIES else "",
        pathway=pathway if pathway in PathwayKind.values else "",
    )


PAGES = (Page("referrals", referrals, "referrals"),)
NAV = NavItem(
    "referrals",
    gettext_lazy("Referrals"),
    "arrow-left-right",
    order=44,
    verb="referrals.view",
    area=Area.SERVICES,
    daily=frozenset({Role.COORDINATOR, Role.DOCTOR}),
    key="z",
    count=lists.waiting,
)
