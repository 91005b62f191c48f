"""The only place that reads the wall clock.

Everything else asks `now()`, so tests and the demo day can stand at any instant and run at any speed.
All instants are aware and in UTC; a page shows them in the zone of its site.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Protocol

from yipan.kernel.errors import InvalidInput


class Clock(Protocol):
    """Something that tells an aware instant in UTC."""

    def now(self) -> datetime: ...


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, at: datetime) -> None:
        self._at = require_aware(at)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """Move by a non-negative duration and return the new instant."""
        if by < timedelta(0):
            raise ValueError("a clock does not go back")
        self._at += by
        return self._at


class ScaledClock:
    """A clock that starts at an instant and runs `speed` times as fast as the machine's."""

    def __init__(self, start: datetime, speed: float) -> None:
        if speed <= 0:
            raise ValueError("speed must be positive")
        self._start, self._speed, self._zero = require_aware(start), speed, time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._zero) * self._speed)


_current: ContextVar[Clock | None] = ContextVar("yipan_clock", default=None)
_wall = WallClock()


def now() -> datetime:
    """The present instant, aware, UTC, of the clock in use here."""
    return (_current.get() or _wall).now()


@contextmanager
def using(clock: Clock) -> Iterator[Clock]:
    """Use another clock inside the block, in this thread or task only."""
    token = _current.set(clock)
    try:
        yield clock
    finally:
        _current.reset(token)


def require_aware(at: datetime) -> datetime:
    """Return `at` in UTC; a naive instant is a mistake of the caller.

    Raises InvalidInput when `at` has no zone.
    """
    if at.tzinfo is None:
        raise InvalidInput("time_without_zone", value=at.isoformat())
    return at.astimezone(UTC)
