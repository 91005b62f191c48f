"""Walking through the product as each role: which pages are seen, and which forms stand on them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.utils.datastructures import MultiValueDict

from tests.fuzz.addresses import every_address, route_of
from tests.fuzz.pages import Form, Page

PER_ROUTE = 2
"""So many pages of one kind are opened for each role."""


@dataclass
class Walk:
    """What one role found: an example of each route it was led to, the forms by the route they go to."""

    seen: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    forms: dict[str, Form] = field(default_factory=dict)
    filters: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def walk(client: Client) -> Walk:
    """Follow every link from the start page, and look at the forms."""
    found, waiting = Walk(), deque(["/", *(a.path for a in every_address() if not a.parts)])
    while waiting:
        path = waiting.popleft()
        bare = path.partition("?")[0]
        route = route_of(bare)
        if route is None or path in found.seen[route] or len(found.seen[route]) >= PER_ROUTE:
            continue
        found.seen[route].append(path)
        response = client.get(path)
        if response.status_code >= 400 or not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = Page(path, response.content.decode())
        waiting.extend(sorted(page.links))
        for form in page.forms:
            _keep(found, form)
    return found


def _keep(found: Walk, form: Form) -> None:
    """A form with more fields than the one known before is the better one to try."""
    route = route_of(form.action.partition("?")[0])
    if route is None:
        return
    if form.method != "post":
        found.filters[route] |= set(form.fields)
    elif route not in found.forms or len(form.fields) > len(found.forms[route].fields):
        found.forms[route] = form


@contextmanager
def noting(asked: set[str]) -> Iterator[None]:
    """Note into `asked` every name that a view looks up in what was sent."""
    with pytest.MonkeyPatch.context() as patch:
        for reader in ("__getitem__", "_getlist"):
            patch.setattr(MultiValueDict, reader, _reading(reader, asked))
        yield


def _reading(reader: str, asked: set[str]) -> Any:
    original = getattr(MultiValueDict, reader)

    def read(self: Any, key: Any, *more: Any, **named: Any) -> Any:
        if isinstance(key, str):
            asked.add(key)
        return original(self, key, *more, **named)

    return read
