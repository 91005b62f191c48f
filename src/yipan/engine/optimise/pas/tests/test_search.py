"""The search: optimal where the optimum is known, a bound that is one, and the same again for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.engine.optimise import Point, Stop, solve
from yipan.engine.optimise.pas import Pas, problem, read
from yipan.engine.optimise.pas.annealing import ANYTHING, MENU, MIXTURE, Annealer, Cooling, menus
from yipan.engine.optimise.pas.bounding import Bounding, Prices, bound, certified
from yipan.engine.optimise.pas.bundling import PARTS, Blocks
from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import evaluate, violations
from yipan.engine.optimise.pas.instance import Instance
from yipan.engine.optimise.pas.model import Model
from yipan.engine.optimise.pas.polishing import Polish
from yipan.engine.optimise.pas.solver import solver
from yipan.engine.optimise.pas.starting import start
from yipan.engine.optimise.pas.tests.instances import TEXT, instances, mixing
from yipan.engine.optimise.pas.tests.oracle import optimum


@settings(max_examples=25)
@given(instances())
def test_small_instances_are_solved_to_the_optimum(instance: Instance) -> None:
    """CP-SAT proves the optimum from the rules; the search finds it, and no bound is above it."""
    best = optimum(instance)
    result = solve(Pas(instance), Stop(iterations=1_000_000, cost=best / 10), seed=1, threads=1)
    assert not any(violations(instance, result.solution).values())
    assert round(10 * result.cost) == sum(evaluate(instance, result.solution).values()) == best
    assert result.bound is not None
    assert result.bound <= best / 10
    assert sum(result.components.values()) == pytest.approx(result.cost)


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_mixed_room_may_change_whom_it_mixes(seed: int) -> None:
    """Who comes in exchange for somebody of the other sex is looked at, also late, where coming alone is hopeless."""
    result = solve(Pas(mixed := mixing()), Stop(iterations=1_000_000, cost=9.8), seed=seed, threads=1)
    assert result.cost == optimum(mixed) / 10 == 9.8


@settings(max_examples=40)
@given(instances(), st.integers(0, 2**32))
def test_any_prices_prove_a_bound(instance: Instance, seed: int) -> None:
    """Whatever beds ask and nights are worth, the bound is not above the optimum: no rounding can make it wrong."""
    model = Model.of(instance)
    classes = Classes.in_(model)
    chance = np.random.default_rng(seed)
    best = optimum(instance)
    prices = Prices(chance.integers(0, 40_000, (len(classes.beds), model.horizon)))
    assert certified(model, classes, prices)[0] <= best
    blocks = Blocks(model, classes)
    for low, high in ((-20_000, 60_000), (0, 200_000)):
        worth = chance.integers(low, high, len(model.price))
        assert blocks.total(worth, blocks.answer(worth)) <= best * PARTS


def test_a_price_below_nothing_is_refused() -> None:
    """It would prove anything."""
    model = Model.of(read(TEXT.encode()))
    classes = Classes.in_(model)
    with pytest.raises(ValueError, match="never negative"):
        certified(model, classes, Prices(np.full((len(classes.beds), model.horizon), -1, np.int64)))


def test_a_bound_that_knows_rooms_is_better() -> None:
    """A woman on nights 0 and 1 and a man on nights 1 and 2 in a room of two: beds suffice, but one must leave."""
    text = TEXT[: TEXT.index("ROOMS:")].replace("Rooms: 3", "Rooms: 2").replace("Patients: 5", "Patients: 2")
    text += "ROOMS:\n1 11 | 2 | 2 | D | 1 2 0 0 | 1 1\n2 12 | 2 | 2 | D | 3 2 0 0 | 1 1\n\n"
    text += "BEDS:\n1 1\n2 1\n3 2\n4 2\n\nPATIENTS:\n"
    text += "1 Ann 30 F | 0 2 | 1 2 2 | 2 | 0 0 | 0 0\n2 Bob 30 M | 1 3 | 1 2 2 | 2 | 0 0 | 0 0\nEND.\n"
    instance = read(text.encode())
    model = Model.of(instance)
    classes = Classes.in_(model)
    bounding = Bounding(model, classes)
    bounding.step()
    assert bounding.cost == 0
    assert bound(model, classes).cost == optimum(instance) > 0


def test_a_polish_never_makes_it_worse() -> None:
    """From any plan the programme gives one that keeps the rules and costs no more where no night is mixed."""
    model = Model.of(read(TEXT.encode()))
    classes = Classes.in_(model)
    found = bound(model, classes)
    first = start(model)
    better = Polish(model, classes, found.prices).better(first)
    costs = [sum(evaluate(read(TEXT.encode()), model.plan(lying)).values()) for lying in (first, better)]
    assert costs[1] <= costs[0]
    assert not any(violations(read(TEXT.encode()), model.plan(better)).values())


def test_rooms_of_the_mixture_are_proposed_more_often() -> None:
    """Where a patient lies in the best mixture of schedules takes its share of the proposals; no room is left out."""
    model = Model.of(read(TEXT.encode()))
    classes = Classes.in_(model)
    found = bound(model, classes)
    for at in range(len(classes.beds)):
        lies = np.zeros_like(found.lies)
        lies[:, at] = 1
        for proposed in menus(model, classes, replace(found, lies=lies)):
            assert np.mean(classes.of[proposed] == at) >= MIXTURE * (1 - ANYTHING) - 1 / MENU
            assert set(proposed) == set(range(len(model.capacity)))


def test_all_threads_go_on_from_the_best_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the second thread finds in the first round is where both begin the next."""
    instance = read(TEXT.encode())
    model = Model.of(instance)
    better = start(model)
    lost = Annealer(model, better, menus(model, Classes.in_(model), bound(model, Classes.in_(model))), (1,))
    costs = [0, 0]
    while costs[0] <= costs[1]:
        lost.step(1, 1000.0)
        costs = [sum(evaluate(instance, model.plan(lying)).values()) for lying in (lost.lying, better)]
    first = lost.lying
    begun: list[list[int]] = []

    def run(self: Annealer, cooling: Cooling, share: Callable[[int], float]) -> None:
        begun.append(self.lying.tolist())
        if len(begun) == 2:
            self.take(better)

    monkeypatch.setattr(Annealer, "run", run)
    monkeypatch.setattr(problem, "start", lambda model: first)
    monkeypatch.setattr(problem, "bound", lambda model, classes, **_: replace(bound(model, classes), cost=-1))
    monkeypatch.setattr(Polish, "better", lambda self, lying, **_: lying)
    solve(Pas(instance), Stop(iterations=10_000), threads=2)
    assert begun[:2] == [first.tolist()] * 2
    assert begun[2:4] == [better.tolist()] * 2
    assert begun[:2] != begun[2:4]


def test_a_solver_can_be_interrupted() -> None:
    """HiGHS in the middle of a linear programme ends as soon as somebody cancels."""
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 5

    highs = solver(cancelled)
    chance = np.random.default_rng(1)
    rows = [np.sort(chance.choice(200, 8, replace=False)).astype(np.int32) for _ in range(600)]
    nothing = np.zeros(0)
    highs.addRows(
        200, np.ones(200), np.full(200, np.inf), 0, np.zeros(200, np.int32), nothing.astype(np.int32), nothing
    )
    highs.addCols(
        600, chance.random(600), np.zeros(600), np.full(600, np.inf), 4800,
        np.arange(0, 4800, 8, dtype=np.int32), np.concatenate(rows), chance.random(4800) + 0.1,
    )  # fmt: skip
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInterrupt
    assert len(asked) == 6


def test_the_same_seed_finds_the_same_plan() -> None:
    """With iterations only, seed and threads decide; the trace falls and ends at the cost."""
    runs = [solve(Pas(read(TEXT.encode())), Stop(iterations=20_000), seed=3, threads=2) for _ in range(2)]
    assert runs[0].solution == runs[1].solution
    assert runs[0].cost == runs[1].cost == runs[0].trace[-1].cost
    costs = [point.cost for point in runs[0].trace]
    assert costs == sorted(costs, reverse=True)


def test_it_stops_when_it_is_told() -> None:
    """Cancelled before it begins it still gives a plan that keeps the rules, and tells where it is."""
    stop = Stop(seconds=600)
    stop.cancelled.set()
    points: list[Point] = []
    result = solve(Pas(read(TEXT.encode())), stop, progress=points.append)
    assert result.feasible
    assert result.reason in ("cancelled", "optimal")
    assert points


def test_a_house_without_patients() -> None:
    """Nothing to plan costs nothing, and that is proven."""
    text = TEXT[: TEXT.index("1 Ann")].replace("Patients: 5", "Patients: 0") + "END.\n"
    result = solve(Pas(read(text.encode())), Stop(seconds=60))
    assert (result.cost, result.bound, result.reason, result.solution) == (0, 0, "optimal", {})
