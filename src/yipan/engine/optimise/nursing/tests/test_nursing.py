"""A roster keeps its rules, costs what it says, and is the best one where that can be known."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.engine.optimise import Result, Stop, solve
from yipan.engine.optimise.nursing import Guest, Nurse, Nursing, Prices, Room, Roster, Rules, Week, write
from yipan.engine.optimise.nursing.evaluating import costs, violations
from yipan.engine.optimise.nursing.tests.weeks import SHIFTS, random_week, two_nurses

SEEDS = st.integers(0, 100_000)


def search(week: Week, moves: int = 20_000, **more: Any) -> Result[Roster]:
    return solve(Nursing(week), Stop(iterations=moves), **more)


@given(SEEDS, st.integers(1, 400))
@settings(max_examples=60)
def test_every_step_costs_what_a_plain_reading_finds(seed: int, moves: int) -> None:
    """After any number of moves, each component is that of the evaluator, and no hard rule is broken."""
    week = random_week(seed)
    result = search(week, moves)
    works, cover = result.solution.works, result.solution.cover
    assert result.components == pytest.approx(costs(week, works, cover))
    assert result.cost == pytest.approx(sum(result.components.values()))
    assert violations(week, works, cover) == dict.fromkeys(result.violations, 0)


def every_roster(week: Week) -> float:
    """The least cost of all rosters that keep the rules, by trying them all."""
    nurses, slots, rooms = len(week.nurses), week.slots, len(week.rooms)
    best = float("inf")
    for bits in itertools.product((False, True), repeat=nurses * slots):
        works = np.array(bits).reshape(nurses, slots)
        if any(violations(week, works, np.full((rooms, slots), -1)).values()):
            continue
        options = [[-1, *np.flatnonzero(works[:, s]).tolist()] for _ in range(rooms) for s in range(slots)]
        for chosen in itertools.product(*options):
            best = min(best, sum(costs(week, works, np.array(chosen).reshape(rooms, slots)).values()))
    return best


@pytest.mark.parametrize("seed", range(6))
def test_small_weeks_are_solved_to_the_best(seed: int) -> None:
    """No roster of a small week is cheaper than the one that was found."""
    week = random_week(seed, days=2, rooms=2, nurses=2)
    week = Week(2, SHIFTS[:1], week.rooms, week.nurses, week.minutes, week.skill, (1,), week.rules, week.prices)
    kept = tuple(
        Nurse(n.name, n.skill, n.contract, n.most, n.load, frozenset(s for s in n.off if s < 2)) for n in week.nurses
    )
    week = Week(2, SHIFTS[:1], week.rooms, kept, week.minutes, week.skill, (1,), week.rules, week.prices)
    assert search(week).cost == pytest.approx(every_roster(week))


def test_a_patient_keeps_the_nurse() -> None:
    """Two nurses with two rooms on two days keep one room each, and nothing is left to pay for."""
    result = search(two_nurses())
    assert (result.cost, result.reason) == (0.0, "optimal")
    assert all(len(set(row)) == 1 for row in result.solution.cover.tolist())


def test_nobody_works_without_rest() -> None:
    """After a late shift nobody has the next early one when eleven hours of rest are asked."""
    nurses = (Nurse("N", 3, 2, 2, 600),)
    guests = (Guest("P", "2", 0, 1),)
    week = two_nurses(
        shifts=SHIFTS[:2],
        rooms=(Room("R", guests),),
        nurses=nurses,
        minutes=dict.fromkeys(("special", "1", "2", "3"), (60, 60)),
        least=(0, 0),
        prices=Prices(uncovered=1, fairness=100),
    )
    assert week.apart(1, 2)
    assert not week.apart(0, 2)
    works = search(week).solution.works[0].tolist()
    assert works.count(True) == 2
    assert not (works[1] and works[2])


def test_the_ill_get_the_skilled() -> None:
    """The room with special care goes to the nurse who has the skill for it."""
    rooms = (Room("R0", (Guest("P", "special", 0, 1),)), Room("R1", (Guest("Q", "3", 0, 1),)))
    nurses = (Nurse("junior", 1, 2, 2, 300), Nurse("senior", 3, 2, 2, 300))
    result = search(two_nurses(rooms=rooms, nurses=nurses))
    assert result.solution.cover[0].tolist() == [1, 1]
    assert result.components["skill"] == 0


def test_the_present_roster_stays_where_nothing_speaks_against_it() -> None:
    """Who has a roster keeps it; a day off that was granted since is the only change."""
    nurses = tuple(
        Nurse(f"N{k}", 2, 2, 3, 400, off=frozenset({0}) if k == 0 else frozenset(), present=frozenset({0, 1}))
        for k in range(3)
    )
    result = search(two_nurses(nurses=nurses, rules=Rules(0, 5)))
    changed = [sorted(np.flatnonzero(row).tolist()) for row in result.solution.works]
    assert changed[1:] == [[0, 1], [0, 1]]
    assert 0 not in changed[0]


def test_the_same_seed_gives_the_same_roster() -> None:
    """Stopped by iterations, the answer depends on seed and threads alone."""
    week = random_week(3, days=7, rooms=12, nurses=14)
    one, again = (search(week, 15_000, seed=5, threads=2) for _ in range(2))
    assert (one.solution.works == again.solution.works).all()
    assert (one.solution.cover == again.solution.cover).all()


def test_a_roster_is_written_for_people() -> None:
    """The file names each nurse's shifts by day and each room's nurse by shift."""
    week = two_nurses()
    told = json.loads(write(week, search(week).solution))
    assert told["nurses"] == {"N0": ["early", "early"], "N1": ["early", "early"]}
    assert [(row["day"], row["shift"], set(row["rooms"])) for row in told["rooms"]] == [
        (1, "early", {"R0", "R1"}),
        (2, "early", {"R0", "R1"}),
    ]
    assert {nurse for row in told["rooms"] for nurse in row["rooms"].values()} <= set(told["nurses"])
