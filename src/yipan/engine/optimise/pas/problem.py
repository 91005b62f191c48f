"""The search for a plan: prices for beds first, then annealing in as many threads as are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial

from yipan.engine.optimise.pas.annealing import Annealer, Cooling, menus, warm_up
from yipan.engine.optimise.pas.bounding import Bound, bound
from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.clock import Clock
from yipan.engine.optimise.pas.evaluating import Plan, evaluate, violations
from yipan.engine.optimise.pas.instance import Instance
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.polishing import Polish
from yipan.engine.optimise.pas.starting import start
from yipan.engine.optimise.solving import Point, Result, Stop

TENTHS = 10
LOOK_SECONDS = 0.25
BOUND_SHARE = 0.25
"""Of the time, the most that each of the two parts of the bound may take; on a free machine neither needs it."""
ROUNDS = (
    (0.65, Cooling(hot=10.0, cold=2.0, soft=5.0)),
    (0.80, Cooling(hot=5.0, cold=2.0, soft=15.0)),
    (0.95, Cooling(hot=5.0, cold=2.0, soft=15.0)),
)
"""Until which share of the time each round anneals; after it the plan is polished."""
RESERVE = 1.5
"""Of the longest polish until then, what is kept free for the last."""


@dataclass(frozen=True)
class Pas:
    """An instance that knows how to be searched; costs are told in the units of the benchmark, not in tenths."""

    instance: Instance

    def search(self, stop: Stop, *, seed: int, threads: int, progress: Callable[[Point], None]) -> Result[Plan]:
        """Search until `stop`. With iterations and without seconds the same seed and threads give the same plan."""
        model = Model.of(self.instance)
        warm_up(model)
        search = _Search(model, Clock(stop), progress)
        lying = search.run(seed, threads)
        plan = model.plan(lying)
        components = evaluate(self.instance, plan)
        cost = sum(components.values())
        return Result(
            solution=plan,
            cost=cost / TENTHS,
            components={name: part / TENTHS for name, part in components.items()},
            violations=violations(self.instance, plan),
            bound=search.bound.cost / TENTHS,
            trace=tuple(search.trace),
            reason=search.clock.reason(cost=cost / TENTHS, bound=search.bound.cost / TENTHS),
            iterations=search.moves,
            seconds=search.clock.seconds(),
        )


class _Search:
    """One run: what is known so far, and what has been told."""

    bound: Bound
    moves = 0

    def __init__(self, model: Model, clock: Clock, progress: Callable[[Point], None]) -> None:
        self.model = model
        self.clock = clock
        self.trace: list[Point] = []
        self._progress = progress

    def run(self, seed: int, threads: int) -> Ints:
        """The best plan, as a room for each of the stays."""
        first = start(self.model)
        classes = Classes.in_(self.model)
        left = self.clock.left()
        limit = None if left is None else left * BOUND_SHARE
        self.bound = bound(self.model, classes, seconds=limit, threads=threads, cancelled=self.clock.cancelled)
        menu = menus(self.model, classes, self.bound)
        polish = Polish(self.model, classes, self.bound.prices, self.clock.cancelled)
        crew = [Annealer(self.model, first, menu, (seed, thread)) for thread in range(threads)]
        self._tell(crew)
        if self.model.patients:
            self._together(crew, polish)
        return min(crew, key=lambda each: each.best_cost).best

    def _together(self, crew: list[Annealer], polish: Polish) -> None:
        """Anneal and polish in turn, each annealer in a thread of its own, each time from the best plan of all."""
        begin, took = self.clock.share(0), 0.0
        with ThreadPoolExecutor(len(crew)) as pool:
            for wanted, cooling in ROUNDS:
                end = min(wanted, self.clock.before_end(RESERVE * took))
                if end <= begin:
                    continue
                best = min(crew, key=lambda each: each.best_cost).best
                for each in crew:
                    each.take(best)
                self._wait((pool.submit(self._anneal, each, cooling, begin, end) for each in crew), crew)
                before = self.clock.seconds()
                self._wait((pool.submit(self._polish, each, polish, took) for each in crew), crew)
                took = max(took, self.clock.seconds() - before)
                begin = max(end, self.clock.share(crew[0].moves))

    def _wait(self, running: Iterable[Future[None]], crew: list[Annealer]) -> None:
        """Until all are done; meanwhile tell."""
        left = set(running)
        while left:
            done, left = wait(left, timeout=LOOK_SECONDS)
            for each in done:
                each.result()
            self._tell(crew)

    def _anneal(self, annealer: Annealer, cooling: Cooling, begin: float, end: float) -> None:
        annealer.run(cooling, partial(self._share, annealer, begin, end))

    def _polish(self, annealer: Annealer, polish: Polish, took: float) -> None:
        """Polish the best of one thread, unless there is less time than it took before."""
        left = self.clock.left()
        if not self._over(annealer) and (left is None or left > took):
            annealer.take(polish.better(annealer.best, seconds=left))

    def _share(self, annealer: Annealer, begin: float, end: float, moves: int) -> float:
        """Of the round that lasts from `begin` to `end`."""
        return 1.0 if self._over(annealer) else (self.clock.share(moves) - begin) / (end - begin)

    def _over(self, annealer: Annealer) -> bool:
        """Whether nobody looks further: told so, proven, or good enough."""
        enough = annealer.best_cost <= self.bound.cost or self.clock.reached(annealer.best_cost / TENTHS)
        return enough or self.clock.cancelled()

    def _tell(self, crew: list[Annealer]) -> None:
        self.moves = sum(each.moves for each in crew)
        cost = min(each.best_cost for each in crew) / TENTHS
        point = Point(seconds=self.clock.seconds(), iterations=crew[0].moves, cost=cost, feasible=True)
        if not self.trace or cost < self.trace[-1].cost:
            self.trace.append(point)
        self._progress(point)
