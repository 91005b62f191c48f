"""The compiled searches: annealing over millions of moves, the cheapest way of each patient, and schedule of each room.

Costs in tenths.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from yipan.engine import placement
from yipan.engine.optimise.chance import below
from yipan.engine.optimise.pas.chains import chain_delta, follow, forget
from yipan.engine.optimise.pas.moves import REFUSED, fill, place, shift_delta, swap_delta
from yipan.engine.optimise.pas.schedules import cheapest_schedule, desk
from yipan.engine.optimise.pas.weighing import weigh as settle
from yipan.engine.placement.compiled import entry, fingerprint, inner

CHAINS = 16
"""Of so many moves of a whole stay one is a chain, and every one to a room of the other sex that would be refused."""
HOPELESS = 6.0
"""Temperatures by which a night dearer is as good as never accepted."""
HOPES = 16
"""Of so many moves that look hopeless one is tried: who comes for somebody of the other sex may leave no more mixed."""


@inner
def _stretch(lying, begin, end, i):  # type: ignore[no-untyped-def]
    """The nights around i that are spent in the same room."""
    low, high = i, i + 1
    while low > begin and lying[low - 1] == lying[i]:
        low -= 1
    while high < end and lying[high] == lying[i]:
        high += 1
    return low, high


@inner
def _part(chance, low, high, i):  # type: ignore[no-untyped-def]
    """All of a stretch, mostly; else only night i, or up to it, or from it on."""
    kind = below(chance, 16)
    if kind == 0:
        return i, i + 1
    if kind == 1:
        return low, i + 1
    if kind == 2:
        return i, high
    return low, high


@inner
def _accept(chance, temperature, delta):  # type: ignore[no-untyped-def]
    """Whether a change of cost is accepted (Metropolis)."""
    if delta <= 0:
        return True
    return delta < 20.0 * temperature and below(chance, 1 << 30) < np.exp(-delta / temperature) * (1 << 30)


@inner
def _full_night(fixed, state, patient, low, high, room):  # type: ignore[no-untyped-def]
    """The first of the patient's nights low..high-1 on which the room has no bed for her, or -1."""
    night = fixed.first[patient] - fixed.offset[patient]
    for i in range(low, high):
        heads = state.heads[room, night + i, 0] + state.heads[room, night + i, 1]
        if state.lying[i] != room and heads >= fixed.capacity[room]:
            return i
    return -1


@inner
def _try_chain(fixed, state, chance, temperature, patient, room):  # type: ignore[no-untyped-def]
    """Try to let a patient go to another room with her whole stay, and those in her way to hers."""
    home = state.lying[fixed.offset[patient]]
    delta = chain_delta(fixed, state, chance, patient, room)
    made = delta != REFUSED and _accept(chance, temperature, delta)
    if made:
        follow(fixed, state, home, room)
    forget(state)
    return delta if made else 0


@inner
def _try(fixed, state, owner, menu, chance, temperature):  # type: ignore[no-untyped-def]
    """Try one move; the change of cost that was made, 0 when it was refused."""
    lying, offset = state.lying, fixed.offset
    i = below(chance, len(lying))
    p = owner[i]
    room = menu[p, below(chance, menu.shape[1])]
    if room == lying[i]:
        return 0
    begin, end = offset[p], offset[p + 1]
    low, high = _stretch(lying, begin, end, i)
    others = state.heads[room, fixed.first[p] + low - begin, 1 - fixed.sex[p]]
    hopeless = fixed.same[room] and others > 0 and fixed.mixing > HOPELESS * temperature and below(chance, HOPES) > 0
    if low == begin and high == end and (hopeless or below(chance, CHAINS) == 0):
        return _try_chain(fixed, state, chance, temperature, p, room)
    if hopeless:
        return 0
    if below(chance, 8) == 0:
        low, high = begin, end
    else:
        low, high = _part(chance, low, high, i)
    full = _full_night(fixed, state, p, low, high, room)
    if full < 0:
        delta = shift_delta(fixed, state, p, low, high, room)
        if not _accept(chance, temperature, delta):
            return 0
        place(fixed, state, p, low, high, room)
        return delta
    q = state.beds[room, fixed.first[p] + full - begin, below(chance, fixed.capacity[room])]
    there = fixed.first[p] + full - begin - fixed.first[q] + offset[q]
    mine, theirs = _stretch(lying, begin, end, full), _stretch(lying, offset[q], offset[q + 1], there)
    low, high = max(low, mine[0]), min(high, mine[1])
    if below(chance, 4) == 0:
        theirs = _part(chance, theirs[0], theirs[1], there)
    delta = swap_delta(fixed, state, p, low, high, q, theirs[0], theirs[1])
    if delta == REFUSED or not _accept(chance, temperature, delta):
        return 0
    old = lying[low]
    place(fixed, state, q, theirs[0], theirs[1], old)
    place(fixed, state, p, low, high, room)
    return delta


@inner
def _cheapest_way(asked, offset, transfer, ways):  # type: ignore[no-untyped-def]
    """For each patient the cheapest way through her nights; the sum of what they cost.

    `asked` (stays × classes) is what a night costs, `transfer` what a change of class costs; `ways` (stays) is filled.
    """
    classes = asked.shape[1]
    total = np.int64(0)
    came = np.zeros((len(asked), classes), np.int32)
    for p in range(len(offset) - 1):
        begin, end = offset[p], offset[p + 1]
        now = asked[begin].copy()
        for i in range(begin + 1, end):
            low = np.argmin(now)
            change = now[low] + transfer
            for k in range(classes):
                came[i, k] = k
                if change < now[k]:
                    now[k] = change
                    came[i, k] = low
                now[k] += asked[i, k]
        at = np.argmin(now)
        total += now[at]
        for i in range(end - 1, begin - 1, -1):
            ways[i] = at
            at = came[i, at]
    return total


class Kernel(NamedTuple):
    """The functions that Python calls."""

    anneal: Callable[..., tuple[int, int]]
    count: Callable[..., int]
    cheapest_way: Callable[..., int]
    schedules: Callable[..., None]
    weigh: Callable[..., None]


def _make(sources: int) -> Kernel:
    """The kernel, compiled anew whenever one of the sources has changed."""

    @entry
    def anneal(fixed, state, owner, menu, chance, best, cost, best_cost, temperature, moves):  # type: ignore[no-untyped-def]
        """Try `moves` moves at a temperature and keep the best plan in `best`; both costs, current and best."""
        for _ in range(moves if sources else 0):
            cost += _try(fixed, state, owner, menu, chance, temperature)
            if cost < best_cost:
                best_cost = cost
                best[:] = state.lying
        return cost, best_cost

    @entry
    def count(fixed, state):  # type: ignore[no-untyped-def]
        """Fill an empty state from `lying`; what the plan costs."""
        return fill(fixed, state) if sources else 0

    @entry
    def cheapest_way(asked, offset, transfer, ways):  # type: ignore[no-untyped-def]
        """For each patient the cheapest way through her nights; the sum of what they cost. See `_cheapest_way`."""
        return _cheapest_way(asked, offset, transfer, ways) if sources else 0

    @entry
    def schedules(stints, asked, beds, apart, half, mixed, part, parts, value, spells, count):  # type: ignore[no-untyped-def]
        """Fill in the cheapest schedule of every block that is number `part` of `parts`. See `cheapest_schedule`."""
        windows = len(stints.nights)
        work = desk(max(stints.nights), max(beds))
        for block in range(part, len(value) if sources else 0, parts):
            at, window = block // windows, block % windows
            value[block], count[block] = cheapest_schedule(
                work, stints, window, asked, at, half, mixed, beds[at], apart[at], spells[block]
            )

    @entry
    def weigh(known, taken, empty, missing, pull):  # type: ignore[no-untyped-def]
        """Mix the known schedules. See `weighing`."""
        if sources:
            settle(known, taken, empty, missing, pull)

    return Kernel(anneal, count, cheapest_way, schedules, weigh)


KERNEL = _make(fingerprint(Path(__file__).parent, Path(__file__).parents[1], Path(placement.__file__).parent))
