"""Every address as everybody: what the written rule allows works, and what it does not allow changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import world as worlds
from tests.access.addresses import ADDRESSES, ONLY_WITH, Row
from tests.access.rules import Rule, Somebody, allows, everybody
from yipan.base.access import limits
from yipan.kernel.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> worlds.World:
    return worlds.build()


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Codes of the refusals that were raised, also of those that a page caught and showed."""
    told: list[str] = []
    plain = Refused.__init__

    def heard(self: Refused, code: str, **params: Any) -> None:
        told.append(code)
        plain(self, code, **params)

    monkeypatch.setattr(Refused, "__init__", heard)
    return told


def names(resolver: Any = None, space: str = "") -> Iterator[str]:
    """Name of every address, with its name space."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield space + (pattern.name or str(pattern.pattern))
        elif isinstance(pattern, URLResolver):
            yield from names(pattern, space + (f"{pattern.namespace}:" if pattern.namespace else ""))


STEPS = ("bed-", "ward-", "notice-", "seat-", "session-", "appointment-", "transport-", "vehicle-home")
"""Addresses that tell a refusal on the page they came from, and a program by a status."""


def test_every_address_has_its_row() -> None:
    """An address without a row, or a row without an address, fails: nothing is added without saying who may use it."""
    known = set(names())
    assert known - set(ADDRESSES) == set() or known - set(ADDRESSES) <= set(ONLY_WITH)
    assert set(ADDRESSES) - known <= set(ONLY_WITH)


@pytest.mark.parametrize("group", range(3))
def test_walk(group: int, world: worlds.World, refusals: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address by GET and POST: let in exactly where the rules say so; a refusal writes to no table."""
    monkeypatch.setattr(limits, "spend", lambda limit, key: None)
    wrong: list[str] = []
    for who in everybody()[group::3]:
        with undone():
            wrong += [f"{who.name}: {problem}" for problem in walk(who, world, refusals)]
    assert not wrong, "\n" + "\n".join(wrong)


def walk(who: Somebody, world: worlds.World, refusals: list[str]) -> Iterator[str]:
    """What is not as the rules say."""
    browser, present = world.browser(who), set(names())
    before = worlds.written()
    for name, row in ADDRESSES.items():
        for method, rule in (("GET", row.get), ("POST", row.post)):
            if name not in present:
                continue
            refusals.clear()
            with undone():
                status = visit(browser, method, name, row, world)
                was_refused = bool(refusals) or status in (401, 403, 404)
            after = worlds.written()
            if status >= 500 or (rule is None and who.is_logged_in and status != 405):
                yield f"{method} {name}: {status}"
            elif rule is not None and is_checked(row, rule, who) and was_refused == allows(rule, who):
                yield f"{method} {name} needs {rule}: {status} {refusals}"
            if was_refused and after != before:
                yield f"{method} {name} was refused and wrote: {before} {after}"
            before = after


def is_checked(row: Row, rule: Rule, who: Somebody) -> bool:
    """What answers 404 to everybody who may come is walked only by those who may not."""
    return row.checked or (rule.place != "everybody" and not who.is_logged_in)


class undone(transaction.Atomic):  # noqa: N801 - reads as a phrase
    """A block whose changes are taken back."""

    def __init__(self) -> None:
        super().__init__(None, True, False)

    def __exit__(self, *error: Any) -> None:
        if error[0] is None:
            transaction.set_rollback(True)
        super().__exit__(*error)


def visit(browser: Client, method: str, name: str, row: Row, world: worlds.World) -> int:
    """The status of the answer; 401 where the way leads to the login."""
    arguments = {k: v[1:] if v.startswith("=") else world[v] for k, v in row.arguments.items()}
    address = reverse(name, kwargs=arguments) + filled(row.query, world)
    visitor = Client(raise_request_exception=False, headers={"accept-language": "en"})
    visitor.cookies = type(browser.cookies)(browser.cookies)
    if method == "GET":
        answer = visitor.get(address)
    else:
        data = {k: filled(v, world) for k, v in row.data.items()}
        answer = visitor.post(
            address,
            urlencode(data),
            content_type="application/x-www-form-urlencoded",
            headers={"accept": "application/json" if name.startswith(STEPS) else "text/html"},
        )
    if (
        answer.status_code == 302
        and answer["Location"] == f"/login?{urlencode({'next': address if method == 'GET' else '/'})}"
    ):
        return 401
    return int(answer.status_code)


def filled(text: str, world: worlds.World) -> str:
    """Each "$name" as the identifier of that object."""
    return re.sub(r"\$(\w+)", lambda name: str(world[name[1]]), text)
