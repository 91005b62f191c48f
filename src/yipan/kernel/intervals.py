"""Half-open intervals of time, [start, end), as PostgreSQL's tstzrange has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yipan.kernel.clock import require_aware
from yipan.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Interval:
    """[start, end); `end=None` is open-ended. Never empty.

    Raises InvalidInput when the end is not after the start.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", require_aware(self.start))
        if self.end is not None:
            object.__setattr__(self, "end", require_aware(self.end))
            if self.end <= self.start:
                raise InvalidInput("interval_empty", start=self.start.isoformat(), end=self.end.isoformat())

    def overlaps(self, other: Interval) -> bool:
        """True when some instant lies in both; touching ends do not overlap."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)

    def contains(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)

    def until(self, end: datetime) -> Interval:
        """The same start, another end."""
        return Interval(self.start, end)

    @property
    def duration(self) -> timedelta | None:
        return None if self.end is None else self.end - self.start
