"""A plan under way: who is where on which day, and what that leaves of beds, rooms and wards.

Compiled; every step keeps the plan within the rules, or says that it cannot and changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.admissions.instance import A_DAY
from yipan.engine.optimise.admissions.table import Table
from yipan.engine.placement.compiled import inner

Int = NDArray[np.int64]


class State(NamedTuple):
    """`choice` and `day` are -1 for people who are not placed, or stay. `total` (1,) is the cost in CENTS."""

    choice: Int  # (N,) row of the table's choices
    day: Int  # (N,)
    first: Int  # (B,) first person planned into the bed
    following: Int  # (N,) the next one
    lodger: Int  # (B,) the outlier whose own bed it is
    busy: Int  # (B,) days on which the bed is taken
    free: Int  # (W, D) beds that stay ready
    taken: Int  # (W, D) beds taken by people of the plan
    wanted: Int  # (W, D, V) how many arrivals need that so many beds stay ready
    most: Int  # (W, D) the largest of those needs
    total: Int  # (1,)


def new_state(table: Table) -> State:
    """Nobody is placed, outliers lie where they lie."""
    n, beds = len(table.none), len(table.ward)
    least = int(table.least.max(initial=0))
    state = State(
        np.full(n, -1, np.int64), np.full(n, -1, np.int64), np.full(beds, -1, np.int64), np.full(n, -1, np.int64),
        np.full(beds, -1, np.int64), np.zeros(beds, np.int64), table.ready.copy(), np.zeros_like(table.ready),
        np.zeros((*table.ready.shape, least + 2), np.int64), np.zeros_like(table.ready),
        np.array([int(table.none.sum())], np.int64),
    )  # fmt: skip
    for i in np.flatnonzero(table.origin >= 0).tolist():
        bed = int(table.origin[i])
        state.lodger[bed] = i
        state.busy[bed] |= int(table.origin_mask[i])
        for day in range(table.ready.shape[1]):
            taken = int(table.origin_mask[i]) >> day & 1
            state.taken[table.ward[bed], day] += taken
            state.free[table.ward[bed], day] -= taken & int(table.counted[bed]) >> day
    return state


@inner
def ends(table, state, i):  # type: ignore[no-untyped-def]
    """When somebody who comes on their day leaves, in minutes after the plan's first hour."""
    return table.arrival[i] if table.origin[i] >= 0 else state.day[i] * A_DAY + table.arrival[i]


@inner
def crowd(table, state, bed, mask, by):  # type: ignore[no-untyped-def]
    """Take (`by` 1) or give back (-1) a bed on the days of a mask; the cost of overload that this adds."""
    w, cost = table.ward[bed], 0
    for day in range(table.ready.shape[1]):
        if mask >> day & 1:
            if by > 0:
                cost += table.overload * (state.taken[w, day] >= table.spare[w, day])
            else:
                cost -= table.overload * (state.taken[w, day] > table.spare[w, day])
            state.taken[w, day] += by
            if table.counted[bed] >> day & 1:
                state.free[w, day] -= by
    if by > 0:
        state.busy[bed] |= mask
    else:
        state.busy[bed] &= ~mask
    return cost


@inner
def roomy(table, state, bed, mask):  # type: ignore[no-untyped-def]
    """Whether everybody who comes into the ward could still, when one bed more is taken on these days."""
    w = table.ward[bed]
    for day in range(table.ready.shape[1]):
        if (mask & table.counted[bed]) >> day & 1 and state.free[w, day] - 1 < state.most[w, day]:
            return False
    return True


@inner
def clash(table, state, i, bed, day):  # type: ignore[no-untyped-def]
    """Somebody with whom `i` may not share the room of `bed` from `day` on; -1 nobody, -2 an outlier who is there."""
    kind, since = table.kind[table.room[bed]], day * A_DAY
    until = table.arrival[i] if table.origin[i] >= 0 else since + table.arrival[i]
    for at in range(table.beds_of[table.room[bed]], table.beds_of[table.room[bed] + 1]):
        other_bed = table.in_room[at]
        q = state.lodger[other_bed]
        if q >= 0 and q != i and table.apart[kind, i, q]:
            leaves = table.arrival[q] if state.choice[q] < 0 else state.day[q] * A_DAY
            if since < leaves:
                return -2
        q = state.first[other_bed]
        while q >= 0:
            apart = q != i and (table.apart[kind, i, q] or table.apart[kind, q, i])
            if apart and state.day[q] * A_DAY < until and since < ends(table, state, q):
                return q
            q = state.following[q]
    return -1


@inner
def may_come(table, state, i, c, day):  # type: ignore[no-untyped-def]
    """Whether somebody who is not placed may take a choice."""
    bed, mask = table.bed[c], table.mask[c]
    if state.busy[bed] & mask or clash(table, state, i, bed, day) != -1:
        return False
    own = table.origin[i]
    freed = freed_by(table, i, day)
    if own >= 0:
        crowd(table, state, own, freed, -1)
    w = table.ward[bed]
    inside = own >= 0 and table.ward[own] == w
    left = state.free[w, day] - (table.counted[bed] >> day & 1) + inside
    fine = left >= table.least[c] and roomy(table, state, bed, mask)
    if own >= 0:
        crowd(table, state, own, freed, 1)
    return fine


@inner
def freed_by(table, i, day):  # type: ignore[no-untyped-def]
    """The days on which an outlier's own bed is free when they move on `day`: cleaned by the next day."""
    return table.origin_mask[i] & ~((2 << day) - 1) if table.origin[i] >= 0 else 0


@inner
def come(table, state, i, c, day):  # type: ignore[no-untyped-def]
    """Place somebody; `may_come` has said yes."""
    bed = table.bed[c]
    cost = table.cost[c] - table.none[i]
    if table.origin[i] >= 0:
        cost += crowd(table, state, table.origin[i], freed_by(table, i, day), -1)
    cost += crowd(table, state, bed, table.mask[c], 1)
    state.choice[i], state.day[i] = c, day
    state.following[i], state.first[bed] = state.first[bed], i
    count(table, state, i, c, day, 1)
    state.total[0] += cost


@inner
def count(table, state, i, c, day, by):  # type: ignore[no-untyped-def]
    """Write down, or strike out, how many beds an arrival needs left in the ward."""
    w = table.ward[table.bed[c]]
    inside = table.origin[i] >= 0 and table.ward[table.origin[i]] == w
    need = max(table.least[c] - inside, 0)
    state.wanted[w, day, need] += by
    if by > 0:
        state.most[w, day] = max(state.most[w, day], need)
    elif state.wanted[w, day, need] == 0 and state.most[w, day] == need:
        while need > 0 and state.wanted[w, day, need] == 0:
            need -= 1
        state.most[w, day] = need


@inner
def may_leave(table, state, i):  # type: ignore[no-untyped-def]
    """Whether somebody who is placed may be taken out again: an outlier must fit into the own bed again."""
    own = table.origin[i]
    if own < 0:
        return True
    freed = freed_by(table, i, state.day[i])
    if state.busy[own] & freed:
        return False
    kind, since = table.kind[table.room[own]], state.day[i] * A_DAY
    for at in range(table.beds_of[table.room[own]], table.beds_of[table.room[own] + 1]):
        q = state.first[table.in_room[at]]
        while q >= 0:
            there = since < ends(table, state, q) and state.day[q] * A_DAY < table.arrival[i]
            if q != i and there and table.apart[kind, q, i]:
                return False
            q = state.following[q]
    bed, mask = table.bed[state.choice[i]], table.mask[state.choice[i]]
    crowd(table, state, bed, mask, -1)
    fine = roomy(table, state, own, freed)
    crowd(table, state, bed, mask, 1)
    return fine


@inner
def leave(table, state, i):  # type: ignore[no-untyped-def]
    """Take somebody out; `may_leave` has said yes."""
    c, day = state.choice[i], state.day[i]
    bed = table.bed[c]
    q, before = state.first[bed], -1
    while q != i:
        before, q = q, state.following[q]
    if before < 0:
        state.first[bed] = state.following[i]
    else:
        state.following[before] = state.following[i]
    count(table, state, i, c, day, -1)
    cost = table.none[i] - table.cost[c] + crowd(table, state, bed, table.mask[c], -1)
    if table.origin[i] >= 0:
        cost += crowd(table, state, table.origin[i], freed_by(table, i, day), 1)
    state.choice[i], state.day[i], state.following[i] = -1, -1, -1
    state.total[0] += cost
