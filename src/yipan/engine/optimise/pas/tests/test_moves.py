"""Every price of a move is what the plain evaluator says the plan costs more after it."""

from __future__ import annotations

import numba as nb
import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from yipan.engine.optimise.pas import chains, moves
from yipan.engine.optimise.pas.annealing import state_of
from yipan.engine.optimise.pas.evaluating import GENDER, evaluate, violations
from yipan.engine.optimise.pas.instance import Instance
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.moves import REFUSED, Fixed
from yipan.engine.optimise.pas.starting import start
from yipan.engine.optimise.pas.tests.instances import instances


@nb.njit
def shift_delta(fixed, state, patient, low, high, room):
    return moves.shift_delta(fixed, state, patient, low, high, room)


@nb.njit
def swap_delta(fixed, state, p, p_low, p_high, q, q_low, q_high):
    return moves.swap_delta(fixed, state, p, p_low, p_high, q, q_low, q_high)


@nb.njit
def place(fixed, state, patient, low, high, room):
    moves.place(fixed, state, patient, low, high, room)


@nb.njit
def chain_delta(fixed, state, chance, patient, room):
    return chains.chain_delta(fixed, state, chance, patient, room)


@nb.njit
def follow(fixed, state, home, room):
    chains.follow(fixed, state, home, room)


@nb.njit
def forget(state):
    chains.forget(state)


class World:
    """A plan both ways: as arrays for the moves, and through the evaluator."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.model = instance, Model.of(instance)
        assume(self.model.patients)
        model = self.model
        self.fixed = Fixed(model.first, model.offset, model.sex, model.price, model.capacity, model.same, GENDER)
        self.take(start(model))

    def take(self, lying: Ints) -> None:
        self.state, self.filled = state_of(self.fixed, lying, self.model.horizon)

    @property
    def plan(self):
        return self.model.plan(self.state.lying)

    @property
    def cost(self) -> int:
        return sum(evaluate(self.instance, self.plan).values())

    @property
    def possible(self) -> bool:
        return not any(violations(self.instance, self.plan).values())

    def check(self) -> None:
        """Who lies where is the same after moves as when it is counted anew, whatever the order in the beds."""
        moved = self.state
        self.take(moved.lying)
        assert self.filled == self.cost
        assert (moved.heads == self.state.heads).all()
        for room, night in np.ndindex(moved.heads.shape[:2]):
            heads = moved.heads[room, night].sum()
            assert sorted(moved.beds[room, night, :heads]) == sorted(self.state.beds[room, night, :heads])


@given(st.data())
def test_a_plan_costs_the_same_both_ways(data) -> None:
    """The arrays and the rules agree on any plan, also on one that no search would make."""
    world = World(data.draw(instances()))
    rooms = st.integers(0, len(world.model.capacity) - 1)
    lying = world.state.lying.copy()
    for i in range(len(lying)):
        lying[i] = data.draw(rooms)
    assume(not violations(world.instance, world.model.plan(lying))["beds"])
    world.take(lying)
    assert world.filled == world.cost


@given(st.data())
def test_a_shift_costs_what_it_says(data) -> None:
    """Any nights of any patient to any room; refused exactly when the room has no bed."""
    world = World(data.draw(instances()))
    for _ in range(data.draw(st.integers(1, 6))):
        patient = data.draw(st.integers(0, world.model.patients - 1))
        begin, end = map(int, world.model.offset[patient : patient + 2])
        low = data.draw(st.integers(begin, end - 1))
        high = data.draw(st.integers(low + 1, end))
        room = data.draw(st.integers(0, len(world.model.capacity) - 1))
        before, lying = world.cost, world.state.lying.copy()
        delta = shift_delta(world.fixed, world.state, patient, low, high, room)
        if delta == REFUSED:
            lying[low:high] = room
            assert violations(world.instance, world.model.plan(lying))["beds"]
            continue
        place(world.fixed, world.state, patient, low, high, room)
        assert world.possible
        assert world.cost - before == delta
    world.check()


@given(st.data())
def test_a_swap_costs_what_it_says(data) -> None:
    """Any nights in one room against any nights of somebody in another; refused exactly when a bed is lacking."""
    world = World(data.draw(instances(most_rooms=3)))
    for _ in range(data.draw(st.integers(1, 6))):
        p, q = (data.draw(st.integers(0, world.model.patients - 1)) for _ in range(2))
        mine, theirs = _nights_in_one_room(data, world, p), _nights_in_one_room(data, world, q)
        r, s = world.state.lying[mine[0]], world.state.lying[theirs[0]]
        if p == q or r == s:
            continue
        before, lying = world.cost, world.state.lying.copy()
        delta = swap_delta(world.fixed, world.state, p, *mine, q, *theirs)
        lying[slice(*mine)], lying[slice(*theirs)] = s, r
        assert (delta == REFUSED) == bool(violations(world.instance, world.model.plan(lying))["beds"])
        if delta == REFUSED:
            continue
        place(world.fixed, world.state, q, *theirs, r)
        place(world.fixed, world.state, p, *mine, s)
        assert world.cost - before == delta
    world.check()


@given(st.data())
def test_a_chain_costs_what_it_says(data) -> None:
    """Whoever begins it, the plan after a chain keeps the capacities, mixes no night that was not mixed before, and
    costs what was said; a chain that is refused, or not followed, changes nothing.
    """
    world = World(data.draw(instances(most_rooms=3)))
    chance = np.array([data.draw(st.integers(1, 2**63))], np.uint64)
    for _ in range(data.draw(st.integers(1, 6))):
        patient = data.draw(st.integers(0, world.model.patients - 1))
        mine = world.state.lying[slice(*world.model.offset[patient : patient + 2])]
        room = data.draw(st.integers(0, len(world.model.capacity) - 1))
        if (mine != mine[0]).any() or room == mine[0]:
            continue
        home, before, lying = int(mine[0]), world.cost, world.state.lying.copy()
        delta = chain_delta(world.fixed, world.state, chance, patient, room)
        assert (world.state.lying == lying).all()
        if delta != REFUSED and data.draw(st.booleans()):
            follow(world.fixed, world.state, home, room)
            assert world.state.lying[world.model.offset[patient]] == room
            assert world.possible
            assert world.cost - before == delta
        forget(world.state)
        assert not world.state.marks.any()
    world.check()


def _nights_in_one_room(data, world: World, patient: int) -> tuple[int, int]:
    begin, end = map(int, world.model.offset[patient : patient + 2])
    low = data.draw(st.integers(begin, end - 1))
    high = low + 1
    while high < end and world.state.lying[high] == world.state.lying[low] and data.draw(st.booleans()):
        high += 1
    return low, high
