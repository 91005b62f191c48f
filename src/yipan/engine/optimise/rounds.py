"""Several searches in threads, round by round, while one temperature falls for all: until the stop says so."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from yipan.engine.optimise.solving import Point, Reason, Stop


@dataclass(kw_only=True)
class Rounds:
    """`anneal(thread, hot, cold, moves)` searches on; `cost()` is the best of all threads, a whole number of which
    `scale` make a point. `hot` and `cold` are in points; `bound` in whole numbers, 0 when none is known. With a stop by
    iterations nothing depends on the clock.
    """

    stop: Stop
    progress: Callable[[Point], None]
    threads: int
    anneal: Callable[[int, float, float, int], None]
    cost: Callable[[], int]
    scale: int
    chunk: int
    hot: float
    cold: float
    bound: float = 0.0
    done: int = 0
    trace: list[Point] = field(default_factory=list)
    began: float = 0.0

    def run(self) -> Reason:
        """Search until the end; why it came."""
        self.began = time.monotonic()
        self._tell()
        reason = self._over()
        with ThreadPoolExecutor(self.threads) as pool:
            while reason is None:
                limit = self.stop.iterations
                moves = self.chunk if limit is None else min(self.chunk, limit - self.done)
                share = self._share()
                hot, cold = self._temperature(share), self._temperature(max(self._share(moves), share + 1e-9))
                list(pool.map(lambda t, h=hot, c=cold, m=moves: self.anneal(t, h, c, m), range(self.threads)))
                self.done += moves
                self._tell()
                reason = self._over()
        return reason

    @property
    def iterations(self) -> int:
        """Moves tried by all threads."""
        return self.done * self.threads

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.began

    def _temperature(self, share: float) -> float:
        return float(self.hot * self.scale * (self.cold / self.hot) ** share)

    def _share(self, more: int = 0) -> float:
        """How much of the search is over, or will be after so many moves more."""
        shares = [0.0]
        if self.stop.iterations is not None:
            shares.append((self.done + more) / self.stop.iterations)
        if self.stop.seconds is not None:
            ahead = self.seconds * more / self.done if self.done else 0.0
            shares.append((self.seconds + ahead) / self.stop.seconds)
        return min(max(shares), 1.0)

    def _over(self) -> Reason | None:
        cost = self.cost()
        if self.stop.cancelled.is_set():
            return "cancelled"
        if cost <= math.ceil(self.bound - 1e-6):
            return "optimal"
        if self.stop.cost is not None and cost <= self.stop.cost * self.scale:
            return "target"
        if self.stop.iterations is not None and self.done >= self.stop.iterations:
            return "iterations"
        if self.stop.seconds is not None and self.seconds >= self.stop.seconds:
            return "time"
        return None

    def _tell(self) -> None:
        point = Point(seconds=self.seconds, iterations=self.iterations, cost=self.cost() / self.scale, feasible=True)
        if not self.trace or point.cost < self.trace[-1].cost:
            self.trace.append(point)
        self.progress(point)
