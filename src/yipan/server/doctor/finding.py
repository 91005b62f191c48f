"""What the doctor says: a code with its sentence in `ui/sentences/doctor.py`, and how bad it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Level(IntEnum):
    """The exit code of `yipan doctor` is the worst level found."""

    FINE = 0
    WARNING = 1
    """Works, but should be put right."""
    FAULT = 2
    """Something does not work, or data are in danger."""


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    code: str
    params: dict[str, Any] = field(default_factory=dict)


Check = Callable[[], Iterator[Finding]]


def fault(code: str, **params: Any) -> Finding:
    return Finding(Level.FAULT, code, params)


def warning(code: str, **params: Any) -> Finding:
    return Finding(Level.WARNING, code, params)
