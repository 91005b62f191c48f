"""The search for a plan, as every planning problem is searched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from yipan.engine.optimise.admissions.instance import Instance
from yipan.engine.optimise.admissions.table import CENTS, Parts, Table, build, cost_of_none, parts_of
from yipan.engine.optimise.rounds import Rounds
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
        # Here, not above: they bring Numba along, which most processes that know of plans never need.
        from yipan.engine.optimise.admissions.annealing import anneal, begin
        from yipan.engine.optimise.admissions.bound import lower_bound
        from yipan.engine.optimise.admissions.state import new_state
        from yipan.engine.optimise.chance import streams

        self.problem, self.table, self.anneal = problem, table, anneal
        self.states = [new_state(table) for _ in range(threads)]
        order = np.lexsort((np.arange(len(table.people)), -table.people["none"])).astype(np.int64)
        for state in self.states:
            begin(table, state, order)
        self.best = [(s.people.copy(), s.total.copy()) for s in self.states]
        self.random = streams(seed, threads)
        for t in range(threads):  # compile before the clock starts
            anneal(table, self.states[t], self.best[t], self.random[t], 1.0, 1.0, 0)
        self.bound = lower_bound(table, float(self.states[0].total[0]))
        self.rounds = Rounds(
            stop=stop,
            progress=progress,
            threads=threads,
            anneal=self._chunk,
            cost=lambda: min(int(total[0]) for _, total in self.best),
            scale=CENTS,
            chunk=CHUNK,
            hot=HOT,
            cold=COLD,
            bound=self.bound,
        )

    def run(self) -> Result[Plan]:
        return self._result(self.rounds.run())

    def _chunk(self, t: int, hot: float, cold: float, moves: int) -> None:
        self.anneal(self.table, self.states[t], self.best[t], self.random[t], hot, cold, moves)

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
            trace=tuple(self.rounds.trace),
            reason=reason,
            iterations=self.rounds.iterations,
            seconds=self.rounds.seconds,
        )


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
