"""The command overview: what is full, who waits, what could help, who comes and goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.base.access import Actor
from yipan.base.access.actor import scope
from yipan.base.access.roles import EVERY_PERSON
from yipan.base.network.models import Department, Site, Specialty
from yipan.kernel import clock
from yipan.lines.beds.pages import network_map
from yipan.lines.beds.pages.board import actor_of, by_site
from yipan.lines.beds.pages.overview_cards import cards
from yipan.lines.beds.queries import overview as query
from yipan.lines.beds.queries.overview import Flow, Group, Help
from yipan.lines.beds.queries.tallies import Counts, tallies, total
from yipan.spine.registry import Page
from yipan.ui.navigation import Area, NavItem

PARTS = ("kpis", "heat", "waits", "flow", "map")
SERIES = ("confirmed", "held", "wanted", "leaving")
HELPS_SHOWN = 10
BAR = 84
ROWS_OPEN = 12
"""Up to so many sites the heat table shows them all; above, groups open and close."""
SLOW_FOR = 60
"""Seconds for which figures that look back over days or weeks are kept."""


_panels: list[Callable[[HttpRequest], SafeString]] = []


def add_panel(panel: Callable[[HttpRequest], SafeString]) -> None:
    """Show what a room above has to say below the key figures: HTML of one panel, or nothing."""
    if panel not in _panels:
        _panels.append(panel)


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A site, a group of sites, or everything: one count for each specialty shown, None where there are no beds."""

    label: str
    total: Counts
    cells: list[Counts | None]
    site: str = ""
    toggle: str = ""
    open: bool = False
    members: int = 0


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the plot; heights in pixels, the tallest hour being `BAR` high."""

    at: datetime
    confirmed: int
    held: int
    wanted: int
    leaving: int
    tallest: int

    @property
    def coming(self) -> int:
        return self.confirmed + self.held + self.wanted

    def height(self, count: int) -> float:
        return round(count / self.tallest * BAR, 1)


class Overview:
    """What the parts of the page need, each read once and only when a part asks."""

    def __init__(self, actor: Actor, opened: Iterable[str] | None) -> None:
        self.actor, self.at = actor, clock.now()
        self.opened = None if opened is None else set(opened)

    @cached_property
    def tallied(self) -> list[Any]:
        return tallies(actor=self.actor, at=self.at)

    @cached_property
    def counts(self) -> Counts:
        return total(self.tallied)

    @cached_property
    def sites(self) -> list[Site]:
        rows = Site.objects.filter(scope(self.actor, "beds.view", "organisation__path"))
        return list(rows.select_related("organisation"))

    @cached_property
    def site_counts(self) -> dict[str, Counts]:
        return by_site(self.tallied)

    @cached_property
    def waiting(self) -> tuple[list[query.WaitingRow], list[query.WaitingRow]]:
        return query.waiting_rows(actor=self.actor, at=self.at)

    def part(self, name: str) -> dict[str, Any]:
        """The context of one part."""
        return {"kpis": self.kpis, "heat": self.heat, "waits": self.waits, "flow": self.flow, "map": self.map}[name]()

    def kpis(self) -> dict[str, Any]:
        left = query.left_today(actor=self.actor, at=self.at)
        away = self._kept("away", lambda: query.away_days(actor=self.actor, at=self.at))
        spark = self._kept("spark", lambda: query.in_use(actor=self.actor, at=self.at))
        return {"kpis": cards(self.counts, self.waiting[0], left, away, spark, self.at)}

    def heat(self) -> dict[str, Any]:
        with_beds = [site for site in self.sites if str(site.id) in self.site_counts]
        ids = {row.department_id for row in self.tallied}
        specialty_of = {str(i): s for i, s in Department.objects.filter(id__in=ids).values_list("id", "specialty_id")}
        by_pair: dict[tuple[str, str], Counts] = {}
        columns: dict[str, int] = {}
        for row in self.tallied:
            code = specialty_of[row.department_id]
            by_pair[row.site_id, code] = by_pair.get((row.site_id, code), Counts()) + row.counts
            columns[code] = columns.get(code, 0) + row.counts.beds
        codes = sorted(columns, key=lambda code: -columns[code])
        names = {s.code: s for s in Specialty.objects.filter(code__in=codes)}
        groups = query.grouped(with_beds, self.site_counts)
        return {
            "specialties": [names[code] for code in codes],
            "rows": self._rows(groups, by_pair, codes) if groups else [],
            "at": self.at,
            "about": {
                "definition": _("Beds with a patient in them, among beds that are not closed, at this moment."),
                "source": _("Bookings under way"),
                "as_of": self.at,
            },
        }

    def waits(self) -> dict[str, Any]:
        found = query.helps(self.waiting[0], self.tallied, self.at)
        shown, rest = found[:HELPS_SHOWN], found[HELPS_SHOWN:]
        return {
            "helps": [(entry, advice(entry), _board(entry)) for entry in shown],
            "rest": (len(rest), sum(len(entry.waits) for entry in rest)),
            "count": len(self.waiting[0]),
            "later": len(self.waiting[1]),
            "many_sites": len(self.site_counts) > 1,
        }

    def flow(self) -> dict[str, Any]:
        found = query.flow(actor=self.actor, later=self.waiting[1], at=self.at)
        sums = {name: sum(getattr(found, name)) for name in SERIES}
        return {"hours": hours(found), "flow": found, "sums": sums, "at": self.at}

    def map(self) -> dict[str, Any]:
        return {"map": network_map.draw(self.sites, self.site_counts), "at": self.at}

    def _rows(
        self, groups: Sequence[Group], by_pair: Mapping[tuple[str, str], Counts], codes: Sequence[str]
    ) -> list[HeatRow]:
        sites = [site for group in groups for site in group.sites]
        rows = [self._row(_("All sites"), sites, by_pair, codes)] if len(sites) > 1 else []
        plain = len(sites) <= ROWS_OPEN or len(groups) == 1
        opened = self.opened if self.opened is not None else _first_open(groups)
        for group in groups:
            single = len(group.sites) == 1
            if not plain and not single:
                code = group.organisation.code
                after = opened ^ {code}
                address = "?" + urlencode({"open": ",".join(sorted(after))})
                row = self._row(group.organisation.label, group.sites, by_pair, codes)
                rows.append(HeatRow(row.label, row.total, row.cells, "", address, code in opened, len(group.sites)))
                if code not in opened:
                    continue
            rows += [self._row(site.label, [site], by_pair, codes, site.code) for site in group.sites]
        return rows

    def _row(
        self,
        label: str,
        sites: Sequence[Site],
        by_pair: Mapping[tuple[str, str], Counts],
        codes: Sequence[str],
        site_code: str = "",
    ) -> HeatRow:
        keys = [str(site.id) for site in sites]
        cells: list[Counts | None] = []
        for code in codes:
            found = [by_pair[key, code] for key in keys if (key, code) in by_pair]
            cells.append(sum(found, Counts()) if found else None)
        return HeatRow(label, sum((self.site_counts[key] for key in keys), Counts()), cells, site_code)

    def _kept(self, name: str, make: Callable[[], Any]) -> Any:
        """A figure that is read again once a minute for each scope: it looks back far and moves slowly."""
        scope_key = "+".join(self.actor.paths("beds.view"))
        stamp = int(self.at.timestamp()) // SLOW_FOR
        return cache.get_or_set(f"beds.overview:{name}:{scope_key}:{stamp}", make, SLOW_FOR * 2)


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    made = _made(request)
    context: dict[str, Any] = {"parts": {name: made.part(name) for name in PARTS}, "at": made.at}
    more = [html for panel in _panels if (html := panel(request))]
    return render(request, "beds/overview.html", context | {"query_string": _query_string(request), "more": more})


@require_GET
def parts(request: HttpRequest) -> HttpResponse:
    """Some parts of the page (`ids`), for live updates."""
    made = _made(request)
    wanted = [name for name in request.GET.get("ids", "").split(",") if name in PARTS]
    context: dict[str, Any] = {"parts": {name: made.part(name) for name in wanted}, "at": made.at}
    return render(request, "beds/overview_parts.html", context | {"query_string": _query_string(request)})


def advice(entry: Help) -> list[tuple[str, str]]:
    """What could help those who wait for a department: (words, tone), the nearest help first."""
    lines = []
    if entry.own_free:
        lines.append((_("own free %(n)s") % {"n": entry.own_free}, "free"))
    if entry.own_leaving:
        lines.append((_("leaving today %(n)s") % {"n": entry.own_leaving}, "accent"))
    if entry.allied_free:
        lines.append((_("allied free %(n)s") % {"n": entry.allied_free}, "free"))
    elif entry.allied_leaving:
        lines.append((_("allied leaving %(n)s") % {"n": entry.allied_leaving}, "accent"))
    if entry.bound:
        lines.append((_("%(n)s must stay with their specialty") % {"n": entry.bound}, "warn"))
    return lines


def hours(found: Flow) -> list[Hour]:
    """The flow hour by hour, with the tallest bar as the measure of all."""
    coming = [c + h + w for c, h, w in zip(found.confirmed, found.held, found.wanted, strict=True)]
    tallest = max([*coming, *found.leaving, 1])
    series = zip(found.confirmed, found.held, found.wanted, found.leaving, strict=True)
    return [Hour(found.start + timedelta(hours=i), *values, tallest) for i, values in enumerate(series)]


def _first_open(groups: Sequence[Group]) -> set[str]:
    """Groups that are open at first: the biggest ones, as long as the table stays short."""
    opened, rows = set(), 0
    for group in groups:
        rows += len(group.sites)
        if rows > ROWS_OPEN:
            break
        opened.add(group.organisation.code)
    return opened


def _board(entry: Help) -> str:
    department = entry.department
    return f"{reverse('board')}?{urlencode({'site': department.site.code, 'specialty': department.specialty_id})}"


def _made(request: HttpRequest) -> Overview:
    opened = request.GET.get("open")
    return Overview(actor_of(request), None if opened is None else filter(None, opened.split(",")))


def _query_string(request: HttpRequest) -> str:
    opened = request.GET.get("open")
    return "" if opened is None else "?" + urlencode({"open": opened})


PAGES = (Page("", overview, "overview"), Page("overview/parts", parts, "overview-parts"))
NAV = NavItem(
    "overview",
    gettext_lazy("Overview"),
    "layout-dashboard",
    order=10,
    verb="beds.view",
    area=Area.INPATIENTS,
    daily=EVERY_PERSON,
    key="o",
)
