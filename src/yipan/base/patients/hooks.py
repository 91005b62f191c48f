"""Rooms above that keep rows of a patient say here how these follow a merge and come back from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

Relabel = Callable[[UUID, UUID], dict[str, Any]]
Restore = Callable[[dict[str, Any]], None]

_hooks: dict[str, tuple[Relabel, Restore]] = {}


def on_merge(relabel: Relabel, restore: Restore, *, name: str = "") -> None:
    """Register a pair of functions, called inside the transaction of the merge or its undoing.

    `relabel(survivor_id, retired_id)` moves rows and returns plain JSON that says what it moved; `restore` gets exactly
    that back. Either may raise a YipanError to refuse; then nothing changes. What was moved is stored under `name`, by
    default the module of `relabel`; give a name where the code may move.
    """
    key = name or relabel.__module__
    if _hooks.get(key, (relabel, restore)) != (relabel, restore):
        raise ValueError(f"{key!r} has a merge hook already")
    _hooks[key] = (relabel, restore)


def relabel(survivor_id: UUID, retired_id: UUID) -> dict[str, dict[str, Any]]:
    """Move every room's rows; what each moved, by name."""
    return {name: move(survivor_id, retired_id) for name, (move, _) in sorted(_hooks.items())}


def restore(moved: dict[str, dict[str, Any]]) -> None:
    """Give back every room's rows, in the opposite order. Raises LookupError for a room that is gone."""
    for name in sorted(moved, reverse=True):
        _hooks[name][1](moved[name])
