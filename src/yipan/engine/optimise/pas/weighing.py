"""How much of each known schedule to take so that nights are neither left out nor taken twice: compiled.

The least of Σ x · cost + t / 2 · Σ (1 − nights taken)² over shares x ≥ 0 of schedules, at most as many of a block as it
has rooms. Two schedules of a block change places, or one and an empty room, as long as that betters it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.schedules import Whole
from yipan.engine.placement.compiled import inner

PAIRS = 3
"""Exchanges in a block before the next one has its turn."""
ENOUGH, SWEEPS = 0.05, 60
"""Tenths that a sweep over all blocks must better; how many sweeps there may be."""
NOBODY, LITTLE = -1, 1e-12


class Known(NamedTuple):
    """Schedules by block: those of block b are `block[b]` to `block[b + 1]` - 1, the stays of s `start[s]` onwards."""

    block: Whole
    start: Whole
    stays: Whole
    cost: NDArray[np.float64]


@inner
def _gain(known, missing, pull, one):  # type: ignore[no-untyped-def]
    """What one schedule more would cost, less what is missing and comes with it."""
    sum_ = 0.0
    for at in range(known.start[one], known.start[one + 1]):
        sum_ += missing[known.stays[at]]
    return known.cost[one] - pull * sum_


@inner
def _apart(known, one, other):  # type: ignore[no-untyped-def]
    """How many stays are in only one of two schedules, of which either may be nobody."""
    if one == NOBODY or other == NOBODY:
        only = max(one, other)
        return known.start[only + 1] - known.start[only]
    a, b = known.start[one], known.start[other]
    a_end, b_end = known.start[one + 1], known.start[other + 1]
    count = a_end - a + b_end - b
    while a < a_end and b < b_end:
        if known.stays[a] == known.stays[b]:
            count -= 2
            a += 1
            b += 1
        elif known.stays[a] < known.stays[b]:
            a += 1
        else:
            b += 1
    return count


@inner
def _take(known, taken, missing, one, share):  # type: ignore[no-untyped-def]
    """So much more of a schedule."""
    taken[one] += share
    for at in range(known.start[one], known.start[one + 1]):
        missing[known.stays[at]] -= share


@inner
def _exchange(known, taken, empty, missing, pull, block):  # type: ignore[no-untyped-def]
    """Give room to the schedule of the block that gains most, from the one in use that loses least; what is won."""
    wanted, low = NOBODY, 0.0
    given, high = NOBODY, 0.0 if empty[block] > LITTLE else -np.inf
    for one in range(known.block[block], known.block[block + 1]):
        gain = _gain(known, missing, pull, one)
        if gain < low:
            wanted, low = one, gain
        if taken[one] > LITTLE and gain > high:
            given, high = one, gain
    if wanted == given:
        return 0.0
    there = empty[block] if given == NOBODY else taken[given]
    share = min(there, (high - low) / (pull * max(_apart(known, wanted, given), 1)))
    if given == NOBODY:
        empty[block] -= share
    else:
        _take(known, taken, missing, given, -share)
    if wanted == NOBODY:
        empty[block] += share
    else:
        _take(known, taken, missing, wanted, share)
    return share * (high - low)


@inner
def weigh(known, taken, empty, missing, pull):  # type: ignore[no-untyped-def]
    """Change `taken` (schedules), `empty` (blocks: rooms) and what is `missing` (stays) until it is good enough."""
    for _ in range(SWEEPS):
        won = 0.0
        for block in range(len(empty)):
            for _ in range(PAIRS):
                more = _exchange(known, taken, empty, missing, pull, block)
                won += more
                if more <= 0:
                    break
        if won < ENOUGH:
            return
