"""Every address that the resolver knows, and how to fill one in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import Resolver404, URLPattern, get_resolver, resolve

NOBODY = UUID("00000000-0000-4000-8000-00000000dead")
EXAMPLES = {"UUIDConverter": str(NOBODY), "IntConverter": "987654321", "StringConverter": "odd", "SlugConverter": "odd"}
"""What a part of an address may be when nothing real is known for it."""


@dataclass(frozen=True, slots=True)
class Address:
    """`route` as the resolver writes it, `path` an example, `parts` the names and kinds of what is variable."""

    route: str
    path: str
    parts: tuple[tuple[str, str], ...]

    def filled(self, **values: str) -> str:
        """The path with these parts, percent-encoded already."""
        path = self.route
        for name, kind in self.parts:
            for written in (f"<{_word(kind)}:{name}>", f"<{name}>"):
                path = path.replace(written, values.get(name, EXAMPLES.get(kind, "odd")))
        return "/" + path


def every_address() -> list[Address]:
    """All of them, in the order in which they are tried."""
    return list(_walk(get_resolver().url_patterns, "", ()))


def route_of(path: str) -> str | None:
    """The route that answers a path; None when there is none."""
    try:
        return resolve(path).route
    except Resolver404:
        return None


def _walk(patterns: list[Any], prefix: str, parts: tuple[tuple[str, str], ...]) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        found = (*parts, *((n, type(c).__name__) for n, c in pattern.pattern.converters.items()))
        if isinstance(pattern, URLPattern):
            bare = Address(route, "", found)
            yield Address(route, bare.filled(), found)
        else:
            yield from _walk(pattern.url_patterns, route, found)


def _word(kind: str) -> str:
    return {"UUIDConverter": "uuid", "IntConverter": "int", "StringConverter": "str", "SlugConverter": "slug"}.get(
        kind, ""
    )
