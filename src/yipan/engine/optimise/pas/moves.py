"""What a move changes, and the move itself. All costs in tenths.

Two moves are enough. *Shift*: a patient lies in another room for some of her nights. *Swap*: a patient goes to another
room for nights that she spends in one, and somebody who lies there goes to hers, for nights that may be others. Each
is priced without being made, so that the many that are refused cost little.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.evaluating import TRANSFER
from yipan.engine.optimise.pas.model import Ints
from yipan.engine.placement.compiled import inner

REFUSED = 1 << 30
LONGEST = 8
"""Patients in a chain."""


class Fixed(NamedTuple):
    """What no move changes: the arrays of `Model`, and what a patient of the sex with fewer in a room costs a night."""

    first: Ints
    offset: Ints
    sex: Ints
    price: Ints
    capacity: Ints
    same: NDArray[np.bool_]
    mixing: int


class State(NamedTuple):
    """`lying` (stays): the room of each night. `heads` (rooms, nights, 2): how many of each sex. `beds` (rooms, nights,
    places): who lies there, in any order. `chain` and `marks` (patients): a chain that is being grown (`chains`).
    """

    lying: Ints
    heads: Ints
    beds: Ints
    chain: Ints
    marks: NDArray[np.bool_]


@inner
def mixing(fixed, room, a, b):  # type: ignore[no-untyped-def]
    """What a night costs in a room with a patients of one sex and b of the other."""
    return fixed.mixing * min(a, b) if fixed.same[room] else 0


@inner
def _transfers(fixed, lying, patient, low, high, room):  # type: ignore[no-untyped-def]
    """How many transfers more when the patient lies in `room` on her nights low..high-1."""
    begin, end = fixed.offset[patient], fixed.offset[patient + 1]
    count = 0
    for i in range(max(low, begin + 1), min(high + 1, end)):
        count -= lying[i] != lying[i - 1]
    if low > begin:
        count += lying[low - 1] != room
    if high < end:
        count += lying[high] != room
    return count


@inner
def shift_delta(fixed, state, patient, low, high, room):  # type: ignore[no-untyped-def]
    """The change of cost when the patient lies in `room` on her nights low..high-1 (stays).

    REFUSED when the room is full.
    """
    lying, heads, sex = state.lying, state.heads, fixed.sex[patient]
    night = fixed.first[patient] - fixed.offset[patient]
    delta = TRANSFER * _transfers(fixed, lying, patient, low, high, room)
    for i in range(low, high):
        old, d = lying[i], night + i
        if old == room:
            continue
        mine, others = heads[room, d, sex], heads[room, d, 1 - sex]
        if mine + others >= fixed.capacity[room]:
            return REFUSED
        delta += fixed.price[i, room] - fixed.price[i, old]
        delta += mixing(fixed, room, mine + 1, others) - mixing(fixed, room, mine, others)
        mine, others = heads[old, d, sex], heads[old, d, 1 - sex]
        delta += mixing(fixed, old, mine - 1, others) - mixing(fixed, old, mine, others)
    return delta


@inner
def _exchanged(fixed, heads, room, d, leaving, entering):  # type: ignore[no-untyped-def]
    """The change of a room's mixing cost on night d; -1 is nobody. REFUSED when it would be too full."""
    a, b = heads[room, d, 0], heads[room, d, 1]
    before = mixing(fixed, room, a, b)
    if leaving >= 0:
        a -= 1 - fixed.sex[leaving]
        b -= fixed.sex[leaving]
    if entering >= 0:
        a += 1 - fixed.sex[entering]
        b += fixed.sex[entering]
    if a + b > fixed.capacity[room]:
        return REFUSED
    return mixing(fixed, room, a, b) - before


@inner
def swap_delta(fixed, state, p, p_low, p_high, q, q_low, q_high):  # type: ignore[no-untyped-def]
    """The change of cost when p lies in the room of q on her nights p_low..p_high-1, and q in hers on q_low..q_high-1.

    Each spends those nights in one room. REFUSED when a room would be too full.
    """
    lying, heads = state.lying, state.heads
    r, s = lying[p_low], lying[q_low]
    p_night, q_night = fixed.first[p] - fixed.offset[p], fixed.first[q] - fixed.offset[q]
    p_from, p_to, q_from, q_to = p_night + p_low, p_night + p_high, q_night + q_low, q_night + q_high
    delta = 0
    for d in range(min(p_from, q_from), max(p_to, q_to)):
        mover = p if p_from <= d < p_to else -1
        other = q if q_from <= d < q_to else -1
        if mover < 0 and other < 0:
            continue
        left = _exchanged(fixed, heads, r, d, mover, other)
        right = _exchanged(fixed, heads, s, d, other, mover)
        if left == REFUSED or right == REFUSED:
            return REFUSED
        delta += left + right
    for i in range(p_low, p_high):
        delta += fixed.price[i, s] - fixed.price[i, r]
    for i in range(q_low, q_high):
        delta += fixed.price[i, r] - fixed.price[i, s]
    moved = _transfers(fixed, lying, p, p_low, p_high, s) + _transfers(fixed, lying, q, q_low, q_high, r)
    return delta + TRANSFER * moved


@inner
def place(fixed, state, patient, low, high, room):  # type: ignore[no-untyped-def]
    """Let the patient lie in `room` on her nights low..high-1, whoever else lies there."""
    lying, heads, beds, sex = state.lying, state.heads, state.beds, fixed.sex[patient]
    night = fixed.first[patient] - fixed.offset[patient]
    for i in range(low, high):
        old, d = lying[i], night + i
        if old == room:
            continue
        last = heads[old, d, 0] + heads[old, d, 1] - 1
        for bed in range(last):
            if beds[old, d, bed] == patient:
                beds[old, d, bed] = beds[old, d, last]
                break
        heads[old, d, sex] -= 1
        beds[room, d, heads[room, d, 0] + heads[room, d, 1]] = patient
        heads[room, d, sex] += 1
        lying[i] = room


@inner
def fill(fixed, state):  # type: ignore[no-untyped-def]
    """Count and list who lies where, from `lying`; what the plan costs."""
    cost = 0
    for p in range(len(fixed.first)):
        for i in range(fixed.offset[p], fixed.offset[p + 1]):
            room, d = state.lying[i], fixed.first[p] + i - fixed.offset[p]
            state.beds[room, d, state.heads[room, d, 0] + state.heads[room, d, 1]] = p
            state.heads[room, d, fixed.sex[p]] += 1
            cost += fixed.price[i, room]
            if i > fixed.offset[p] and room != state.lying[i - 1]:
                cost += TRANSFER
    for room in range(len(fixed.capacity)):
        for d in range(state.heads.shape[1]):
            cost += mixing(fixed, room, state.heads[room, d, 0], state.heads[room, d, 1])
    return cost
