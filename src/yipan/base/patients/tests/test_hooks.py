"""Hooks of other rooms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from yipan.base.patients import hooks

A, B = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_hooks", {})


def test_each_room_gets_back_what_it_moved() -> None:
    """`restore` is called with exactly what the same room's `relabel` returned."""
    given: list[dict[str, Any]] = []
    hooks.on_merge(lambda s, r: {"from": str(r)}, given.append, name="one")
    hooks.on_merge(lambda s, r: {"to": str(s)}, given.append, name="two")
    moved = hooks.relabel(A, B)
    hooks.restore(moved)
    assert moved == {"one": {"from": str(B)}, "two": {"to": str(A)}}
    assert given == [moved["two"], moved["one"]]


def test_second_hook_of_a_name_is_a_mistake() -> None:
    """Two rooms cannot take the same name; the same pair again is harmless."""

    def relabel(survivor: UUID, retired: UUID) -> dict[str, Any]:
        return {}

    def restore(moved: dict[str, Any]) -> None:
        raise AssertionError

    hooks.on_merge(relabel, restore, name="one")
    hooks.on_merge(relabel, restore, name="one")
    with pytest.raises(ValueError, match="one"):
        hooks.on_merge(lambda s, r: {}, restore, name="one")


def test_room_that_is_gone_stops_the_undoing() -> None:
    """Rows of a room that no longer exists are not silently left behind."""
    with pytest.raises(LookupError):
        hooks.restore({"gone": {}})
