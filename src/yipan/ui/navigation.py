"""The main navigation, as data: rooms register their entry, a person sees what their roles allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from yipan.base.access import Actor


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry: `name_url` as for `reverse`, `label` translatable, `icon` of lucide, smaller `order` further left.

    `verb` limits it to people who may do that anywhere; None shows it to everybody who is logged in. `key` is the
    second key of the shortcut g + key. `count` says how much waits there for this person.
    """

    name_url: str
    label: Any
    icon: str
    order: int = 100
    verb: str | None = None
    key: str = ""
    count: Callable[[Actor], int] | None = None


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as one person sees it on one page."""

    item: NavItem
    href: str
    current: bool
    count: int = 0


_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add an entry; another with the same `name_url` replaces it."""
    _items[item.name_url] = item


def links(request: HttpRequest | None) -> list[NavLink]:
    """What this person sees, in order; at most one entry is current, the one with the longest matching path."""
    actor: Actor | None = getattr(request, "actor", None)
    if request is None or actor is None or actor.user_id is None:
        return []
    seen = [item for item in _items.values() if item.verb is None or actor.paths(item.verb)]
    hrefs = [(item, _href(item)) for item in sorted(seen, key=lambda i: (i.order, i.name_url))]
    matching = [href for _, href in hrefs if href and _covers(href, request.path)]
    current = max(matching, key=len, default="")
    return [
        NavLink(item, href, href == current, item.count(actor) if item.count else 0) for item, href in hrefs if href
    ]


def _href(item: NavItem) -> str:
    try:
        return reverse(item.name_url)
    except NoReverseMatch:
        return ""


def _covers(href: str, path: str) -> bool:
    if href == "/":
        return path == "/"
    return path == href or path.startswith(href.rstrip("/") + "/")
