"""The problem as `yipan.engine.optimise.solve` wants it: chains of simulated annealing that meet now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from yipan.engine.optimise.ihtc.chain import COLD, HOT, Chain, Phase
from yipan.engine.optimise.ihtc.evaluating import evaluate
from yipan.engine.optimise.ihtc.instance import Instance
from yipan.engine.optimise.ihtc.reading import read
from yipan.engine.optimise.ihtc.solution import Solution, to_json
from yipan.engine.optimise.ihtc.starting import solution_of
from yipan.engine.optimise.solving import Point, Reason, Result, Stop

LOOK = 0.2
"""Seconds between two reports of progress."""
SLOW_ENOUGH = 1_000_000
"""Changes tried for each person while cooling once."""
MEETING, WARM = 0.7, 0.05
"""When the chains of one long cooling meet; from which heat, in average costs of a stay, the best is annealed again."""


@dataclass(frozen=True, slots=True)
class Ihtc:
    """A problem of the competition; `solve(problem, stop)` plans it."""

    instance: Instance

    @classmethod
    def read(cls, text: str | bytes) -> Ihtc:
        """From the competition's JSON. Raises InvalidInput with the path of what is wrong."""
        return cls(read(text))

    def write(self, solution: Solution) -> str:
        """A solution in the competition's JSON."""
        return to_json(self.instance, solution)

    def search(self, stop: Stop, *, seed: int, threads: int, progress: Callable[[Point], None]) -> Result[Solution]:
        """Anneal in `threads` chains. The clock starts when everything is compiled."""
        return Search(self.instance, stop, seed=seed, threads=threads, progress=progress).run()


class Search:
    """One run: its chains, its clock, and what it told."""

    def __init__(
        self, instance: Instance, stop: Stop, *, seed: int, threads: int, progress: Callable[[Point], None]
    ) -> None:
        self.instance, self.stop, self.progress = instance, stop, progress
        warm_up(instance)
        self.started = time.monotonic()
        seeds = np.random.SeedSequence(seed).generate_state(threads, np.uint64)
        self.chains = [Chain.begin(instance, int(number)) for number in seeds]
        self.trace: list[Point] = []

    def run(self) -> Result[Solution]:
        """Phase after phase; in some, all chains go on from the best plan."""
        with ThreadPoolExecutor(len(self.chains)) as pool:
            for phase in phases(self.chains[0].scale, self._cycles()):
                if phase.follows:
                    best = self._leader()
                    for chain in self.chains:
                        chain.follow(best)
                self._watch([pool.submit(chain.go, phase, self._passed, self._ended) for chain in self.chains])
        return self._result()

    def _watch(self, running: list[Future[None]]) -> None:
        """Report until all chains have done their phase; an error of one is raised here."""
        while True:
            _, still = wait(running, timeout=LOOK)
            self._report()
            if not still:
                break
        for future in running:
            future.result()

    def _report(self) -> None:
        missing, cost = self._leader().best
        point = Point(seconds=self._seconds(), iterations=self._tried(), cost=cost, feasible=missing == 0)
        if not self.trace or (self.trace[-1].cost, self.trace[-1].feasible) != (cost, missing == 0):
            self.trace.append(point)
        self.progress(point)

    def _cycles(self) -> int:
        """How often the time suffices for a cooling that is slow enough; small problems gain by starting anew."""
        tries = self.stop.iterations or np.inf
        if self.stop.seconds:
            tries = min(tries, self.stop.seconds * self.chains[0].speed())
        return max(1, int(tries / (SLOW_ENOUGH * len(self.chains[0].state.place))))

    def _seconds(self) -> float:
        return time.monotonic() - self.started

    def _tried(self) -> int:
        return sum(chain.tried for chain in self.chains)

    def _passed(self, tried: int) -> float:
        """Which fraction of the search is over for a chain: of its changes, or of the time, whichever is more."""
        by_tries = tried / self.stop.iterations if self.stop.iterations else 0.0
        by_time = self._seconds() / self.stop.seconds if self.stop.seconds else 0.0
        return max(by_tries, by_time)

    def _reached(self) -> bool:
        missing, cost = self._leader().best
        return self.stop.cost is not None and missing == 0 and cost <= self.stop.cost

    def _ended(self) -> bool:
        return self.stop.cancelled.is_set() or self._reached()

    def _leader(self) -> Chain:
        return min(self.chains, key=lambda chain: chain.best)

    def _result(self) -> Result[Solution]:
        best = self._leader().state
        solution = solution_of(self.instance, best.best_place, best.best_nurse)
        found = evaluate(self.instance, solution)
        return Result(
            solution=solution,
            cost=found.cost,
            components={name: float(cost) for name, cost in found.components.items()},
            violations=found.violations,
            bound=None,
            trace=tuple(self.trace),
            reason=self._reason(),
            iterations=self._tried(),
            seconds=self._seconds(),
        )

    def _reason(self) -> Reason:
        if self._reached():
            return "target"
        if self.stop.cancelled.is_set():
            return "cancelled"
        if self.stop.iterations and self._tried() >= self.stop.iterations * len(self.chains):
            return "iterations"
        return "time"


def phases(scale: float, cycles: int) -> list[Phase]:
    """One long cooling, in whose last part every chain goes on from the best; or several, and one from the best."""
    hot, cold = HOT * scale, COLD * scale
    if cycles == 1:
        whole = Phase(0.0, 1.0, hot, cold)
        between = whole.temperature(MEETING)
        return [Phase(0.0, MEETING, hot, between), Phase(MEETING, 1.0, between, cold, follows=True)]
    ends = np.linspace(0.0, 1.0, cycles + 2)
    again = [Phase(begin, end, hot, cold) for begin, end in pairwise(ends[:-1])]
    return [*again, Phase(ends[-2], 1.0, WARM * scale, cold, follows=True)]


def warm_up(instance: Instance) -> None:
    """Compile before a clock runs: once for a machine, then from the cache."""
    chain = Chain.begin(instance, 0)
    chain.follow(chain)
    chain.go(Phase(0.0, 1.0, 1.0, 1.0), lambda tried: float(tried > 0), lambda: False)
