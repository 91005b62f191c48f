"""The search for a roster, as every planning problem is searched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.chance import streams
from yipan.engine.optimise.nursing.evaluating import COMPONENTS, costs, violations
from yipan.engine.optimise.nursing.instance import Week
from yipan.engine.optimise.rounds import Rounds
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

        self.week, self.kernel = week, kernel
        self.table = tables(week)
        longest = 4 * len(week.rooms) + week.slots + 4  # a nurse stops, and begins elsewhere
        self.logs = [
            kernel.Log(np.zeros((longest, 4), np.int64), np.zeros(1, np.int64), np.zeros((longest, 3), np.int64))
            for _ in range(threads)
        ]
        self.states = [empty(week, self.table) for _ in range(threads)]
        self.random = streams(seed, threads)
        for state, log in zip(self.states, self.logs, strict=True):
            kernel.start(self.table, state, log, self.table.present == 1)
        self.best = [(s.cover.copy(), s.works.copy(), s.cost.copy()) for s in self.states]
        for t in range(threads):
            self._chunk(t, 1.0, 1.0, 0)
        self.rounds = Rounds(
            stop=stop,
            progress=progress,
            threads=threads,
            anneal=self._chunk,
            cost=lambda: min(int(cost.sum()) for _, _, cost in self.best),
            scale=kernel.SCALE,
            chunk=CHUNK,
            hot=HOT,
            cold=COLD,
        )

    def run(self) -> Result[Roster]:
        return self._result(self.rounds.run())

    def _chunk(self, t: int, hot: float, cold: float, moves: int) -> None:
        self.kernel.anneal(self.table, self.states[t], self.best[t], self.logs[t], self.random[t], hot, cold, moves)

    def _result(self, reason: Reason) -> Result[Roster]:
        cover, works, cost = min(self.best, key=lambda best: int(best[2].sum()))
        return Result(
            solution=Roster(works, cover),
            cost=int(cost.sum()) / self.kernel.SCALE,
            components={name: int(c) / self.kernel.SCALE for name, c in zip(COMPONENTS, cost, strict=True)},
            violations=violations(self.week, works, cover),
            bound=0.0 if reason == "optimal" else None,
            trace=tuple(self.rounds.trace),
            reason=reason,
            iterations=self.rounds.iterations,
            seconds=self.rounds.seconds,
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
