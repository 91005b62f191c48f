"""The search for a plan, as every planning problem is searched."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from yipan.engine.optimise.admissions.instance import Instance
from yipan.engine.optimise.admissions.state import new_state
from yipan.engine.optimise.admissions.table import CENTS, Parts, Table, build, cost_of_none, parts_of
from yipan.engine.optimise.solving import Point, Reason, Result, Stop

CHUNK = 5_000
HOT, COLD = 5.0, 0.05
"""Temperatures in points: at first a move may cost a day of an elective patient's waiting, at last nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A person (row of the instance) comes on a day into a bed (row of the network)."""

    row: int
    day: int
    bed: int


Plan = tuple[Place, ...]


@dataclass(frozen=True, eq=False)
class Admissions:
    """The problem of an instance. `told` hears which share of the table is built, before the search begins."""

    instance: Instance
    told: Callable[[float], None] = lambda share: None

    def search(self, stop: Stop, *, seed: int, threads: int, progress: Callable[[Point], None]) -> Result[Plan]:
        """Anneal in each thread, with a seed of its own; the cheapest plan of all is the answer.

        Building the table and compiling are not counted against the time. With `iterations` the answer depends on
        nothing but seed and threads.
        """
        table = build(self.instance, self.told)
        return _Search(self, table, stop, seed, threads, progress).run()


class _Search:
    def __init__(
        self,
        problem: Admissions,
        table: Table,
        stop: Stop,
        seed: int,
        threads: int,
        progress: Callable[[Point], None],
    ) -> None:
        from yipan.engine.optimise.admissions.annealing import anneal, begin
        from yipan.engine.optimise.admissions.bound import lower_bound

        self.problem, self.table, self.stop, self.progress = problem, table, stop, progress
        self.anneal = anneal
        self.states = [new_state(table) for _ in range(threads)]
        order = np.lexsort((np.arange(len(table.people)), -table.people["none"])).astype(np.int64)
        for state in self.states:
            begin(table, state, order)
        self.best = [(s.people.copy(), s.total.copy()) for s in self.states]
        self.random = [np.array([_scrambled(seed, t)], np.uint64) for t in range(threads)]
        for t in range(threads):  # compile before the clock starts
            anneal(table, self.states[t], self.best[t], self.random[t], 1.0, 1.0, 0)
        self.bound = lower_bound(table, float(self.states[0].total[0]))
        self.done, self.trace = 0, []  # type: ignore[var-annotated]

    def run(self) -> Result[Plan]:
        self.began = time.monotonic()
        self._tell()
        reason: Reason | None = self._over()
        with ThreadPoolExecutor(len(self.states)) as pool:
            while reason is None:
                share = self._share()
                moves = CHUNK if self.stop.iterations is None else min(CHUNK, self.stop.iterations - self.done)
                ahead = self._share(moves)
                hot, cold = (HOT * CENTS * (COLD / HOT) ** x for x in (share, max(ahead, share + 1e-9)))
                list(pool.map(lambda t, h=hot, c=cold, m=moves: self._chunk(t, h, c, m), range(len(self.states))))
                self.done += moves
                self._tell()
                reason = self._over()
        return self._result(reason)

    def _chunk(self, t: int, hot: float, cold: float, moves: int) -> None:
        self.anneal(self.table, self.states[t], self.best[t], self.random[t], hot, cold, moves)

    def _share(self, more: int = 0) -> float:
        """How much of the search is over: with iterations alone never the clock's."""
        shares = []
        if self.stop.iterations is not None:
            shares.append((self.done + more) / self.stop.iterations)
        if self.stop.seconds is not None:
            elapsed = time.monotonic() - self.began
            ahead = elapsed * more / self.done if self.done else 0.0
            shares.append((elapsed + ahead) / self.stop.seconds if self.stop.seconds else 1.0)
        return min(max(shares), 1.0)

    def _over(self) -> Reason | None:
        cost = self._cost()
        if self.stop.cancelled.is_set():
            return "cancelled"
        if cost <= math.ceil(self.bound - 1e-6):
            return "optimal"
        if self.stop.cost is not None and cost <= self.stop.cost * CENTS:
            return "target"
        if self.stop.iterations is not None and self.done >= self.stop.iterations:
            return "iterations"
        if self.stop.seconds is not None and time.monotonic() - self.began >= self.stop.seconds:
            return "time"
        return None

    def _cost(self) -> int:
        return min(int(total[0]) for _, total in self.best)

    def _tell(self) -> None:
        point = Point(
            seconds=time.monotonic() - self.began,
            iterations=self.done * len(self.states),
            cost=self._cost() / CENTS,
            feasible=True,
        )
        if not self.trace or point.cost < self.trace[-1].cost:
            self.trace.append(point)
        self.progress(point)

    def _result(self, reason: Reason) -> Result[Plan]:
        people, total = min(self.best, key=lambda best: int(best[1][0]))
        beds = self.table.choices["bed"]
        plan = tuple(
            Place(i, int(people["day"][i]), int(beds[people["choice"][i]]))
            for i in np.flatnonzero(people["choice"] >= 0).tolist()
        )
        parts = components(self.problem.instance, self.table, people, int(total[0]))
        return Result(
            solution=plan,
            cost=sum(parts.values()),
            components=parts,
            violations={},
            bound=min(self.bound / CENTS, sum(parts.values())),
            trace=tuple(self.trace),
            reason=reason,
            iterations=self.done * len(self.states),
            seconds=time.monotonic() - self.began,
        )


def _scrambled(seed: int, thread: int) -> int:
    """A start for a thread's random numbers, never 0."""
    return int(np.random.SeedSequence([seed, thread]).generate_state(1, np.uint64)[0]) | 1


def components(instance: Instance, table: Table, people: Any, total: int) -> dict[str, float]:
    """What a plan costs, part by part, in points; `total` in CENTS includes the overload."""
    choice, day = people["choice"], people["day"]
    placed, absent = np.flatnonzero(choice >= 0).tolist(), np.flatnonzero(choice < 0).tolist()
    parts = dict.fromkeys(Parts._fields, 0.0) | {"unplaced": 0.0}
    for i in placed:
        chosen = table.choices[choice[i]]
        one = parts_of(instance, i, int(day[i]), int(chosen["place"]), float(chosen["score"]))
        for name, value in one._asdict().items():
            parts[name] += float(value)
    for i in absent:
        parts["unplaced" if i < len(instance.waiting) else "away"] += cost_of_none(instance, i)
    above = total - int(table.choices["cost"][choice[placed]].sum()) - int(table.people["none"][absent].sum())
    return parts | {"overload": above / CENTS}
