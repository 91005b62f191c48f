"""Annealing over rosters that keep the rules: every step says what it costs and can be undone. Compiled.

Costs are whole: points times 60, so that a minute of overload counts exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.chance import unit
from yipan.engine.placement.compiled import entry, fingerprint, inner

SCALE = 60
OVERLOAD, SKILL, UNCOVERED, CONTINUITY, FAIRNESS, CHANGE, STAFF = range(7)
PRICES = 7
COVER, WORK = 0, 1


class Tables(NamedTuple):
    """R rooms, S slots, N nurses, G patients. `present` is -1 where no roster is known."""

    work: NDArray[np.int64]  # (R, S) minutes
    wanted: NDArray[np.int64]  # (R, S) skill
    nurses: NDArray[np.int64]  # (N, 4) skill, contract, most, load
    off: NDArray[np.bool_]  # (N, S)
    present: NDArray[np.int64]  # (N, S) 0, 1, or -1
    apart: NDArray[np.bool_]  # (S, S)
    least: NDArray[np.int64]  # (S,)
    guests: NDArray[np.int64]  # (G, 3) room, first slot, slot after the last
    of_room: NDArray[np.int64]  # (R + 1,) rows of guests, which are sorted by room
    prices: NDArray[np.int64]  # (7,)
    shape: NDArray[np.int64]  # shifts a day, most days in a row


class State(NamedTuple):
    cover: NDArray[np.int64]  # (R, S) nurse, -1 nobody
    works: NDArray[np.bool_]  # (N, S)
    load: NDArray[np.int64]  # (N, S) minutes
    shifts: NDArray[np.int64]  # (N,)
    staff: NDArray[np.int64]  # (S,)
    met: NDArray[np.int64]  # (G, N) slots in which the nurse had the patient
    cost: NDArray[np.int64]  # (7,) by component


class Log(NamedTuple):
    """The steps of a move, to undo them: kind, row, slot, what was there before; `size` (1,)."""

    steps: NDArray[np.int64]
    size: NDArray[np.int64]
    wishes: NDArray[np.int64]  # room, slot, nurse


@inner
def above(table, n, minutes):  # type: ignore[no-untyped-def]
    return table.prices[OVERLOAD] * max(minutes - table.nurses[n, 3], 0)


@inner
def put(table, state, r, s, n):  # type: ignore[no-untyped-def]
    """Let nurse `n` (-1 nobody) have room `r` in slot `s`."""
    old, minutes = state.cover[r, s], table.work[r, s]
    if old == n:
        return
    for nurse, sign in ((old, -1), (n, 1)):
        if nurse >= 0:
            before = above(table, nurse, state.load[nurse, s])
            state.load[nurse, s] += sign * minutes
            state.cost[OVERLOAD] += above(table, nurse, state.load[nurse, s]) - before
            if minutes > 0:
                lack = max(table.wanted[r, s] - table.nurses[nurse, 0], 0)
                state.cost[SKILL] += sign * table.prices[SKILL] * SCALE * lack
        elif minutes > 0:
            state.cost[UNCOVERED] += sign * table.prices[UNCOVERED] * SCALE
    for g in range(table.of_room[r], table.of_room[r + 1]):
        if table.guests[g, 1] <= s < table.guests[g, 2]:
            before = meetings(state, g)
            if old >= 0:
                state.met[g, old] -= 1
            if n >= 0:
                state.met[g, n] += 1
            state.cost[CONTINUITY] += table.prices[CONTINUITY] * SCALE * (meetings(state, g) - before)
    state.cover[r, s] = n


@inner
def meetings(state, g):  # type: ignore[no-untyped-def]
    """How many nurses beyond the first a patient meets."""
    count = 0
    for n in range(state.met.shape[1]):
        count += state.met[g, n] > 0
    return max(count - 1, 0)


@inner
def turn(table, state, n, s):  # type: ignore[no-untyped-def]
    """Let a nurse work a slot, or no longer; who stops has no rooms in it."""
    on = not state.works[n, s]
    sign = 1 if on else -1
    contract = table.nurses[n, 1]
    before = abs(state.shifts[n] - contract)
    state.shifts[n] += sign
    state.cost[FAIRNESS] += table.prices[FAIRNESS] * SCALE * (abs(state.shifts[n] - contract) - before)
    if table.present[n, s] >= 0:
        state.cost[CHANGE] += table.prices[CHANGE] * SCALE * (1 if (table.present[n, s] == 1) != on else -1)
    missing = max(table.least[s] - state.staff[s], 0)
    state.staff[s] += sign
    state.cost[STAFF] += table.prices[STAFF] * SCALE * (max(table.least[s] - state.staff[s], 0) - missing)
    state.works[n, s] = on


@inner
def may_work(table, state, n, s):  # type: ignore[no-untyped-def]
    """Whether a nurse may work one slot more."""
    if state.works[n, s] or table.off[n, s] or state.shifts[n] >= table.nurses[n, 2]:
        return False
    for other in range(state.works.shape[1]):
        if state.works[n, other] and table.apart[s, other]:
            return False
    day, run = s // table.shape[0], 1
    for step in (-1, 1):
        there = day + step
        while 0 <= there * table.shape[0] < state.works.shape[1] and works_on(table, state, n, there):
            run += 1
            there += step
    return run <= table.shape[1]


@inner
def works_on(table, state, n, day):  # type: ignore[no-untyped-def]
    worked = False
    for s in range(day * table.shape[0], (day + 1) * table.shape[0]):
        worked |= state.works[n, s]
    return worked


@inner
def noted_put(table, state, log, r, s, n):  # type: ignore[no-untyped-def]
    if state.cover[r, s] != n:
        step = log.steps[log.size[0]]
        step[0], step[1], step[2], step[3] = COVER, r, s, state.cover[r, s]
        log.size[0] += 1
        put(table, state, r, s, n)


@inner
def noted_turn(table, state, log, n, s):  # type: ignore[no-untyped-def]
    step = log.steps[log.size[0]]
    step[0], step[1], step[2] = WORK, n, s
    log.size[0] += 1
    turn(table, state, n, s)


@inner
def undo(table, state, log):  # type: ignore[no-untyped-def]
    for k in range(log.size[0] - 1, -1, -1):
        if log.steps[k, 0] == COVER:
            put(table, state, log.steps[k, 1], log.steps[k, 2], log.steps[k, 3])
        else:
            turn(table, state, log.steps[k, 1], log.steps[k, 2])


@inner
def total(state):  # type: ignore[no-untyped-def]
    cost = 0
    for part in range(PRICES):
        cost += state.cost[part]
    return cost


@inner
def place(table, state, log, r, s):  # type: ignore[no-untyped-def]
    """Give a room to whoever works in the slot and makes it cheapest."""
    best, cheapest, old = -1, 0, state.cover[r, s]
    for n in range(state.works.shape[0]):
        if state.works[n, s]:
            put(table, state, r, s, n)
            if best < 0 or total(state) < cheapest:
                best, cheapest = n, total(state)
    put(table, state, r, s, old)
    noted_put(table, state, log, r, s, best)


@inner
def wish(log, count, r, s, n):  # type: ignore[no-untyped-def]
    """Write down that room `r` should go to nurse `n` in slot `s`; how many wishes there are."""
    row = log.wishes[count]
    row[0], row[1], row[2] = r, s, n
    return count + 1


@inner
def choose(table, state, log, random):  # type: ignore[no-untyped-def]
    """A move by chance: (wishes, who begins, who stops, in which slot, where else that nurse may begin); -1 is nobody.

    Rooms change hands, or somebody else works a slot with the same rooms, or a nurse begins, stops, or changes slots.
    """
    rooms, slots, nurses = state.cover.shape[0], state.cover.shape[1], state.works.shape[0]
    u, s, n = unit(random), int(unit(random) * slots), int(unit(random) * nurses)
    other, t, count = int(unit(random) * nurses), int(unit(random) * slots), 0
    r, q = int(unit(random) * rooms), int(unit(random) * rooms)
    if u < 0.5 and rooms:  # a room to another nurse, or two rooms exchanged
        if u < 0.25 and state.works[n, s]:
            return wish(log, 0, r, s, n), -1, -1, s, -1
        count = wish(log, 0, r, s, state.cover[q, s])
        return wish(log, count, q, s, state.cover[r, s]), -1, -1, s, -1
    if u < 0.6 and rooms:  # a nurse has one room whenever she works
        for slot in range(slots):
            if state.works[n, slot] and table.work[r, slot] > 0:
                count = wish(log, count, r, slot, n)
        return count, -1, -1, s, -1
    if u < 0.8:  # somebody else works the slot
        if n == other or not state.works[n, s]:
            return 0, -1, -1, s, -1
        for room in range(rooms):
            if state.cover[room, s] == n:
                count = wish(log, count, room, s, other)
        return count, other, n, s, -1
    if state.works[n, s]:  # a nurse stops, and perhaps works another slot
        for room in range(rooms):
            if state.cover[room, s] == n:
                count = wish(log, count, room, s, -1)
        return count, -1, n, s, t if u < 0.9 else -1
    return 0, n, -1, s, -1


@inner
def attempt(table, state, log, random):  # type: ignore[no-untyped-def]
    """One move by chance; False when it was not possible or changes nothing."""
    count, begins, stops, s, elsewhere = choose(table, state, log, random)
    if begins >= 0 and not may_work(table, state, begins, s):
        return False
    exchange = begins >= 0 and stops >= 0
    for k in range(2):  # who begins does so before rooms are given, who stops after
        nurse = begins if k == 0 else stops
        if nurse >= 0:
            noted_turn(table, state, log, nurse, s)
        for w in range(count if k == 0 else 0):
            noted_put(table, state, log, log.wishes[w, 0], log.wishes[w, 1], log.wishes[w, 2])
    if exchange or (begins < 0 and stops < 0):
        return log.size[0] > 0
    for k in range(2):
        slot = s if k == 0 else elsewhere
        if k == 1 and (slot < 0 or not may_work(table, state, stops, slot)):
            break
        if k == 1:
            noted_turn(table, state, log, stops, slot)
        for r in range(state.cover.shape[0]):
            if table.work[r, slot] > 0 and (k == 1 or begins >= 0 or state.cover[r, slot] < 0):
                place(table, state, log, r, slot)
    return True


def _make_anneal(sources: int) -> Callable[..., None]:
    @entry
    def anneal(table, state, best, log, random, hot, cold, moves):  # type: ignore[no-untyped-def]
        """Try so many moves while the temperature falls; `best` is (cover, works, cost by component)."""
        cover, works, cost = best
        temperature, cooling = hot, (cold / hot) ** (1.0 / max(moves, 1))
        lowest = 0
        for part in range(PRICES):
            lowest += cost[part]
        for _ in range(moves if sources else 0):
            temperature *= cooling
            old, log.size[0] = total(state), 0
            done = attempt(table, state, log, random)
            delta = total(state) - old
            if not done or (delta > 0 and unit(random) >= math.exp(-delta / temperature)):
                undo(table, state, log)
            elif total(state) < lowest:
                lowest = total(state)
                cover[:], works[:], cost[:] = state.cover, state.works, state.cost

    return anneal


def _make_start(sources: int) -> Callable[..., None]:
    @entry
    def start(table, state, log, keep):  # type: ignore[no-untyped-def]
        """The present roster as far as it keeps the rules (`keep`), filled up to each slot's least; rooms by cost."""
        for s in range(state.works.shape[1] if sources else 0):
            for n in range(state.works.shape[0]):
                log.size[0] = 0
                if keep[n, s] and may_work(table, state, n, s):
                    turn(table, state, n, s)
        for s in range(state.works.shape[1]):
            while state.staff[s] < table.least[s]:
                chosen = -1
                for n in range(state.works.shape[0]):
                    fewer = chosen < 0 or state.shifts[n] < state.shifts[chosen]
                    if fewer and may_work(table, state, n, s):
                        chosen = n
                if chosen < 0:
                    break
                turn(table, state, chosen, s)
            for r in range(state.cover.shape[0]):
                log.size[0] = 0
                place(table, state, log, r, s)

    return start


SOURCES = fingerprint(Path(__file__).parent, Path(__file__).parents[1])
anneal: Any = _make_anneal(SOURCES)
start: Any = _make_start(SOURCES)
