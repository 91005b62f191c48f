"""Simulated annealing over plans that keep every rule (Kirkpatrick, Gelatt, Vecchi: Optimization by Simulated
Annealing, 1983), with ejections: who is in the way is put elsewhere in the same move.

Compiled; deterministic for the state of `random` (`optimise.chance`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from yipan.engine.optimise.admissions.rules import SOURCES
from yipan.engine.optimise.admissions.state import clash, come, leave, may_come, may_leave
from yipan.engine.optimise.chance import unit
from yipan.engine.placement.compiled import entry, inner

MOST_MOVED = 4


@inner
def settle(table, state, i):  # type: ignore[no-untyped-def]
    """Put somebody who is not placed into the cheapest choice that is possible; nothing when none is worth it."""
    best, on, cost = -1, -1, table.people[i].none
    for day in range(table.start.shape[1] - 1):
        for c in range(table.start[i, day], table.start[i, day + 1]):
            if table.choices[c].cost >= cost:
                break
            if may_come(table, state, i, c, day):
                best, on, cost = c, day, table.choices[c].cost
                break
    if best >= 0:
        come(table, state, i, best, on)


@inner
def pick(table, state, i, random):  # type: ignore[no-untyped-def]
    """A choice of somebody, rather an early and a cheap one: (choice, day), or (-1, -1)."""
    days = table.start.shape[1] - 1
    if table.start[i, days] == table.start[i, 0]:
        return -1, -1
    low = 0
    while table.start[i, low + 1] == table.start[i, low]:
        low += 1
    for _ in range(4):
        u = unit(random)
        day = low + int((days - low) * u * u)
        size = table.start[i, day + 1] - table.start[i, day]
        if size > 0:
            u = unit(random)
            return table.start[i, day] + int(size * u * u * u), day
    return -1, -1


@inner
def lift(table, state, i, moved, before, days, count):  # type: ignore[no-untyped-def]
    """Take somebody out and remember where they were; False when they cannot be taken out."""
    if count >= MOST_MOVED or not may_leave(table, state, i):
        return False
    moved[count], before[count], days[count] = i, state.people[i].choice, state.people[i].day
    leave(table, state, i)
    return True


@inner
def put_back(table, state, moved, before, days, count):  # type: ignore[no-untyped-def]
    """Undo a move: everybody who was moved is where they were. Outliers leave their beds first and come back last."""
    for outliers in range(2):
        for n in range(count):
            if state.people[moved[n]].choice >= 0 and (table.people[moved[n]].origin >= 0) == (outliers == 1):
                leave(table, state, moved[n])
    for outliers in range(1, -1, -1):
        for n in range(count):
            if before[n] >= 0 and (table.people[moved[n]].origin >= 0) == (outliers == 1):
                come(table, state, moved[n], before[n], days[n])


@inner
def displace(table, state, i, c, day, moved, before, days, count):  # type: ignore[no-untyped-def]
    """Take out whoever is in the way of a choice; the number of people moved, or -1 when somebody cannot be."""
    bed = table.choices[c].bed
    q = state.beds[bed].first
    while q >= 0:
        following = state.people[q].following
        if table.choices[state.people[q].choice].mask & table.choices[c].mask:
            if not lift(table, state, q, moved, before, days, count):
                return -1 - count
            count += 1
        q = following
    if state.beds[bed].busy & table.choices[c].mask:
        return -1 - count
    while True:
        q = clash(table, state, i, bed, day)
        if q == -1:
            return count
        if q < 0 or not lift(table, state, q, moved, before, days, count):
            return -1 - count
        count += 1


@inner
def attempt(table, state, i, random, moved, before, days):  # type: ignore[no-untyped-def]
    """Try to move one person; (people moved, whether the move came about)."""
    count = 0
    moved[0], before[0], days[0] = i, state.people[i].choice, state.people[i].day
    if state.people[i].choice >= 0:
        if not lift(table, state, i, moved, before, days, 0):
            return 0, False
        if unit(random) < 0.05:
            return 1, True
    count = 1
    c, day = pick(table, state, i, random)
    if c < 0 or c == before[0]:
        return count, False
    count = displace(table, state, i, c, day, moved, before, days, count)
    if count < 0:
        return -1 - count, False
    if not may_come(table, state, i, c, day):
        return count, False
    come(table, state, i, c, day)
    for n in range(1, count):
        settle(table, state, moved[n])
    return count, True


def _make_anneal(sources: int) -> Callable[..., None]:
    @entry
    def anneal(table, state, best, random, hot, cold, moves):  # type: ignore[no-untyped-def]
        """Try so many moves while the temperature falls from `hot` to `cold`, in hundredths of a point.

        `best` is (people, total) of the best plan so far, and is kept up to date.
        """
        moved, before, days = np.zeros(8, np.int64), np.zeros(8, np.int64), np.zeros(8, np.int64)
        kept, total = best
        people = state.people.shape[0]
        temperature, cooling = hot, (cold / hot) ** (1.0 / max(moves, 1))
        for _ in range(moves if sources and people else 0):
            temperature *= cooling
            old = state.total[0]
            i = int(unit(random) * people)
            count, done = attempt(table, state, i, random, moved, before, days)
            delta = state.total[0] - old
            if not done or (delta > 0 and unit(random) >= math.exp(-delta / temperature)):
                put_back(table, state, moved, before, days, count)
            elif state.total[0] < total[0]:
                total[0] = state.total[0]
                for n in range(people):
                    kept[n].choice, kept[n].day = state.people[n].choice, state.people[n].day

    return anneal


def _make_begin(sources: int) -> Callable[..., None]:
    @entry
    def begin(table, state, order):  # type: ignore[no-untyped-def]
        """Place one after the other where it costs least."""
        for n in range(order.shape[0] if sources else 0):
            settle(table, state, order[n])

    return begin


anneal: Any = _make_anneal(SOURCES)
begin: Any = _make_begin(SOURCES)
