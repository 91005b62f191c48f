"""The bound that knows rooms: the cheapest schedule is the cheapest, and windows, parts and rounds keep it a bound."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.engine.optimise.pas import bundling
from yipan.engine.optimise.pas.bundling import PARTS, Answer, Blocks, Bundle
from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import GENDER, TRANSFER
from yipan.engine.optimise.pas.instance import Instance
from yipan.engine.optimise.pas.model import Model
from yipan.engine.optimise.pas.schedules import Whole
from yipan.engine.optimise.pas.tests.instances import instances
from yipan.engine.optimise.pas.tests.oracle import optimum

Spell = tuple[int, int, int, int, int]
"""Sex, begin and end (stays), first night, what it costs in parts."""


@settings(max_examples=30)
@given(instances(most_patients=3, horizon=3), st.integers(0, 2**32))
def test_the_cheapest_schedule_is_the_cheapest(instance: Instance, seed: int) -> None:
    """Against all sets of spells: never dearer than the best, not cheaper than with one mixed night for each stretch,
    and exactly the best where the sexes may lie together.
    """
    model = Model.of(instance)
    classes = Classes.in_(model)
    worth = np.random.default_rng(seed).integers(0, 150_000, len(model.price))
    answer = Blocks(model, classes).answer(worth)
    for at, room in enumerate(classes.room):
        beds, apart = int(model.capacity[room]), bool(model.same[room])
        spells = [(0, *spell[1:]) if not apart else spell for spell in _spells(model, int(room), worth)]
        sums = [(sum(spell[4] for spell in chosen), _mixed(chosen, model.horizon))
                for chosen in _sets(spells, beds, model.horizon)]  # fmt: skip
        true = min(cost + GENDER * PARTS * sum(fewer) for cost, fewer in sums)
        least = min(cost + GENDER * PARTS * any(fewer) for cost, fewer in sums)
        assert least <= answer.value[at] <= true
        chosen = [tuple(spell) for spell in answer.spells[at, : answer.count[at]].tolist()]
        assert len(set(chosen)) == len(chosen)
        if not apart or beds == 1:
            assert answer.value[at] == true


def _spells(model: Model, room: int, worth: Whole) -> list[Spell]:
    """Every part of every stay that could lie in a room."""
    found = []
    for patient in range(model.patients):
        begin, end = int(model.offset[patient]), int(model.offset[patient + 1])
        for low, high in combinations(range(begin, end + 1), 2):
            cost = int((model.price[low:high, room] * PARTS - worth[low:high]).sum())
            cost += TRANSFER * PARTS // 2 * ((low > begin) + (high < end))
            found.append((int(model.sex[patient]), low, high, int(model.first[patient]) + low - begin, cost))
    return [spell for spell in found if spell[4] < 0]


def _sets(spells: list[Spell], beds: int, horizon: int) -> list[list[Spell]]:
    """All that fit into the beds."""
    fitting: list[list[Spell]] = [[]]
    for spell in spells:
        for chosen in list(fitting):
            both = [*chosen, spell]
            heads = [sum(one[3] <= night < one[3] + one[2] - one[1] for one in both) for night in range(horizon)]
            if max(heads) <= beds:
                fitting.append(both)
    return fitting


def _mixed(chosen: list[Spell], horizon: int) -> list[int]:
    """On each night, how many of the sex with fewer."""
    heads = [[0, 0] for _ in range(horizon)]
    for sex, low, high, first, _ in chosen:
        for night in range(first, first + high - low):
            heads[night][sex] += 1
    return [min(women, men) for women, men in heads]


@settings(max_examples=15)
@given(instances(most_rooms=3))
def test_every_round_proves_a_bound(instance: Instance) -> None:
    """None of forty rounds is above the optimum; they begin with nothing known."""
    model = Model.of(instance)
    if not model.patients:
        return
    best = optimum(instance) * PARTS
    bundle = Bundle(model, Classes.in_(model), np.zeros(len(model.price), np.int64), Blocks.answer)
    costs = []
    for _ in range(40):
        bundle.step()
        costs.append(bundle.cost)
    assert costs == sorted(costs)
    assert costs[-1] <= best


@settings(max_examples=15)
@given(instances(), st.integers(0, 2**32))
def test_windows_never_prove_too_much(instance: Instance, seed: int) -> None:
    """Whole or cut into windows of two nights, whatever nights are worth, no bound is above the optimum.

    Neither has to be the higher one: a long spell leaves another bed of the room worth having to the same patient.
    """
    model = Model.of(instance)
    classes = Classes.in_(model)
    worth = np.random.default_rng(seed).integers(0, 60_000, len(model.price))
    whole = Blocks(model, classes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundling, "LONGEST_WINDOW", 2)
        cut = Blocks(model, classes)
    assert (whole.windows, cut.windows) == (1, 2)
    best = optimum(instance) * PARTS
    for blocks in (whole, cut):
        assert blocks.total(worth, blocks.answer(worth)) <= best


@given(instances(), st.integers(0, 2**32), st.integers(2, 4))
def test_parts_answer_the_same(instance: Instance, seed: int, parts: int) -> None:
    """However many threads work on it, every block answers as it does in one."""
    model = Model.of(instance)
    blocks = Blocks(model, Classes.in_(model))
    worth = np.random.default_rng(seed).integers(0, 60_000, len(model.price))
    with ThreadPoolExecutor(parts) as pool:
        assert _same(blocks.answer(worth), blocks.answer(worth, parts, pool))


def _same(one: Answer, other: Answer) -> bool:
    return all(np.array_equal(a, b) for a, b in ((one.value, other.value), (one.spells, other.spells)))


def test_all_windows_are_there() -> None:
    """Stints cover every stay once, each within its window."""
    for horizon, nights in product((14, 15, 16, 40), (1, 9)):
        model = _row(horizon, nights)
        found = bundling.stints(model)
        covered = [stay for begin, end in zip(found.begin, found.end, strict=True) for stay in range(begin, end)]
        assert sorted(covered) == list(range(len(model.price)))
        for window, length in enumerate(found.nights):
            assert length <= bundling.LONGEST_WINDOW
            for at in range(found.window[window], found.window[window + 1]):
                assert 0 <= found.first[at] < found.first[at] + found.end[at] - found.begin[at] <= length
        assert found.nights.sum() == horizon


def _row(horizon: int, nights: int) -> Model:
    """One patient after another, in a house with one bed."""
    first = np.arange(0, horizon, nights, dtype=np.int32)
    lengths = np.minimum(nights, horizon - first)
    return Model(
        horizon=horizon, ids=tuple(range(len(first))), room_ids=(1,), first=first,
        offset=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32), sex=np.zeros(len(first), np.int32),
        price=np.zeros((horizon, 1), np.int32), capacity=np.ones(1, np.int32), same=np.ones(1, np.bool_),
    )  # fmt: skip
