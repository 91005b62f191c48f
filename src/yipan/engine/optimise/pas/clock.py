"""How much of a search is over, and why it ended."""

from __future__ import annotations

import time

from yipan.engine.optimise.solving import Reason, Stop


class Clock:
    """Runs from its making. Safe to be asked from several threads."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._began = time.monotonic()

    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def left(self) -> float | None:
        """Seconds until the end; None when only moves are counted."""
        return None if self._stop.seconds is None else self._stop.seconds - self.seconds()

    def before_end(self, seconds: float) -> float:
        """The share of the time that is over when so many seconds are left; 1 when only moves are counted."""
        return 1 - seconds / self._stop.seconds if self._stop.seconds else 1.0

    def cancelled(self) -> bool:
        """Whether somebody wants the best found until now."""
        return self._stop.cancelled.is_set()

    def share(self, moves: int) -> float:
        """Of the time and of the moves of one thread, the greater; 1 or more at the end."""
        if self.cancelled():
            return 1.0
        of_time = self.seconds() / self._stop.seconds if self._stop.seconds else 0.0
        of_moves = moves / self._stop.iterations if self._stop.iterations else 0.0
        return max(of_time, of_moves)

    def reached(self, cost: float) -> bool:
        """Whether nobody looks further at this cost."""
        return self._stop.cost is not None and cost <= self._stop.cost

    def reason(self, *, cost: float, bound: float) -> Reason:
        """Why a search with this outcome ended."""
        if cost <= bound:
            return "optimal"
        if self.reached(cost):
            return "target"
        if self.cancelled():
            return "cancelled"
        counted = self._stop.iterations is not None
        timed = self._stop.seconds is not None and self.seconds() >= self._stop.seconds
        return "time" if timed or not counted else "iterations"
