"""The dispatcher's board: what each vehicle does now, its trips on a timeline, and who still has none."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.access import Role
from yipan.lines.dispatch.pages.common import SYMBOLS, actor_of, step_words
from yipan.lines.dispatch.queries import board as query
from yipan.spine.registry import Page
from yipan.ui.navigation import Area, NavItem

MOST = 60


@never_cache
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The page; the fragment when a live update asks."""
    actor = actor_of(request)
    found = query.board(query.in_scope(actor)[:MOST])
    waiting = list(query.unassigned(actor)[:MOST])
    names = actor.may("patients.view")
    if names and waiting:
        audit.record_list(actor, "dispatch.board", count=len(waiting))
    context = {
        "board": found,
        "waiting": waiting,
        "free": sum(row.vehicle.in_service and row.now is None for row in found.rows),
        "words": step_words(),
        "symbols": SYMBOLS,
        "names": names,
        "may_request": actor.may("dispatch.request"),
        "may_drive": actor.may("dispatch.drive"),
        "may_fleet": actor.may("dispatch.fleet"),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "dispatch/board_body.html" if fragment else "dispatch/board.html", context)


PAGES = (Page("dispatch", board, "dispatch"),)
NAV = NavItem(
    "dispatch",
    gettext_lazy("Ambulances"),
    "ambulance",
    order=48,
    verb="dispatch.view",
    area=Area.SERVICES,
    daily=frozenset({Role.DISPATCHER}),
    key="m",
)
