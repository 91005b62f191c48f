"""The list of events to come: a heap of (hour, what, who) in preallocated arrays, four below each.

Events of one instant come in the order of `What`, then of `who`; so a run is the same however its events were pushed.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.simulate.compiled import entry, inlined

WHO_BITS = 40
WHO_MASK = (1 << WHO_BITS) - 1


class What(IntEnum):
    """Kinds of events."""

    READY = 1  # a bed is clean, or its closure is over
    LEAVE = 2  # a patient leaves
    OPEN = 3  # a closure of a ward ends
    CLOSE = 4  # it begins
    REVIEW = 5  # reserves are worked out anew
    MOVE = 6  # a patient needs another department from now on
    GIVE_UP = 7  # a patient has waited as long as she would
    ARRIVE = 8  # never in the heap: arrivals come from their own list


class Heap(NamedTuple):
    """`size` holds one number: how many of the rows are used."""

    hour: NDArray[np.float64]
    code: NDArray[np.int64]
    size: NDArray[np.int64]


def new_heap(capacity: int) -> Heap:
    return Heap(np.zeros(capacity), np.zeros(capacity, np.int64), np.zeros(1, np.int64))


@inlined
def push(heap, hour, what, who):  # type: ignore[no-untyped-def]
    """Add an event."""
    hours, codes = heap.hour, heap.code
    code = (np.int64(what) << WHO_BITS) | np.int64(who)
    i = heap.size[0]
    heap.size[0] = i + 1
    while i > 0:
        up = (i - 1) >> 2
        if hours[up] < hour or (hours[up] == hour and codes[up] < code):
            break
        hours[i], codes[i] = hours[up], codes[up]
        i = up
    hours[i], codes[i] = hour, code


@inlined
def drop_first(heap):  # type: ignore[no-untyped-def]
    """Take the first event off; read it before."""
    hours, codes = heap.hour, heap.code
    size = heap.size[0] - 1
    heap.size[0] = size
    hour, code = hours[size], codes[size]
    i = 0
    while True:
        down = 4 * i + 1
        if down >= size:
            break
        for other in range(down + 1, min(down + 4, size)):
            if hours[other] < hours[down] or (hours[other] == hours[down] and codes[other] < codes[down]):
                down = other
        if hour < hours[down] or (hour == hours[down] and code < codes[down]):
            break
        hours[i], codes[i] = hours[down], codes[down]
        i = down
    hours[i], codes[i] = hour, code


@entry
def push_one(heap, hour, what, who):  # type: ignore[no-untyped-def]
    """Add an event from Python."""
    push(heap, hour, what, who)
