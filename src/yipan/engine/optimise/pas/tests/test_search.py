"""The search: optimal where the optimum is known, a bound that is one, and the same again for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.engine.optimise import Point, Stop, solve
from yipan.engine.optimise.pas import Pas, read
from yipan.engine.optimise.pas.bounding import bound, certified
from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import TRANSFER, evaluate, violations
from yipan.engine.optimise.pas.instance import Instance
from yipan.engine.optimise.pas.model import Model
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
    """Whatever beds ask, the bound is not above the optimum: no rounding of HiGHS can make it wrong."""
    model = Model.of(instance)
    classes = Classes.in_(model)
    prices = np.random.default_rng(seed).integers(0, 40_000, (len(classes.beds), model.horizon))
    assert certified(model, classes, prices)[0] <= optimum(instance)


def test_a_price_below_nothing_is_refused() -> None:
    """It would prove anything."""
    model = Model.of(read(TEXT.encode()))
    classes = Classes.in_(model)
    with pytest.raises(ValueError, match="never negative"):
        certified(model, classes, np.full((len(classes.beds), model.horizon), -1))


def test_the_bound_knows_transfers() -> None:
    """Bob's specialism changes; the columns generated make the bound at least what whole stays cost, less transfers."""
    model = Model.of(read(TEXT.encode()))
    found = bound(model, Classes.in_(model))
    assert 0 < found.cost <= optimum(read(TEXT.encode()))
    assert TRANSFER > 0


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
