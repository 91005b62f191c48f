"""The board: network → site → ward → room → bed, with filters in the address and who waits beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.access import Actor, Role
from yipan.base.network.models import Department, Site, Specialty, Ward
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.beds.pages.cell import Face, Speaker, root, with_double_labels
from yipan.lines.beds.queries import board as query
from yipan.lines.beds.queries.board import Cell, Filters, WardOnBoard
from yipan.lines.beds.queries.icd10 import diagnosis_label
from yipan.lines.beds.queries.overview import WaitingRow, grouped, waiting_rows
from yipan.lines.beds.queries.tallies import Counts, Tally, tallies, total
from yipan.spine.registry import Page
from yipan.ui.navigation import Area, NavItem

EVERY_SITE = "all"
REMEMBERED = "board_site"
WAITING_SHOWN = 30
FILTER_KEYS = ("state", "sex", "monitor", "isolation", "specialty", "q")
TONES = {"free": "free", "held": "held", "leaving": "accent", "outlier": "out", "critical": "warn"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is switched by a link. `count` None: not counted."""

    id: str
    words: str
    href: str
    on: bool
    count: int | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class WardView:
    """A ward as the template shows it."""

    ward: Ward
    counts: Counts
    rooms: list[tuple[query.RoomOnBoard, list[Face]]]
    href: str


def address(name: str, *args: object) -> str:
    """The address of a page that may not be installed; empty then."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """One site's beds, or the network's sites when none is chosen."""
    actor = actor_of(request)
    sites = list(query.board_sites(actor))
    site = _chosen(request, actor, sites)
    if site is None:
        return render(request, "beds/board_network.html", {"sites": sites, **_network(actor, sites)})
    if request.session.get(REMEMBERED) != site.code:
        request.session[REMEMBERED] = site.code
    return render(request, "beds/board.html", {"sites": _choices(sites), **_site(request, actor, site)})


@require_GET
def cells(request: HttpRequest) -> HttpResponse:
    """Counts and beds of some wards (`ids`), for live updates; the browser takes what differs from what it shows."""
    actor = actor_of(request)
    wards = query.wards(actor, ward_ids=identifiers(request))
    views = _views(query.on_board(wards, query.cells(actor=actor, ward_ids=wards)), clock.now())
    return render(request, "beds/board_cells.html", {"wards": views, "root": root()})


@require_GET
def chips(request: HttpRequest) -> HttpResponse:
    """The filters with the counts of the whole site."""
    actor = actor_of(request)
    site = _site_of(request, list(query.board_sites(actor)))
    counts = total(tallies(actor=actor, site_ids=[site.id]))
    return render(request, "beds/board_chips.html", _chip_context(request, site, counts))


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits for a bed at a site."""
    actor = actor_of(request)
    site = _site_of(request, list(query.board_sites(actor)))
    return render(request, "beds/board_waiting.html", {"site": site, **_waiting(actor, site)})


@require_GET
def network(request: HttpRequest) -> HttpResponse:
    """The cards of the sites, for live updates."""
    actor = actor_of(request)
    return render(request, "beds/board_sites.html", _network(actor, list(query.board_sites(actor))))


def actor_of(request: HttpRequest) -> Actor:
    """The actor, who must be allowed to look at beds somewhere."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require("beds.view")
    return actor


def identifiers(request: HttpRequest, key: str = "ids") -> list[UUID]:
    """The identifiers under a key of the address; what is none is left out."""
    found = []
    for text in request.GET.get(key, "").split(","):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def read_filters(params: QueryDict) -> Filters:
    """Filters from the address; values that do not exist are ignored."""
    sex = params.get("sex", "")
    return Filters(
        states=frozenset(params.getlist("state")) & frozenset(query.STATES),
        sex=sex if sex in ("male", "female") else "",
        monitor=params.get("monitor") == "1",
        isolation=params.get("isolation") == "1",
        specialty=params.get("specialty", ""),
        text=params.get("q", "").strip()[:60],
    )


def _chosen(request: HttpRequest, actor: Actor, sites: Sequence[Site]) -> Site | None:
    """The site in the address, else the one looked at last, else the person's own; None for all."""
    code = request.GET.get("site", "")
    if code == EVERY_SITE:
        return None
    if code:
        return _site_of(request, sites)
    by_code = {site.code: site for site in sites}
    if remembered := by_code.get(request.session.get(REMEMBERED, "")):
        return remembered
    own = query.own_site_id(actor, sites)
    return next((site for site in sites if site.id == own), None)


def _site_of(request: HttpRequest, sites: Sequence[Site]) -> Site:
    code = request.GET.get("site", "")
    found = next((site for site in sites if site.code == code), None)
    if found is None:
        raise NotFound("site_unknown", site=code)
    return found


def _choices(sites: Sequence[Site]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Sites for a select, below the names of their organisations."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for site in sites:
        groups.setdefault(site.organisation.label, []).append((site.code, site.label))
    return list(groups.items())


def _site(request: HttpRequest, actor: Actor, site: Site) -> dict[str, Any]:
    """The context of one site's board."""
    at = clock.now()
    wanted = read_filters(request.GET)
    wards = query.wards(actor, site_id=site.id)
    found = query.cells(actor=actor, ward_ids=wards, at=at)
    departments = query.departments_of(found)
    boards = query.on_board(wards, found)
    counts = Counts()
    for ward in boards:
        counts += ward.counts
    shown = query.filtered(boards, wanted, departments) if wanted else boards
    own = {d.specialty_id for d in departments.values() if d.site_id == site.id}
    return {
        "site": site,
        "at": at,
        "wards": _views(shown, at, departments, with_double_labels(found)),
        "root": root(),
        "filtered": bool(wanted),
        "shown": sum(len(room.cells) for ward in shown for room in ward.rooms),
        "specialties": [(s.code, s.label) for s in Specialty.objects.filter(code__in=own)],
        "wanted": wanted,
        "selected": next(iter(identifiers(request, "bed")), None),
        **_chip_context(request, site, counts),
        **_waiting(actor, site, at),
    }


def _views(
    boards: Iterable[WardOnBoard],
    at: datetime,
    departments: dict[str, Department] | None = None,
    double: Iterable[str] | None = None,
) -> list[WardView]:
    boards = list(boards)
    everything: list[Cell] = [cell for ward in boards for cell in ward.cells]
    departments = query.departments_of(everything) if departments is None else departments
    twice = set(double) if double is not None else with_double_labels(everything)
    speakers: dict[str, Speaker] = {}
    views = []
    for ward in boards:
        zone = ward.ward.site.time_zone
        if zone not in speakers:
            speakers[zone] = Speaker(zone, departments, at)
        rooms = [(room, speakers[zone].faces(room.cells, twice)) for room in ward.rooms]
        views.append(WardView(ward.ward, ward.counts, rooms, address("ward", ward.ward.id)))
    return views


def _chip_context(request: HttpRequest, site: Site, counts: Counts) -> dict[str, Any]:
    kept = request.GET.copy()
    for key in [k for k in kept if k not in FILTER_KEYS]:
        kept.pop(key)
    kept["site"] = site.code
    plain = QueryDict(mutable=True)
    plain["site"] = site.code
    return {
        "site": site,
        "counts": counts,
        "chips": _chips(kept, counts),
        "query_string": kept.urlencode(),
        "clear": f"{reverse('board')}?{plain.urlencode()}",
    }


def _chips(params: QueryDict, counts: Counts) -> list[Chip]:
    states = (
        ("free", _("Free beds"), counts.free),
        ("held", _("Held"), counts.held),
        ("leaving", _("Leaving today"), counts.leaving),
        ("cleaning", _("Cleaning"), counts.cleaning),
        ("closed", _("Closed"), counts.closed),
        ("outlier", _("Outliers"), counts.outliers),
        ("critical", _("Critical"), counts.critical),
    )
    made = [_chip(params, "state", key, words, count, TONES.get(key, "")) for key, words, count in states]
    made += [
        _chip(params, "sex", "male", _("For men")),
        _chip(params, "sex", "female", _("For women")),
        _chip(params, "monitor", "1", _("Monitor")),
        _chip(params, "isolation", "1", _("Isolation room")),
    ]
    return made


def _chip(params: QueryDict, key: str, value: str, words: str, count: int | None = None, tone: str = "") -> Chip:
    """A link that switches one value on or off; states add up, of the others one value holds."""
    after = params.copy()
    chosen = after.getlist(key)
    on = value in chosen
    if on:
        rest = [v for v in chosen if v != value]
        after.setlist(key, rest)
    else:
        after.setlist(key, [*chosen, value] if key == "state" else [value])
    return Chip(f"chip-{key}-{value}", words, f"{reverse('board')}?{after.urlencode()}", on, count, tone)


def _waiting(actor: Actor, site: Site, at: datetime | None = None) -> dict[str, Any]:
    at = at or clock.now()
    now, later = waiting_rows(actor=actor, site_id=site.id, at=at)
    departments = {d.id: d for d in Department.objects.filter(id__in={r.department_id for r in now})}
    waits = sorted(at - row.since for row in now)
    path = site.organisation.path
    names, places = actor.may("patients.view", path), actor.may("beds.request", path)
    if names:
        audit.record_list(actor, "beds.board", site.code, count=len(now[:WAITING_SHOWN]), path=path)
    return {
        "waiting": [(row, departments[row.department_id], desk(row) if places else "") for row in now[:WAITING_SHOWN]],
        "waiting_count": len(now),
        "waiting_later": len(later),
        "waiting_median": waits[len(waits) // 2] if waits else None,
        "names": names,
        "waiting_href": address("waiting"),
        "diagnosis": diagnosis_label,
    }


def desk(row: WaitingRow) -> str:
    """Where a bed is found for the request."""
    return address("desk", row.id)


def _network(actor: Actor, sites: Sequence[Site]) -> dict[str, Any]:
    counts = by_site(tallies(actor=actor))
    total_counts = Counts()
    for value in counts.values():
        total_counts += value
    groups = [
        (group, [(site, counts[str(site.id)]) for site in group.sites if str(site.id) in counts])
        for group in grouped(sites, counts)
    ]
    return {"groups": groups, "counts": total_counts, "at": clock.now()}


def by_site(rows: Iterable[Tally]) -> dict[str, Counts]:
    """Counts of each site."""
    found: dict[str, Counts] = {}
    for row in rows:
        found[row.site_id] = found.get(row.site_id, Counts()) + row.counts
    return found


PAGES = (
    Page("beds", board, "board"),
    Page("beds/cells", cells, "board-cells"),
    Page("beds/chips", chips, "board-chips"),
    Page("beds/waiting", waiting, "board-waiting"),
    Page("beds/sites", network, "board-sites"),
)
NAV = NavItem(
    "board",
    gettext_lazy("Beds"),
    "bed",
    order=20,
    verb="beds.view",
    area=Area.INPATIENTS,
    daily=frozenset({Role.COORDINATOR, Role.WARD_NURSE}),
    key="b",
)
