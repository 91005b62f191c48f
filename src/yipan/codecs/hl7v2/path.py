"""Where a value stands in a message, written as people in interfaces say it: `PID-5.1`, `NK1[2]-5[1].1.2`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PATH = re.compile(
    r"(?P<segment>[A-Z][A-Z0-9]{2})(?:\[(?P<occurrence>\d+)\])?-(?P<field>\d+)(?:\[(?P<repetition>\d+)\])?"
    r"(?:\.(?P<component>\d+)(?:\.(?P<subcomponent>\d+))?)?"
)


@dataclass(frozen=True, slots=True)
class Path:
    """Segment name, which of several such segments, field, repetition, component, subcomponent; all count from 1.

    `component` and `subcomponent` are None when the path stops above them.
    """

    segment: str
    field: int
    occurrence: int = 1
    repetition: int = 1
    component: int | None = None
    subcomponent: int | None = None

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> Path:
        """Read `PID-5.1`. Raises ValueError for anything else: a path is written by a developer."""
        match = _PATH.fullmatch(text)
        if match is None:
            raise ValueError(f"not a path into an HL7 message: {text!r}")
        parts = match.groupdict()
        name = parts.pop("segment")
        numbers = {key: int(value) for key, value in parts.items() if value is not None}
        if 0 in numbers.values():
            raise ValueError(f"positions in an HL7 message count from 1: {text!r}")
        return cls(name, **numbers)

    def __str__(self) -> str:
        occurrence = f"[{self.occurrence}]" if self.occurrence > 1 else ""
        repetition = f"[{self.repetition}]" if self.repetition > 1 else ""
        below = "".join(f".{n}" for n in (self.component, self.subcomponent) if n is not None)
        return f"{self.segment}{occurrence}-{self.field}{repetition}{below}"
