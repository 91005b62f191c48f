"""The cheapest schedule of one room, when every night of a stay that lies in it is worth something: compiled.

A schedule is a set of spells, each some nights of one patient, never more at a time than the room has beds. A spell
that begins or ends within a stay costs half a transfer there. For one sex, spells that fit into c beds are a flow of c
units through the nights, so the cheapest are found by shortest paths, one unit after another (R. K. Ahuja,
T. L. Magnanti, J. B. Orlin, "Network Flows", 1993, chapter 9). Between two nights that nobody spans a room may change
its sex: a shortest path over such stretches does the rest. A stretch with both sexes has a night that mixes them,
and counts as one that costs 5 and takes anybody: less than it costs in truth, so what is found is never too dear.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.model import Ints
from yipan.engine.placement.compiled import inner

Whole = NDArray[np.int64]

ANYBODY, NONE = 2, 3
"""After women and men, the third list of spells; and none."""
IDLE, USED, IDLE_BACK, USED_BACK = 0, 1, 2, 3
FAR = 1 << 60


class Stints(NamedTuple):
    """The stays, cut at the ends of windows of nights: begin and end (stays), first night in the window, and sex.

    The stints of window w are `window[w]` to `window[w + 1]` - 1, and `nights[w]` is how many nights it has.
    """

    begin: Ints
    end: Ints
    first: Ints
    sex: Ints
    window: Ints
    nights: Ints


class Desk(NamedTuple):
    """Where one schedule is worked out; nodes are the evenings 0 to n of a window.

    `top` (3 lists, from, to, beds): what the cheapest spells cost, ascending, 0 for none; `who`: their stays, begin and
    end. `used` and `idle`: the flow. `single` (3, from, to): of one bed; `value`: of all; `pure`: of stretches
    for one sex each, one after another.
    """

    top: Whole
    who: Whole
    used: Whole
    idle: Whole
    distance: Whole
    came: Whole
    arc: Whole
    single: Whole
    value: Whole
    pure: Whole


@inner
def desk(nights, beds):  # type: ignore[no-untyped-def]
    """An empty one."""
    n = nights + 1
    return Desk(
        np.zeros((3, n, n, beds), np.int64), np.zeros((3, n, n, beds, 2), np.int64),
        np.zeros((n, n), np.int64), np.zeros(n, np.int64),
        np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64),
        np.zeros((3, n, n), np.int64), np.zeros((3, n, n), np.int64), np.zeros((n, n), np.int64),
    )  # fmt: skip


@inner
def _offer(top, who, beds, cost, begin, end):  # type: ignore[no-untyped-def]
    """Keep a spell when it is among the cheapest between its two evenings."""
    if cost >= top[beds - 1]:
        return
    at = beds - 1
    while at > 0 and top[at - 1] > cost:
        top[at] = top[at - 1]
        who[at] = who[at - 1]
        at -= 1
    top[at] = cost
    who[at, 0], who[at, 1] = begin, end


@inner
def _list_spells(work, stints, window, asked, at, half, beds, apart):  # type: ignore[no-untyped-def]
    """Fill `top` and `who` with every spell that pays, at what class `at` asks."""
    work.top[:] = 0
    for one in range(stints.window[window], stints.window[window + 1]):
        begin, end, sex = stints.begin[one], stints.end[one], stints.sex[one]
        for low in range(begin, end):
            cost = 0 if low == begin else half
            a = stints.first[one] + low - begin
            for high in range(low + 1, end + 1):
                cost += asked[at, high - 1]
                whole = cost if high == end else cost + half
                if whole >= 0:
                    continue
                b = a + high - low
                _offer(work.top[ANYBODY, a, b], work.who[ANYBODY, a, b], beds, whole, low, high)
                if apart:
                    _offer(work.top[sex, a, b], work.who[sex, a, b], beds, whole, low, high)


@inner
def _reach(work, which, a, b, beds, again):  # type: ignore[no-untyped-def]
    """Shortest ways from evening a; `again` when spells are in use already, which may be given back."""
    top, used, idle, distance = work.top[which], work.used, work.idle, work.distance
    for i in range(a, b + 1):
        distance[i] = FAR
    distance[a] = 0
    changed, first = True, True
    while changed and (first or again):
        changed, first = False, False
        for i in range(a, b + 1):
            here = distance[i]
            if here == FAR:
                continue
            for j in range(i + 1, b + 1):
                cost = top[i, j, used[i, j]] if used[i, j] < beds else 0
                if cost < 0 and here + cost < distance[j]:
                    distance[j], work.came[j], work.arc[j], changed = here + cost, i, USED, True
            if i < b and here < distance[i + 1]:
                distance[i + 1], work.came[i + 1], work.arc[i + 1], changed = here, i, IDLE, True
            if i > a and idle[i - 1] > 0 and here < distance[i - 1]:
                distance[i - 1], work.came[i - 1], work.arc[i - 1], changed = here, i, IDLE_BACK, True
            for j in range(a, i):
                if used[j, i] > 0 and here - top[j, i, used[j, i] - 1] < distance[j]:
                    distance[j], changed = here - top[j, i, used[j, i] - 1], True
                    work.came[j], work.arc[j] = i, USED_BACK


@inner
def _flow(work, which, a, b, beds):  # type: ignore[no-untyped-def]
    """What the cheapest spells between the evenings a and b cost that fit into the beds; `used` says which they are."""
    work.used[a : b + 1, a : b + 1] = 0
    work.idle[a : b + 1] = 0
    total = 0
    for unit in range(beds):
        _reach(work, which, a, b, beds, unit > 0)
        if work.distance[b] >= 0:
            break
        total += work.distance[b]
        at = b
        while at != a:
            before, arc = work.came[at], work.arc[at]
            if arc == IDLE:
                work.idle[before] += 1
            elif arc == USED:
                work.used[before, at] += 1
            elif arc == IDLE_BACK:
                work.idle[at] -= 1
            else:
                work.used[at, before] -= 1
            at = before
    return total


@inner
def _lay_one_bed(work, nights):  # type: ignore[no-untyped-def]
    """Fill `single`: what the cheapest spells in one bed cost, for all stretches and lists."""
    for which in range(3):
        top, single = work.top[which], work.single[which]
        for a in range(nights):
            single[a, a] = 0
            for b in range(a + 1, nights + 1):
                best = single[a, b - 1]
                for middle in range(a, b):
                    best = min(best, single[a, middle] + top[middle, b, 0])
                single[a, b] = best


@inner
def _values(work, nights, beds, mixed):  # type: ignore[no-untyped-def]
    """Fill `value` for all stretches; FAR for what cannot be cheaper than shorter stretches one after another.

    No stretch is cheaper than its cheapest bed, so many times.
    """
    value, pure = work.value, work.pure
    for length in range(1, nights + 1):
        for a in range(nights - length + 1):
            b = a + length
            best = 0 if length == 1 else FAR
            for middle in range(a + 1, b):
                best = min(best, pure[a, middle] + pure[middle, b])
            apart = 0
            first = 0 if work.single[0, a, b] <= work.single[1, a, b] else 1
            for sex in (first, 1 - first):
                least = beds * work.single[sex, a, b]
                value[sex, a, b] = FAR
                if least < best:
                    least = value[sex, a, b] = _flow(work, sex, a, b, beds)
                    best = min(best, least)
                apart += least
            pure[a, b] = best
            value[ANYBODY, a, b] = FAR
            if max(apart, beds * work.single[ANYBODY, a, b]) + mixed < best:
                value[ANYBODY, a, b] = _flow(work, ANYBODY, a, b, beds) + mixed


@inner
def _list_chosen(work, which, a, b, spells, count):  # type: ignore[no-untyped-def]
    """Write the spells of the last flow behind the first `count`; how many there are then."""
    for i in range(a, b):
        for j in range(i + 1, b + 1):
            for at in range(work.used[i, j]):
                spells[count] = work.who[which, i, j, at]
                count += 1
    return count


@inner
def cheapest_schedule(work, stints, window, asked, at, half, mixed, beds, apart, spells):  # type: ignore[no-untyped-def]
    """What the cheapest schedule of a room of class `at` costs in a window, and how many spells it has.

    `asked` (classes × stays): what a night costs less what it is worth. `half` a transfer; `mixed` a night that mixes
    the sexes, which matters when they have to be `apart`. `spells` is filled with begins and ends, in stays.
    """
    nights = stints.nights[window]
    _list_spells(work, stints, window, asked, at, half, beds, apart)
    if not apart:
        total = _flow(work, ANYBODY, 0, nights, beds)
        return total, _list_chosen(work, ANYBODY, 0, nights, spells, 0)
    _lay_one_bed(work, nights)
    _values(work, nights, beds, mixed)
    best, came, kind = np.zeros(nights + 1, np.int64), np.zeros(nights + 1, np.int64), np.zeros(nights + 1, np.int64)
    for b in range(1, nights + 1):
        best[b], came[b], kind[b] = best[b - 1], b - 1, NONE
        for a in range(b):
            for which in range(3):
                if best[a] + work.value[which, a, b] < best[b]:
                    best[b], came[b], kind[b] = best[a] + work.value[which, a, b], a, which
    count, b = 0, nights
    while b > 0:
        if kind[b] != NONE:
            _flow(work, kind[b], came[b], b, beds)
            count = _list_chosen(work, kind[b], came[b], b, spells, count)
        b = came[b]
    return best[nights], count
