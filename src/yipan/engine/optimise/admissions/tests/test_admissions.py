"""A plan keeps the rules of placement, costs what it says, and is the best one where that can be known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.engine.optimise import Result, Stop, solve
from yipan.engine.optimise.admissions import Admissions, Instance, Outlier, Plan, Waiting
from yipan.engine.optimise.admissions.table import build
from yipan.engine.optimise.admissions.tests import oracle
from yipan.engine.optimise.admissions.tests.instances import (
    ALLY,
    DAY,
    OWN,
    empty,
    man,
    random_instance,
    small,
    until,
    ward_plan,
)
from yipan.engine.placement import rank
from yipan.engine.placement.codes import Isolation, Sex, Urgency
from yipan.engine.placement.tests.networks import KIN

SEEDS = st.integers(0, 100_000)


def search(instance: Instance, moves: int = 3000, **more: Any) -> Result[Plan]:
    return solve(Admissions(instance), Stop(iterations=moves), **more)


@given(SEEDS)
@settings(max_examples=30)
def test_everything_that_is_proposed_is_accepted_by_rank(seed: int) -> None:
    """In networks with anything in them, `rank` takes each place of a plan with all the rest of the plan booked."""
    instance = random_instance(seed)
    assert oracle.refusals(instance, search(instance).solution) == {}


@given(SEEDS)
@settings(max_examples=20)
def test_the_table_holds_what_rank_accepts_and_nothing_else(seed: int) -> None:
    """A person's choices on a day are the beds that `rank` accepts in that day's network, with its tiers and scores."""
    instance = random_instance(seed, outliers=0)
    table = build(instance)
    for row in range(len(instance)):
        for day in range(instance.days):
            chosen = slice(table.start[row, day], table.start[row, day + 1])
            ranking = rank(oracle.world(instance, day), instance.need_on(row, day), instance.policy_of(row))
            accepted = ranking.order[ranking.result.ready[ranking.order] <= 0] if day in instance.days_of(row) else []
            assert sorted(table.choices["bed"][chosen].tolist()) == sorted(int(bed) for bed in accepted)
            assert [ranking.score(bed) for bed in table.choices["bed"][chosen].tolist()] == table.choices["score"][
                chosen
            ].tolist()


@given(SEEDS)
@settings(max_examples=20)
def test_a_plan_costs_what_it_says(seed: int) -> None:
    """The sum of a result's components is the cost that a plain reading of the plan finds; the bound is no more."""
    instance = random_instance(seed)
    result = search(instance, moves=500)
    assert result.cost == pytest.approx(sum(result.components.values()))
    assert result.cost == pytest.approx(oracle.cost(instance, result.solution), abs=0.01 * len(instance) + 0.01)
    assert result.bound is not None
    assert result.bound <= result.cost + 1e-9


@pytest.mark.parametrize("seed", range(8))
def test_small_plans_are_the_best_there_are(seed: int) -> None:
    """Of all plans that `rank` allows none is cheaper, and none is below the bound."""
    instance = random_instance(seed, size=9, waiting=2, outliers=1, days=2)
    best = min(oracle.cost(instance, plan) for plan in oracle.plans(instance) if not oracle.refusals(instance, plan))
    result = search(instance)
    assert result.cost == pytest.approx(best, abs=0.05)
    assert result.bound is not None
    assert result.bound <= best + 0.05


def test_the_urgent_come_first() -> None:
    """Of two who want the one bed the urgent one comes at once and the other when the bed is free again."""
    waiting = [Waiting(man()), Waiting(man(urgency=Urgency.URGENT))]
    result = search(small(ward_plan(), waiting, days=6))
    days = {place.row: place.day for place in result.solution}
    assert days == {1: 0, 0: 3}
    assert {place.bed for place in result.solution} == {2 * OWN + 1}


def test_a_room_is_shared_by_one_sex_on_every_day() -> None:
    """A woman comes into the double room only once the man beside her has left, though the bed is free today."""
    plan = ward_plan()
    until(plan, 2 * OWN, 2 * DAY + 600)
    result = search(small(plan, [Waiting(man(sex=Sex.FEMALE))]))
    (place,) = result.solution
    assert place.day == 2


def test_two_with_different_infections_never_share() -> None:
    """Two who are isolated for different pathogens are never in a room of two at once."""
    plan = ward_plan()
    empty(plan, 2 * OWN)
    ill = [Waiting(man(isolation=Isolation.CONTACT, pathogen=n)) for n in (1, 2)]
    days = sorted(place.day for place in search(small(plan, ill, days=6)).solution)
    assert days == [0, 2]
    together = [Waiting(man(isolation=Isolation.CONTACT, pathogen=1)) for _ in range(2)]
    assert [place.day for place in search(small(plan, together, days=6)).solution] == [0, 0]


def test_an_outlier_goes_home_when_a_bed_is_there() -> None:
    """Whoever lies in the ally's ward moves into the own ward's bed, and the cost tells move and gain apart."""
    plan = ward_plan()
    result = search(small(plan, [], [Outlier(man(current_bed=2 * ALLY), until=20 * DAY)]))
    assert [(place.day, place.bed) for place in result.solution] == [(0, 2 * OWN + 1)]
    assert result.components["transfers"] == 5.0
    assert result.components["repatriation"] < 0


def test_a_move_makes_room_for_somebody_on_the_next_day() -> None:
    """The bed that an outlier leaves is clean and taken on the day after; nobody needs it to be announced."""
    plan = ward_plan()
    waiting = [Waiting(man(department=ALLY, urgency=Urgency.URGENT, stay_days=10))]
    result = search(small(plan, waiting, [Outlier(man(current_bed=2 * ALLY), until=20 * DAY)]))
    assert {(place.row, place.day, place.bed) for place in result.solution} == {(1, 0, 2 * OWN + 1), (0, 1, 2 * ALLY)}


def test_a_reserve_stays_free_on_every_day() -> None:
    """A ward that keeps one bed for emergencies takes one of two."""
    plan = ward_plan()
    for bed in (2 * KIN, 2 * KIN + 1):
        empty(plan, bed)
    plan.wards[KIN]["reserve"] = 1
    waiting = [Waiting(man(department=KIN, stay_days=9)) for _ in range(2)]
    result = search(small(plan, waiting))
    assert sum(place.bed in (2 * KIN, 2 * KIN + 1) for place in result.solution) == 1


def test_the_same_seed_gives_the_same_plan() -> None:
    """Stopped by iterations, the answer depends on seed and threads alone."""
    instance = random_instance(7, size=40, waiting=25)
    one, again = (search(instance, moves=20_000, seed=3, threads=2) for _ in range(2))
    assert one.solution == again.solution
    assert one.iterations == again.iterations


def test_a_search_can_be_stopped() -> None:
    """A search that is called off at its first word returns the plan it has, and says so."""
    instance, stop = random_instance(5, size=40, waiting=25), Stop(seconds=3600)
    result = solve(Admissions(instance), stop, progress=lambda point: stop.cancelled.set())
    assert result.reason in ("cancelled", "optimal")
    assert oracle.refusals(instance, result.solution) == {}


def test_nobody_waits_and_nothing_is_planned() -> None:
    """A network in which nobody waits has an empty plan, proven to be the best."""
    result = search(small(ward_plan(), []))
    assert (result.solution, result.cost, result.reason) == ((), 0.0, "optimal")


def test_what_does_not_fit_is_named() -> None:
    """An instance with a bed in which nobody lies, or with no days, is refused with the reason."""
    plan = ward_plan()
    with pytest.raises(ValueError, match="bed 1"):
        small(plan, [], [Outlier(man(current_bed=2 * OWN + 1), until=DAY)])
    with pytest.raises(ValueError, match="days"):
        small(plan, [], days=0)


def test_costs_are_whole_hundredths() -> None:
    """The table's costs are exact integers, cheapest first within a day."""
    table = build(random_instance(11))
    for row in range(len(table.people)):
        for day in range(table.start.shape[1] - 1):
            costs = table.choices["cost"][table.start[row, day] : table.start[row, day + 1]]
            assert (np.diff(costs) >= 0).all()
