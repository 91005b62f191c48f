"""The compiled search keeps the same accounts as the plain evaluator, move by move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.engine.optimise.ihtc import evaluate
from yipan.engine.optimise.ihtc.annealing import KINDS, anneal
from yipan.engine.optimise.ihtc.instance import Instance
from yipan.engine.optimise.ihtc.reading import read
from yipan.engine.optimise.ihtc.starting import restore, solution_of, start
from yipan.engine.optimise.ihtc.tables import COST, COUNT, FIRST, MISSING, Facts, State, facts_of
from yipan.engine.optimise.ihtc.tests.cases import problems

MISSING_PRICE = 400


def step(facts: Facts, state: State, kind: int, temperature: float) -> bool:
    """One move of a kind; whether it was kept."""
    shares, counts = (np.arange(KINDS) >= kind).astype(float), np.zeros((KINDS, 2), np.int64)
    anneal(facts, state, temperature, shares, 1, counts)
    return bool(counts[kind, 1])


def check(instance: Instance, facts: Facts, state: State) -> None:
    """Cost and hard rules are the evaluator's; every table is what it would be if made anew."""
    found = evaluate(instance, solution_of(instance, state.place, state.nurse))
    missing = found.violations.pop("mandatory_left_out")
    assert not any(found.violations.values()), found.violations
    assert (state.totals[COST], state.totals[MISSING]) == (found.cost + MISSING_PRICE * missing, missing)
    anew = start(instance, facts, 1)
    restore(facts, anew, state.place, state.nurse)
    for name in ("theatres", "surgeons", "slack", "cover"):
        np.testing.assert_array_equal(getattr(state, name), getattr(anew, name), err_msg=name)
    assert contents(state) == contents(anew)
    outs = state.outs
    assert sorted(outs[0, : outs[0, -1]]) == [p for p in range(len(instance.patients)) if state.place[p, 0] < 0]
    assert all(outs[0, outs[1, p]] == p for p in outs[0, : outs[0, -1]])


def contents(state: State) -> list[object]:
    """Who lies where, with the room-day's accounts where anybody does."""
    return [
        (sorted(bed[FIRST : FIRST + bed[COUNT]]), list(bed[1:FIRST]) if bed[COUNT] else [])
        for bed in state.beds.reshape(-1, state.beds.shape[2])
    ]


@settings(max_examples=30, deadline=None)
@given(
    text=problems(),
    seed=st.integers(0, 2**32),
    moves=st.lists(st.tuples(st.integers(0, KINDS - 1), st.sampled_from((0.01, 5.0, 1e4))), min_size=10, max_size=40),
)
def test_every_move_changes_the_accounts_as_the_evaluator_says(
    text: str, seed: int, moves: list[tuple[int, float]]
) -> None:
    """After each move of any kind, kept or undone, cost, rules and every table agree with a full evaluation."""
    instance = read(text)
    facts = facts_of(instance, MISSING_PRICE)
    state = start(instance, facts, seed)
    check(instance, facts, state)
    for kind, temperature in moves:
        before = solution_of(instance, state.place, state.nurse)
        if not step(facts, state, kind, temperature):
            assert solution_of(instance, state.place, state.nurse) == before
        check(instance, facts, state)


@pytest.mark.parametrize("kind", range(KINDS))
def test_every_kind_of_move_is_kept_sometimes(kind: int) -> None:
    """No kind is idle: in some small problem it changes the plan."""
    from json import dumps

    from yipan.engine.optimise.ihtc.tests.cases import small

    for seed in range(10):
        instance = read(dumps(small(seed, patients=12)))
        facts = facts_of(instance, MISSING_PRICE)
        state = start(instance, facts, seed)
        anneal(facts, state, 50.0, np.linspace(1 / KINDS, 1, KINDS), 2000, np.zeros((KINDS, 2), np.int64))
        if any(step(facts, state, kind, 1e4) for _ in range(200)):
            return
    raise AssertionError(kind)
