"""A display for a ward's corridor: beds in large type, live, for eyes that nobody chose. Nothing on it can be pressed.

What it shows of a person is the row `Screen.WALL` of `patients.disclosure`: bed number, and surname with stars.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base.patients.disclosure import Screen, name_on
from yipan.lines.beds.pages.ward import actor_of
from yipan.lines.beds.policy import BedStatus
from yipan.lines.beds.queries import ward as query
from yipan.lines.beds.queries.beds import BedRow
from yipan.spine.registry import Page

SYMBOLS = {
    BedStatus.FREE: "circle",
    BedStatus.HELD: "clock",
    BedStatus.OCCUPIED: "bed",
    BedStatus.CLEANING: "sparkles",
    BedStatus.CLOSED: "ban",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A bed on the wall. `name` is empty where nobody lies or nobody may be named."""

    bed: str
    state: str
    words: str
    symbol: str
    name: str


@never_cache
@require_GET
def wall(request: HttpRequest, ward_id: UUID) -> HttpResponse:
    """The display of one ward; the fragment when live updates ask."""
    actor = actor_of(request)
    ward, at, rows = query.ward_rows(actor=actor, ward_id=ward_id)
    knows = actor.may("patients.view", ward.site.organisation.path)
    tiles = [_tile(row, row.status(at), knows) for row in rows]
    context = {
        "ward": ward,
        "site": ward.site,
        "tiles": tiles,
        "free": sum(tile.state == BedStatus.FREE for tile in tiles),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "beds/wall_body.html" if fragment else "beds/wall.html", context)


def _tile(row: BedRow, status: BedStatus, knows: bool) -> Tile:
    words = {
        BedStatus.FREE: _("Free"),
        BedStatus.HELD: _("Reserved"),
        BedStatus.OCCUPIED: _("Occupied"),
        BedStatus.CLEANING: _("Being cleaned"),
        BedStatus.CLOSED: _("Closed"),
    }
    name = row.patient_name or "" if status is BedStatus.OCCUPIED else ""
    return Tile(row.label, str(status), words[status], SYMBOLS[status], name_on(name, knows, Screen.WALL))


PAGES = (Page("wards/<uuid:ward_id>/wall", wall, "ward-wall"),)
