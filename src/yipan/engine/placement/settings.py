"""Kinds of policy settings: each makes a dataclass field that carries its default, its bounds and its check.

A check returns the problem it finds as a code with parameters, or None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Problem = dict[str, Any]
Check = Callable[[Any], Problem | None]


@dataclass(frozen=True)
class Setting:
    """What an editor of policies needs to know about one setting.

    `path` is dotted and filled in by the policy; `kind` is flag, whole, number, choice or choices; `low` and `high`
    are inclusive; `unit` is minutes, hours, beds, years, share, points or empty.
    """

    kind: str
    default: Any
    unit: str = ""
    low: float | None = None
    high: float | None = None
    options: tuple[str, ...] = ()
    path: str = ""


def _make(setting: Setting, check: Check) -> Any:
    return field(default=setting.default, metadata={"setting": setting, "check": check})


def flag(default: bool) -> Any:
    """True or false."""

    def check(value: Any) -> Problem | None:
        return None if isinstance(value, bool) else {"code": "policy_not_true_or_false"}

    return _make(Setting("flag", default), check)


def _within(value: float, low: float, high: float) -> Problem | None:
    return None if low <= value <= high else {"code": "policy_out_of_range", "low": low, "high": high}


def whole(default: int, low: int, high: int, unit: str) -> Any:
    """A whole number in low..high."""

    def check(value: Any) -> Problem | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return {"code": "policy_not_whole_number"}
        return _within(value, low, high)

    return _make(Setting("whole", default, unit, low, high), check)


def number(default: float, low: float, high: float, unit: str) -> Any:
    """A finite number in low..high."""

    def check(value: Any) -> Problem | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return {"code": "policy_not_number"}
        return _within(value, low, high)

    return _make(Setting("number", default, unit, low, high), check)


def choice(default: str, options: Sequence[str]) -> Any:
    """One of the options."""
    allowed = tuple(options)

    def check(value: Any) -> Problem | None:
        return None if isinstance(value, str) and value in allowed else _not_choice(allowed)

    return _make(Setting("choice", default, options=allowed), check)


def choices(default: Sequence[str], options: Sequence[str]) -> Any:
    """Some of the options, each at most once; the order is kept."""
    allowed = tuple(options)

    def check(value: Any) -> Problem | None:
        if not isinstance(value, list | tuple):
            return {"code": "policy_not_list"}
        if any(not isinstance(item, str) or item not in allowed for item in value):
            return _not_choice(allowed)
        return {"code": "policy_repeated"} if len(set(value)) < len(value) else None

    return _make(Setting("choices", tuple(default), options=allowed), check)


def _not_choice(allowed: tuple[str, ...]) -> Problem:
    return {"code": "policy_not_choice", "options": ", ".join(allowed)}
