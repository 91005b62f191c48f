"""Writes `docs/reference/access.md` from the matrix and the tables of the walk: `python -m tests.access.page`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "access.md"

HEAD = """\
# Who may do what

Written by `python -m tests.access.page`; do not edit by hand. A test compares this page with the code, and walks every
address and every action below as every role, as a nurse of another ward, as somebody with all roles elsewhere, as
somebody without a role and without a login: where the page says no, the answer is no and nothing is written.

A role is given at an organisation and holds there and in everything below it; a grant can be limited to one ward.
Verbs marked *ward* then count in that ward only; the others count in the whole organisation of the grant. The stream of
live updates (`/live`) needs a login and carries identifiers of events in the organisations of the person's grants;
`/static/` is for everybody.

## Verbs and roles
"""

PLACES_HEAD = """
## Rules

An address or an action names its verb and where it has to be held.

| rule | lets in |
|---|---|
"""


def text() -> str:
    """The whole page."""
    from django.utils import translation

    import yipan.server.demo.pages  # noqa: F401 - declares a verb

    with translation.override("en"):
        return "\n".join([HEAD, *_verbs(), PLACES_HEAD.rstrip("\n"), *_places(), *_addresses(), *_actions()]) + "\n"


def _verbs() -> Iterator[str]:
    from yipan.base.access import Role, matrix

    roles = list(Role)
    yield _row(["verb", *(str(role.label) for role in roles)])
    yield "|---" * (len(roles) + 1) + "|"
    for verb in matrix.verbs():
        mark = " *(ward)*" if verb.by_ward else ""
        yield _row([f"`{verb.code}`{mark}", *("●" if role in verb.roles else "" for role in roles)])


def _places() -> Iterator[str]:
    from tests.access.rules import PLACES

    for place, meaning in PLACES.items():
        shown = place if place in ("everybody", "person") else f"verb@{place}"
        yield _row([f"`{shown}`", meaning])


def _addresses() -> Iterator[str]:
    from django.urls import get_resolver

    from tests.access.addresses import ADDRESSES, ONLY_WITH

    yield "\n## Addresses\n"
    yield _row(["address", "looking (GET)", "acting (POST)", "note"])
    yield "|---|---|---|---|"
    shown = {
        name: f"/{patterns[0][0][0][0].replace('%(', '<').replace(')s', '>')}"
        for name, patterns in _known(get_resolver())
    }
    for name, row in ADDRESSES.items():
        note = f"only with {ONLY_WITH[name]}" if name in ONLY_WITH else row.why
        rules = [f"`{rule}`" if rule else "" for rule in (row.get, row.post)]
        yield _row([f"`{shown.get(name, name)}`", *rules, note])


def _known(resolver: object, space: str = "") -> Iterator[tuple[str, list]]:  # type: ignore[type-arg]
    for key, value in resolver.reverse_dict.lists():  # type: ignore[attr-defined]
        if isinstance(key, str):
            yield space + key, value
    for name, (prefix, below) in resolver.namespace_dict.items():  # type: ignore[attr-defined]
        assert prefix == ""
        yield from _known(below, f"{space}{name}:")


def _actions() -> Iterator[str]:
    from tests.access.actions import ACTIONS

    yield "\n## Actions\n"
    yield _row(["action", "rule"])
    yield "|---|---|"
    for name, wanted in ACTIONS.items():
        yield _row([f"`{name}`", f"`{wanted.rule}`"])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yipan.server.settings")
    import django

    django.setup()
    PAGE.write_text(text(), encoding="utf-8")
