"""The search: optimal where the optimum is known, a bound that is one, and the same again for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yipan.engine.optimise import Point, Stop, solve
from yipan.engine.optimise.pas import Pas, read
from yipan.engine.optimise.pas.annealing import Annealer, menus
from yipan.engine.optimise.pas.bounding import Bounding, Prices, bound, certified
from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.cuts import Cut, broken
from yipan.engine.optimise.pas.evaluating import evaluate, violations
from yipan.engine.optimise.pas.instance import Instance
from yipan.engine.optimise.pas.model import Model
from yipan.engine.optimise.pas.polishing import Polish
from yipan.engine.optimise.pas.starting import start
from yipan.engine.optimise.pas.tests.instances import TEXT, instances
from yipan.engine.optimise.pas.tests.oracle import optimum


@settings(max_examples=25)
@given(instances())
def test_small_instances_are_solved_to_the_optimum(instance: Instance) -> None:
    """CP-SAT proves the optimum from the rules; the search finds it, and no bound is above it."""
    best = optimum(instance)
    result = solve(Pas(instance), Stop(iterations=60_000, cost=best / 10), seed=1, threads=1)
    assert not any(violations(instance, result.solution).values())
    assert round(10 * result.cost) == sum(evaluate(instance, result.solution).values()) == best
    assert result.bound is not None
    assert result.bound <= best / 10
    assert sum(result.components.values()) == pytest.approx(result.cost)


@settings(max_examples=40)
@given(instances(), st.integers(0, 2**32))
def test_any_prices_prove_a_bound(instance: Instance, seed: int) -> None:
    """Whatever beds and cuts ask, the bound is not above the optimum: no rounding of HiGHS can make it wrong."""
    model = Model.of(instance)
    classes = Classes.in_(model)
    chance = np.random.default_rng(seed)
    beds = chance.integers(0, 40_000, (len(classes.beds), model.horizon))
    cuts = broken(model, classes, chance.random((len(model.price), len(classes.beds))))
    asked = [int(price) for price in chance.integers(0, 30_000, len(cuts))]
    prices = Prices(beds, tuple(zip(cuts, asked, strict=True)))
    assert certified(model, classes, prices)[0] <= optimum(instance)


@settings(max_examples=60)
@given(instances(most_rooms=3), st.integers(0, 2**32))
def test_no_plan_breaks_a_cut(instance: Instance, seed: int) -> None:
    """Any plan at all keeps every cut, when those who lie with the other sex are taken off."""
    model = Model.of(instance)
    assume(model.patients)
    classes = Classes.in_(model)
    chance = np.random.default_rng(seed)
    nothing = Prices(np.zeros((len(classes.beds), model.horizon), np.int64))
    annealer = Annealer(model, start(model), menus(model, classes, nothing), (seed,))
    annealer.step(500, 1000.0)
    lying = annealer.lying
    sexes = np.repeat(model.sex, np.diff(model.offset))
    for cut in broken(model, classes, chance.random((len(model.price), len(classes.beds)))):
        at, night = cut.place
        fewer = [0, 0]
        for room in np.flatnonzero(classes.of == at):
            heads = [np.count_nonzero((lying == room) & (model.nights == night) & (sexes == sex)) for sex in (0, 1)]
            sex = int(heads[0] > heads[1])
            fewer[sex] += heads[sex]
        there = zip(cut.stays, cut.weights, strict=True)
        left = sum(int(weight) for stay, weight in there if classes.of[lying[stay]] == at)
        assert left <= cut.limit + cut.mixing[0] * fewer[0] + cut.mixing[1] * fewer[1]


@pytest.mark.parametrize("where", ["beds", "cuts"])
def test_a_price_below_nothing_is_refused(where: str) -> None:
    """It would prove anything."""
    model = Model.of(read(TEXT.encode()))
    classes = Classes.in_(model)
    beds = np.zeros((len(classes.beds), model.horizon), np.int64)
    cut = Cut(place=(0, 0), stays=np.array([0], np.int32), weights=np.array([1], np.int32), limit=1, mixing=(1, 1))
    prices = Prices(beds - 1) if where == "beds" else Prices(beds, ((cut, -1),))
    with pytest.raises(ValueError, match="never negative"):
        certified(model, classes, prices)


def test_cuts_better_the_bound() -> None:
    """Three women and a man in two rooms of two: by beds alone they fit, by sex one must go elsewhere or mix."""
    text = TEXT[: TEXT.index("ROOMS:")].replace("Rooms: 3", "Rooms: 3").replace("Beds: 4", "Beds: 6")
    text = text.replace("Patients: 5", "Patients: 4").replace("Planning horizon: 3", "Planning horizon: 1")
    text += "ROOMS:\n1 11 | 2 | 2 | D | 1 2 0 0 | 1 1\n2 12 | 2 | 2 | D | 1 2 0 0 | 1 1\n"
    text += "3 13 | 2 | 2 | D | 3 2 0 0 | 1 1\n\nBEDS:\n1 1\n2 1\n3 2\n4 2\n5 3\n6 3\n\nPATIENTS:\n"
    text += "".join(f"{i} P{i} 30 {sex} | 0 1 | 1 2 1 | 2 | 0 0 | 0 0\n" for i, sex in enumerate("FFFM", 1)) + "END.\n"
    instance = read(text.encode())
    model = Model.of(instance)
    classes = Classes.in_(model)
    bounding = Bounding(model, classes)
    bounding.step()
    assert bounding.best.cost == 0
    assert bound(model, classes).cost == optimum(instance) == 20


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
