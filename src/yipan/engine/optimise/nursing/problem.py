"""The search for a roster, as every planning problem is searched."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.nursing.evaluating import COMPONENTS, costs, violations
from yipan.engine.optimise.nursing.instance import Week
from yipan.engine.optimise.solving import Point, Reason, Result, Stop

CHUNK = 10_000
HOT, COLD = 12.0, 0.05
"""Temperatures in points: at first a step of skill may be lacking for once, at last nothing may get worse."""


@dataclass(frozen=True, eq=False)
class Roster:
    """`works` (nurses, slots); `cover` (rooms, slots) is the nurse of the room, -1 for nobody."""

    works: NDArray[np.bool_]
    cover: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Nursing:
    """The problem of a ward's week."""

    week: Week

    def search(self, stop: Stop, *, seed: int, threads: int, progress: Callable[[Point], None]) -> Result[Roster]:
        """Anneal in each thread with a seed of its own; the cheapest roster is the answer.

        Compiling is not counted against the time. With `iterations` the answer depends on seed and threads alone.
        """
        return _Search(self.week, stop, seed, threads, progress).run()


class _Search:
    def __init__(self, week: Week, stop: Stop, seed: int, threads: int, progress: Callable[[Point], None]) -> None:
        from yipan.engine.optimise.nursing import kernel

        self.week, self.stop, self.progress, self.kernel = week, stop, progress, kernel
        self.table = tables(week)
        longest = 4 * len(week.rooms) + week.slots + 4  # a nurse stops, and begins elsewhere
        self.logs = [
            kernel.Log(np.zeros((longest, 4), np.int64), np.zeros(1, np.int64), np.zeros((longest, 3), np.int64))
            for _ in range(threads)
        ]
        self.states = [empty(week, self.table) for _ in range(threads)]
        self.random = [
            np.array([np.random.SeedSequence([seed, t]).generate_state(1, np.uint64)[0] | np.uint64(1)], np.uint64)
            for t in range(threads)
        ]
        for state, log in zip(self.states, self.logs, strict=True):
            kernel.start(self.table, state, log, self.table.present == 1)
        self.best = [(s.cover.copy(), s.works.copy(), s.cost.copy()) for s in self.states]
        for t in range(threads):
            self._chunk(t, 1.0, 1.0, 0)
        self.done = 0
        self.trace: list[Point] = []

    def run(self) -> Result[Roster]:
        self.began = time.monotonic()
        self._tell()
        reason = self._over()
        with ThreadPoolExecutor(len(self.states)) as pool:
            while reason is None:
                left = CHUNK if self.stop.iterations is None else self.stop.iterations - self.done
                moves, scale = min(CHUNK, left), self.kernel.SCALE
                hot, cold = (HOT * scale * (COLD / HOT) ** x for x in (self._share(), max(self._share(moves), 1e-9)))
                jobs = [pool.submit(self._chunk, t, hot, min(cold, hot), moves) for t in range(len(self.states))]
                for job in jobs:
                    job.result()
                self.done += moves
                self._tell()
                reason = self._over()
        return self._result(reason)

    def _chunk(self, t: int, hot: float, cold: float, moves: int) -> None:
        self.kernel.anneal(self.table, self.states[t], self.best[t], self.logs[t], self.random[t], hot, cold, moves)

    def _share(self, more: int = 0) -> float:
        """How much of the search is over, or will be after so many moves more; with iterations never the clock's."""
        shares = [0.0]
        if self.stop.iterations is not None:
            shares.append((self.done + more) / self.stop.iterations)
        if self.stop.seconds is not None:
            elapsed = time.monotonic() - self.began
            shares.append(elapsed * (1 + (more / self.done if self.done else 0)) / self.stop.seconds)
        return min(max(shares), 1.0)

    def _over(self) -> Reason | None:
        if self.stop.cancelled.is_set():
            return "cancelled"
        if self._cost() == 0:
            return "optimal"
        if self.stop.cost is not None and self._cost() <= self.stop.cost * self.kernel.SCALE:
            return "target"
        if self.stop.iterations is not None and self.done >= self.stop.iterations:
            return "iterations"
        if self.stop.seconds is not None and time.monotonic() - self.began >= self.stop.seconds:
            return "time"
        return None

    def _cost(self) -> int:
        return min(int(cost.sum()) for _, _, cost in self.best)

    def _tell(self) -> None:
        point = Point(
            seconds=time.monotonic() - self.began,
            iterations=self.done * len(self.states),
            cost=self._cost() / self.kernel.SCALE,
            feasible=True,
        )
        if not self.trace or point.cost < self.trace[-1].cost:
            self.trace.append(point)
        self.progress(point)

    def _result(self, reason: Reason) -> Result[Roster]:
        cover, works, cost = min(self.best, key=lambda best: int(best[2].sum()))
        return Result(
            solution=Roster(works, cover),
            cost=int(cost.sum()) / self.kernel.SCALE,
            components={name: int(c) / self.kernel.SCALE for name, c in zip(COMPONENTS, cost, strict=True)},
            violations=violations(self.week, works, cover),
            bound=0.0 if reason == "optimal" else None,
            trace=tuple(self.trace),
            reason=reason,
            iterations=self.done * len(self.states),
            seconds=time.monotonic() - self.began,
        )


def tables(week: Week) -> Any:
    """The week as the compiled search takes it."""
    from yipan.engine.optimise.nursing.kernel import Tables

    slots = range(week.slots)
    present = np.full((len(week.nurses), week.slots), -1, np.int64)
    known = [n for n, nurse in enumerate(week.nurses) if nurse.present]
    present[known] = week.table("present")[known]
    guests = [(row, week.there(g)[0], week.there(g)[-1] + 1) for row, g in week.guests if len(week.there(g))]
    rooms = np.array([g[0] for g in guests], np.int64)
    prices = week.prices
    return Tables(
        week.work,
        week.wanted,
        np.array([(n.skill, n.contract, n.most, n.load) for n in week.nurses], np.int64).reshape(-1, 4),
        week.table("off"),
        present,
        np.array([[week.apart(a, b) for b in slots] for a in slots], np.bool_).reshape(week.slots, week.slots),
        np.array([week.least[s % len(week.shifts)] for s in slots], np.int64),
        np.array(guests, np.int64).reshape(-1, 3),
        np.searchsorted(rooms, np.arange(len(week.rooms) + 1)).astype(np.int64),
        np.array([getattr(prices, name) for name in COMPONENTS], np.int64),
        np.array([len(week.shifts), week.rules.row], np.int64),
    )


def empty(week: Week, table: Any) -> Any:
    """Nobody works."""
    from yipan.engine.optimise.nursing.kernel import SCALE, State

    rooms, slots, nurses = len(week.rooms), week.slots, len(week.nurses)
    works, cover = np.zeros((nurses, slots), np.bool_), np.full((rooms, slots), -1, np.int64)
    cost = costs(week, works, cover)
    return State(
        cover,
        works,
        np.zeros((nurses, slots), np.int64),
        np.zeros(nurses, np.int64),
        np.zeros(slots, np.int64),
        np.zeros((len(table.guests), nurses), np.int64),
        np.array([round(cost[name] * SCALE) for name in COMPONENTS], np.int64),
    )
