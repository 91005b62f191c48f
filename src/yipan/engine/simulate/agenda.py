"""The list of events to come: a calendar (Brown 1988) in preallocated arrays, a chain of events for each short span.

Events of one instant come in the order of `What`, then of `who`; so a run is the same however its events were pushed.
A span's chain is put in order when its time comes; later events join the ordered chain where they belong.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.simulate.compiled import entry, inlined

WHO_BITS = 40
WHO_MASK = (1 << WHO_BITS) - 1
LEAST_SPANS, MOST_SPANS = 64, 2**20
EVENTS_A_SPAN = 2


class What(IntEnum):
    """Kinds of events."""

    READY = 1  # a bed is clean, or its closure is over
    LEAVE = 2  # a patient leaves
    OPEN = 3  # a closure of a ward ends
    CLOSE = 4  # it begins
    REVIEW = 5  # reserves are worked out anew
    MOVE = 6  # a patient needs another department from now on
    GIVE_UP = 7  # a patient has waited as long as she would
    ARRIVE = 8  # never in the calendar: arrivals come from their own list


class Agenda(NamedTuple):
    """Rows of `hour`, `code` and `next` are events; -1 ends a chain."""

    hour: NDArray[np.float64]
    code: NDArray[np.int64]
    next: NDArray[np.int32]
    spans: NDArray[np.int32]
    """First event of each span, in no order."""
    at: NDArray[np.int64]
    """See SPAN."""
    measure: NDArray[np.float64]
    """Spans an hour, and the hour from which on nothing is played."""


SPAN, TODAY, SPARE_ROW, USED = range(4)
"""Places in `Agenda.at`: the span that is played, its first event in order, the first row that was used and is free
again, and how many rows were ever used."""
A_HOUR, END = 0, 1


def new_agenda(capacity: int, events: int, hours: float) -> Agenda:
    """Room for `capacity` events at a time within `hours`, when about so many are expected in all."""
    spans = min(max(events // EVENTS_A_SPAN, LEAST_SPANS), MOST_SPANS)
    return Agenda(
        hour=np.zeros(capacity),
        code=np.zeros(capacity, np.int64),
        next=np.zeros(capacity, np.int32),
        spans=np.full(spans + 1, -1, np.int32),
        at=np.array([-1, -1, -1, 0]),
        measure=np.array([spans / hours, hours]),
    )


@inlined
def push(agenda, hour, what, who):  # type: ignore[no-untyped-def]
    """Add an event; what comes after the end is not kept."""
    at = agenda.at
    if not hour < agenda.measure[END]:
        return
    row = at[SPARE_ROW]
    if row >= 0:
        at[SPARE_ROW] = agenda.next[row]
    else:
        row = at[USED]
        at[USED] += 1
    agenda.hour[row], agenda.code[row] = hour, (np.int64(what) << WHO_BITS) | np.int64(who)
    span = int(hour * agenda.measure[A_HOUR])
    if span > at[SPAN]:
        agenda.next[row], agenda.spans[span] = agenda.spans[span], row
    else:
        put_in_order(agenda, row)


@inlined
def put_in_order(agenda, row):  # type: ignore[no-untyped-def]
    """Into today's chain."""
    hours, codes, following = agenda.hour, agenda.code, agenda.next
    hour, code = hours[row], codes[row]
    before, after = -1, agenda.at[TODAY]
    while after >= 0 and (hours[after] < hour or (hours[after] == hour and codes[after] < code)):
        before, after = after, following[after]
    following[row] = after
    if before >= 0:
        following[before] = row
    else:
        agenda.at[TODAY] = row


@inlined
def first_before(agenda, hour):  # type: ignore[no-untyped-def]
    """The row of the first event, -1 when none is known to come before or at `hour`."""
    at, last = agenda.at, int(hour * agenda.measure[A_HOUR])
    while at[TODAY] < 0 and at[SPAN] < last:
        at[SPAN] += 1
        row = agenda.spans[at[SPAN]]
        while row >= 0:
            after = agenda.next[row]
            put_in_order(agenda, row)
            row = after
    return at[TODAY]


@inlined
def drop_first(agenda):  # type: ignore[no-untyped-def]
    """Take the first event off; read it before."""
    row = agenda.at[TODAY]
    agenda.at[TODAY] = agenda.next[row]
    agenda.next[row], agenda.at[SPARE_ROW] = agenda.at[SPARE_ROW], row


@entry
def push_one(agenda, hour, what, who):  # type: ignore[no-untyped-def]
    """Add an event from Python."""
    push(agenda, hour, what, who)
