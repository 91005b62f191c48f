"""A plan under way: who is where on which day, and what that leaves of beds, rooms and wards.

Compiled; every step keeps the plan within the rules, or says that it cannot and changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.admissions.instance import A_DAY
from yipan.engine.optimise.admissions.table import Table
from yipan.engine.placement.beds import Struct
from yipan.engine.placement.compiled import inner

PERSON_STATE = np.dtype([("choice", "i4"), ("day", "i4"), ("following", "i4")], align=True)
BED_STATE = np.dtype([("first", "i4"), ("lodger", "i4"), ("busy", "i4")], align=True)
DAY_STATE = np.dtype([("free", "i4"), ("taken", "i4"), ("most", "i4")], align=True)


class State(NamedTuple):
    """`people` (N,): choice and day, -1 for those who are not placed or stay, and who follows in the list of a bed.
    `beds` (B,): the first person planned into it, the outlier whose own bed it is, the days on which it is taken.
    `days` (W, D): beds that stay ready, beds taken by people of the plan, and the most that an arrival needs left;
    `wanted` (W, D, V) counts arrivals by that need. `total` (1,) is the cost in CENTS.
    """

    people: Struct
    beds: Struct
    days: Struct
    wanted: NDArray[np.int32]
    total: NDArray[np.int64]


def new_state(table: Table) -> State:
    """Nobody is placed, outliers lie where they lie."""
    people, beds = np.zeros(len(table.people), PERSON_STATE), np.zeros(len(table.beds), BED_STATE)
    days = np.zeros(table.days.shape, DAY_STATE)
    for name in ("choice", "day", "following"):
        people[name] = -1
    beds["first"] = beds["lodger"] = -1
    days["free"] = table.days["ready"]
    for i in np.flatnonzero(table.people["origin"] >= 0).tolist():
        bed, kept = int(table.people["origin"][i]), int(table.people["kept"][i])
        beds["lodger"][bed] = i
        beds["busy"][bed] |= kept
        taken = kept >> np.arange(table.days.shape[1]) & 1
        days["taken"][table.beds["ward"][bed]] += taken
        counted = int(table.beds["counted"][bed]) >> np.arange(table.days.shape[1]) & 1
        days["free"][table.beds["ward"][bed]] -= taken & counted
    needs = int(table.choices["least"].max(initial=0)) + 2
    total = np.array([table.people["none"].sum()], np.int64)
    return State(people, beds, days, np.zeros((*table.days.shape, needs), np.int32), total)


@inner
def ends(table, state, i):  # type: ignore[no-untyped-def]
    """When somebody who comes on their day leaves, in minutes after the plan's first hour."""
    return table.people[i].stay if table.people[i].origin >= 0 else state.people[i].day * A_DAY + table.people[i].stay


@inner
def crowd(table, state, bed, mask, by):  # type: ignore[no-untyped-def]
    """Take (`by` 1) or give back (-1) a bed on the days of a mask; the cost of overload that this adds."""
    w, cost = table.beds[bed].ward, 0
    for day in range(table.days.shape[1]):
        if mask >> day & 1:
            if by > 0:
                cost += table.overload * (state.days[w, day].taken >= table.days[w, day].spare)
            else:
                cost -= table.overload * (state.days[w, day].taken > table.days[w, day].spare)
            state.days[w, day].taken += by
            if table.beds[bed].counted >> day & 1:
                state.days[w, day].free -= by
    if by > 0:
        state.beds[bed].busy |= mask
    else:
        state.beds[bed].busy &= ~mask
    return cost


@inner
def roomy(table, state, bed, mask):  # type: ignore[no-untyped-def]
    """Whether everybody who comes into the ward could still, when one bed more is taken on these days."""
    w = table.beds[bed].ward
    for day in range(table.days.shape[1]):
        if (mask & table.beds[bed].counted) >> day & 1 and state.days[w, day].free - 1 < state.days[w, day].most:
            return False
    return True


@inner
def clash(table, state, i, bed, day):  # type: ignore[no-untyped-def]
    """Somebody with whom `i` may not share the room of `bed` from `day` on; -1 nobody, -2 an outlier who is there."""
    kind, since = table.beds[bed].kind, day * A_DAY
    until = table.people[i].stay if table.people[i].origin >= 0 else since + table.people[i].stay
    for at in range(table.rooms[table.beds[bed].room], table.rooms[table.beds[bed].room + 1]):
        other_bed = table.in_room[at]
        q = state.beds[other_bed].lodger
        if q >= 0 and q != i and table.apart[kind, i, q]:
            leaves = table.people[q].stay if state.people[q].choice < 0 else state.people[q].day * A_DAY
            if since < leaves:
                return -2
        q = state.beds[other_bed].first
        while q >= 0:
            apart = q != i and (table.apart[kind, i, q] or table.apart[kind, q, i])
            if apart and state.people[q].day * A_DAY < until and since < ends(table, state, q):
                return q
            q = state.people[q].following
    return -1


@inner
def may_come(table, state, i, c, day):  # type: ignore[no-untyped-def]
    """Whether somebody who is not placed may take a choice."""
    bed, mask = table.choices[c].bed, table.choices[c].mask
    if state.beds[bed].busy & mask or clash(table, state, i, bed, day) != -1:
        return False
    own = table.people[i].origin
    freed = freed_by(table, i, day)
    if own >= 0:
        crowd(table, state, own, freed, -1)
    w = table.beds[bed].ward
    inside = own >= 0 and table.beds[own].ward == w
    left = state.days[w, day].free - (table.beds[bed].counted >> day & 1) + inside
    fine = left >= table.choices[c].least and roomy(table, state, bed, mask)
    if own >= 0:
        crowd(table, state, own, freed, 1)
    return fine


@inner
def freed_by(table, i, day):  # type: ignore[no-untyped-def]
    """The days on which an outlier's own bed is free when they move on `day`: cleaned by the next day."""
    return table.people[i].kept & ~((2 << day) - 1) if table.people[i].origin >= 0 else 0


@inner
def come(table, state, i, c, day):  # type: ignore[no-untyped-def]
    """Place somebody; `may_come` has said yes."""
    bed = table.choices[c].bed
    cost = table.choices[c].cost - table.people[i].none
    if table.people[i].origin >= 0:
        cost += crowd(table, state, table.people[i].origin, freed_by(table, i, day), -1)
    cost += crowd(table, state, bed, table.choices[c].mask, 1)
    state.people[i].choice, state.people[i].day = c, day
    state.people[i].following, state.beds[bed].first = state.beds[bed].first, i
    count(table, state, i, c, day, 1)
    state.total[0] += cost


@inner
def count(table, state, i, c, day, by):  # type: ignore[no-untyped-def]
    """Write down, or strike out, how many beds an arrival needs left in the ward."""
    w = table.beds[table.choices[c].bed].ward
    inside = table.people[i].origin >= 0 and table.beds[table.people[i].origin].ward == w
    need = max(table.choices[c].least - inside, 0)
    state.wanted[w, day, need] += by
    if by > 0:
        state.days[w, day].most = max(state.days[w, day].most, need)
    elif state.wanted[w, day, need] == 0 and state.days[w, day].most == need:
        while need > 0 and state.wanted[w, day, need] == 0:
            need -= 1
        state.days[w, day].most = need


@inner
def may_leave(table, state, i):  # type: ignore[no-untyped-def]
    """Whether somebody who is placed may be taken out again: an outlier must fit into the own bed again."""
    own = table.people[i].origin
    if own < 0:
        return True
    freed = freed_by(table, i, state.people[i].day)
    if state.beds[own].busy & freed:
        return False
    kind, since = table.beds[own].kind, state.people[i].day * A_DAY
    for at in range(table.rooms[table.beds[own].room], table.rooms[table.beds[own].room + 1]):
        q = state.beds[table.in_room[at]].first
        while q >= 0:
            there = since < ends(table, state, q) and state.people[q].day * A_DAY < table.people[i].stay
            if q != i and there and table.apart[kind, q, i]:
                return False
            q = state.people[q].following
    bed, mask = table.choices[state.people[i].choice].bed, table.choices[state.people[i].choice].mask
    crowd(table, state, bed, mask, -1)
    fine = roomy(table, state, own, freed)
    crowd(table, state, bed, mask, 1)
    return fine


@inner
def leave(table, state, i):  # type: ignore[no-untyped-def]
    """Take somebody out; `may_leave` has said yes."""
    c, day = state.people[i].choice, state.people[i].day
    bed = table.choices[c].bed
    q, before = state.beds[bed].first, -1
    while q != i:
        before, q = q, state.people[q].following
    if before < 0:
        state.beds[bed].first = state.people[i].following
    else:
        state.people[before].following = state.people[i].following
    count(table, state, i, c, day, -1)
    cost = table.people[i].none - table.choices[c].cost + crowd(table, state, bed, table.choices[c].mask, -1)
    if table.people[i].origin >= 0:
        cost += crowd(table, state, table.people[i].origin, freed_by(table, i, day), 1)
    state.people[i].choice, state.people[i].day, state.people[i].following = -1, -1, -1
    state.total[0] += cost
