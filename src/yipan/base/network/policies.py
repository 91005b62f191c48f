"""The placement policy as stored: partial dicts over the defaults of `engine.placement.policy`. No database here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yipan.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from yipan.engine.placement.policy import Policy as PlacementPolicy


def read(body: Mapping[str, Any]) -> PlacementPolicy:
    """The policy with the defaults of the engine where `body` says nothing.

    Raises InvalidInput("policy_invalid", problems=[…]) naming every unusable value.
    """
    from yipan.engine.placement.policy import Policy as PlacementPolicy  # loads NumPy: not for every command

    return PlacementPolicy.from_dict(body)


def problems(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wrong with a policy: a list of {path, value, code, …}; empty when it is usable."""
    try:
        read(body)
    except InvalidInput as error:
        found: list[dict[str, Any]] = error.params["problems"]
        return found
    return []


def overlay(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """`upper` over `lower`, section by section."""
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        merged[key] = overlay(below, value) if isinstance(value, Mapping) and isinstance(below, Mapping) else value
    return merged


def own_keys(full: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The part of `full` that differs from `defaults`, with empty sections left out."""
    own: dict[str, Any] = {}
    for key, value in full.items():
        if isinstance(value, Mapping):
            section = own_keys(value, defaults.get(key, {}))
            if section:
                own[key] = section
        elif key not in defaults or defaults[key] != value:
            own[key] = value
    return own
