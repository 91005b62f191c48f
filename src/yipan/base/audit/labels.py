"""Readable names of actions, and of the kinds of things they concern. Each room declares its own; what nobody declared
shows its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_labels: dict[str, Any] = {}
_things: dict[str, Any] = {}


def declare(labels: Mapping[str, Any], things: Mapping[str, Any] | None = None) -> None:
    """Add `{action: translatable text}` and `{object_type: translatable text}`; the same one with another text is a
    mistake of the programmer."""
    for known, added in ((_labels, labels), (_things, things or {})):
        for code, text in added.items():
            if code in known and str(known[code]) != str(text):
                raise ValueError(f"{code!r} has a label already")
            known[code] = text


def thing(object_type: str) -> str:
    """The kind of thing that an entry concerns, in the active language."""
    return str(_things.get(object_type, object_type))


def label(action: str) -> str:
    """The action in the active language."""
    return str(_labels.get(action, action))


def choices() -> list[tuple[str, str]]:
    """(action, label) of every declared action, by label."""
    return sorted(((action, str(text)) for action, text in _labels.items()), key=lambda pair: pair[1])
