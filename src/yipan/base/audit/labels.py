"""Readable names of actions. Each room declares its own; an undeclared action shows its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_labels: dict[str, Any] = {}


def declare(labels: Mapping[str, Any]) -> None:
    """Add `{action: translatable text}`; the same action with another text is a mistake of the programmer."""
    for action, text in labels.items():
        if action in _labels and str(_labels[action]) != str(text):
            raise ValueError(f"the action {action!r} has a label already")
        _labels[action] = text


def label(action: str) -> str:
    """The action in the active language."""
    return str(_labels.get(action, action))


def choices() -> list[tuple[str, str]]:
    """(action, label) of every declared action, by label."""
    return sorted(((action, str(text)) for action, text in _labels.items()), key=lambda pair: pair[1])
