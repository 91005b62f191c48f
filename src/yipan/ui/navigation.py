"""The main navigation, as data: rooms register their entry, a person sees what their roles allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from yipan.base.access import Actor, Role


class Area(StrEnum):
    """Under which heading of the menu an entry stands."""

    INPATIENTS = "inpatients"
    SERVICES = "services"
    DIAGNOSTICS = "diagnostics"
    PLANNING = "planning"
    MANAGEMENT = "management"


HEADINGS: dict[Area, Any] = {
    Area.INPATIENTS: _("Inpatients"),
    Area.SERVICES: _("Services"),
    Area.DIAGNOSTICS: _("Diagnostics"),
    Area.PLANNING: _("Planning"),
    Area.MANAGEMENT: _("Management"),
}
"""The headings in their order."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry: `name_url` as for `reverse`, `label` translatable, `icon` of lucide, smaller `order` further left.

    `verb` limits it to people who may do that anywhere; None shows it to everybody who is logged in. `daily` are the
    roles whose daily work it is: for them it stands in the bar, for others in the menu under the heading of its `area`.
    `key` is the second key of the shortcut g + key. `count` says how much waits there for this person.
    """

    name_url: str
    label: Any
    icon: str
    order: int = 100
    verb: str | None = None
    area: Area = Area.MANAGEMENT
    daily: frozenset[Role] = frozenset()
    key: str = ""
    count: Callable[[Actor], int] | None = None


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as one person sees it on one page."""

    item: NavItem
    href: str
    current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Navigation:
    """What one person sees on one page: their daily work, and the rest under its headings."""

    daily: tuple[NavLink, ...] = ()
    rest: tuple[tuple[Any, tuple[NavLink, ...]], ...] = ()

    @property
    def every(self) -> tuple[NavLink, ...]:
        """All of it, as it stands on the page."""
        return self.daily + tuple(link for _heading, links in self.rest for link in links)

    @property
    def count(self) -> int:
        """How much waits outside the daily work."""
        return sum(link.count for _heading, links in self.rest for link in links)


UNTOLD = 5
"""How many entries stand in the bar of a person for whom none is daily work."""

_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add an entry; another with the same `name_url` replaces it."""
    _items[item.name_url] = item


def links(request: HttpRequest | None) -> Navigation:
    """What this person sees; at most one entry is current, the one with the longest matching path.

    Who has no daily work here gets the first of what they may see.
    """
    actor: Actor | None = getattr(request, "actor", None)
    if request is None or actor is None or actor.user_id is None:
        return Navigation()
    seen = [item for item in _items.values() if item.verb is None or actor.paths(item.verb)]
    hrefs = [(item, _href(item)) for item in sorted(seen, key=lambda i: (i.order, i.name_url))]
    matching = [href for _, href in hrefs if href and _covers(href, request.path)]
    current = max(matching, key=len, default="")
    told = [
        NavLink(item, href, href == current, item.count(actor) if item.count else 0) for item, href in hrefs if href
    ]
    daily = [link for link in told if link.item.daily & actor.roles] or told[:UNTOLD]
    rest = [link for link in told if link not in daily]
    grouped = ((words, tuple(link for link in rest if link.item.area == area)) for area, words in HEADINGS.items())
    return Navigation(tuple(daily), tuple((words, found) for words, found in grouped if found))


def _href(item: NavItem) -> str:
    try:
        return reverse(item.name_url)
    except NoReverseMatch:
        return ""


def _covers(href: str, path: str) -> bool:
    if href == "/":
        return path == "/"
    return path == href or path.startswith(href.rstrip("/") + "/")
