"""What a verification finds, and the checks that other rooms add to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What was done to the journals."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    SEAL_CHANGED = "seal_changed"
    SEAL_REMOVED = "seal_removed"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    CHECKPOINT_UNTRUSTED = "checkpoint_untrusted"
    GUARD_OFF = "guard_off"
    INCONSISTENT = "inconsistent"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written: its sentence is `audit_<kind>`, filled with `params`."""

    kind: Kind
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return f"audit_{self.kind}"


Progress = Callable[[str, int, int | None], None]
"""Called with what is being verified, how much of it is done and how much there is."""

Check = Callable[[], Iterator[Finding]]

_checks: dict[str, Check] = {}


def check(name: str, run: Check) -> None:
    """Let a room add what it can verify of its own tables against the journals."""
    _checks[name] = run


def checks() -> dict[str, Check]:
    return dict(_checks)
