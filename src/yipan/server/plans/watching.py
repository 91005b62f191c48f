"""A search and the person who waits for it: cost and time left while it runs, Ctrl-C for the best found until now."""

from __future__ import annotations

import time
from typing import TypeVar

from yipan.engine.optimise import Point, Problem, Result, Stop, solve
from yipan.server.plans.attending import Look, attend
from yipan.server.speech import say

Solution = TypeVar("Solution")


def search(problem: Problem[Solution], stop: Stop, *, seed: int, threads: int) -> Result[Solution]:
    """`solve`, attended: a first Ctrl-C or SIGTERM sets `stop.cancelled`, a second one ends the process as usual."""
    seen = _Seen(stop)
    return attend(
        lambda: solve(problem, stop, seed=seed, threads=threads, progress=seen.hear),
        cancelled=stop.cancelled,
        preparing=say("plan_preparing"),
        look=seen.look,
    )


class _Seen:
    """The newest point of a search."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._point: Point | None = None
        self._heard = 0.0

    def hear(self, point: Point) -> None:
        """Called by the search, from its thread."""
        self._heard = time.monotonic()
        self._point = point

    def look(self) -> Look | None:
        """Where the search is; the clock runs from its first point on, when everything is compiled."""
        point = self._point
        if point is None:
            return None
        done, total = self._progress(point)
        return Look(self._text(point, done, total), done, total)

    def _progress(self, point: Point) -> tuple[float, float]:
        if self._stop.seconds is not None:
            return point.seconds + time.monotonic() - self._heard, self._stop.seconds
        return point.iterations, self._stop.iterations or 1

    def _text(self, point: Point, done: float, total: float) -> str:
        cost = f"{point.cost:.1f}" if point.feasible else say("plan_not_yet_feasible")
        if self._stop.cancelled.is_set():
            return say("plan_stopping", cost=cost)
        if self._stop.seconds is None:
            return say("plan_progress_moves", cost=cost, done=f"{done:.0f}", total=f"{total:.0f}")
        return say("plan_progress", cost=cost, left=f"{max(0.0, total - done):.0f}")
