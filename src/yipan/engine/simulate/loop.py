"""The event loop. Compiled; the same in slow and obvious Python is `tests/oracle.py`."""

from __future__ import annotations

import numpy as np

from yipan.engine.placement.case import OFF
from yipan.engine.simulate.areas import count_all
from yipan.engine.simulate.choosing import choose, tier_in
from yipan.engine.simulate.compiled import SOURCES, entry, inlined
from yipan.engine.simulate.expecting import expect_own_bed, review
from yipan.engine.simulate.heap import WHO_BITS, WHO_MASK, What, drop_first, push
from yipan.engine.simulate.moving import OWN, arrives, gives_up, leaves, leaves_queue, put, wants_move
from yipan.engine.simulate.state import (
    BIN,
    BIN_HOURS,
    EVENTS,
    MOVERS,
    OUTLIERS,
    PENDING,
    REPATRIATE,
    REVIEW,
    SPARE,
    WAITING,
)
from yipan.engine.simulate.turning import CLEANING, CLOSED, FREE, bed_ready, close_ward, open_bed, open_ward

READY, LEAVE, OPEN, CLOSE = int(What.READY), int(What.LEAVE), int(What.OPEN), int(What.CLOSE)
REVIEWS, MOVE, GIVE_UP, ARRIVE = int(What.REVIEW), int(What.MOVE), int(What.GIVE_UP), int(What.ARRIVE)
RANKS = 256
"""More than there are ranks of tiers."""
NOBODY = 2**62
"""Larger than any event's code."""


@inlined
def ask_all(run, hour):  # type: ignore[no-untyped-def]
    """Ask those who wait about every ward where something came free, until nothing more comes free."""
    now = run.now
    while now.counts[PENDING] > 0:
        now.counts[PENDING] = 0
        for w in range(now.pending.shape[0]):
            if now.pending[w]:
                now.pending[w] = 0
                ask_movers(run, w, hour)
                ask_queues(run, w, hour)
                if run.fixed.numbers[REPATRIATE] > 0.0:
                    bring_home(run, w, hour)


@inlined
def ask_movers(run, w, hour):  # type: ignore[no-untyped-def]
    """Those who need another department come first: they free a bed."""
    now, fate = run.now, run.fate
    place = 0
    while place < now.counts[MOVERS] and now.opened[w] > 0:
        p = now.movers[place]
        k = fate.kind[p]
        expect_own_bed(run, k, now.waiting_of[run.fixed.cases[k].department])
        bed, tier, _ = choose(run.net, run.fixed, now, k, fate.bed[p], w, hour)
        if bed >= 0:
            put(run, p, bed, tier, hour)
            fate.moves[p] += 1
        else:
            place += 1


@inlined
def ask_queues(run, w, hour):  # type: ignore[no-untyped-def]
    """Urgency decides who is asked first, then the tier that the ward is of, then arrival; who is refused is not asked
    again until more comes free."""
    now, fixed = run.now, run.fixed
    if now.counts[WAITING] == 0 or now.opened[w] == 0:
        return
    for k in range(now.asked.shape[0]):
        now.asked[k] = fixed.first_rank[k, w] == OFF  # no tier of theirs is there
    while now.opened[w] > 0:
        k = next_kind(run, w)
        if k < 0:
            break
        p = now.head[k]
        expect_own_bed(run, k, now.waiting_of[fixed.cases[k].department] - 1)
        bed, tier, _ = choose(run.net, fixed, now, k, -1, w, hour)
        if bed < 0:
            now.asked[k] = 1
            continue
        leaves_queue(run, p, k, hour)
        put(run, p, bed, tier, hour)


@inlined
def next_kind(run, w):  # type: ignore[no-untyped-def]
    """The kind of patient whose first in the queue is to be asked next about a bed of ward `w`, -1 for none."""
    now, fixed, at = run.now, run.fixed, run.patients.at
    found, turn, since = -1, 0, np.inf
    for k in range(now.asked.shape[0]):
        p = now.head[k]
        if p < 0 or now.asked[k]:
            continue
        its_turn = fixed.urgency[k] * RANKS + fixed.first_rank[k, w]
        if found < 0 or its_turn < turn or (its_turn == turn and at[p] < since):
            found, turn, since = k, its_turn, at[p]
    return found


@inlined
def bring_home(run, w, hour):  # type: ignore[no-untyped-def]
    """Outliers go home into beds that nobody waits for, whoever has been away longest first."""
    now, fate, fixed = run.now, run.fate, run.fixed
    place = 0
    while place < now.counts[OUTLIERS] and now.free[w] > fixed.numbers[SPARE]:
        p = now.out[place]
        k = fate.kind[p]
        place += 1
        if fixed.first_rank[k, w] > 0:
            continue
        bed, tier, left = choose(run.net, fixed, now, k, fate.bed[p], w, hour)
        if bed >= 0 and tier == OWN and left >= fixed.numbers[SPARE]:
            put(run, p, bed, tier, hour)
            fate.moves[p] += 1
            fate.returns[p] += 1
            place -= 1


@inlined
def happens(run, what, who, hour):  # type: ignore[no-untyped-def]
    """One event."""
    net, fixed, now = run.net, run.fixed, run.now
    if what == ARRIVE:
        arrives(run, who, hour)
    elif what == LEAVE:
        leaves(run, who, hour)
    elif what == READY:
        bed_ready(net, fixed, now, who, hour)
    elif what == MOVE:
        wants_move(run, who, hour)
    elif what == GIVE_UP:
        gives_up(run, who, hour)
    elif what == REVIEWS:
        review(run, hour)
    elif what == CLOSE:
        close_ward(net, fixed, now, fixed.closures[who])
    elif what == OPEN:
        open_ward(net, fixed, now, fixed.closures[who], hour)


def _make_play(sources: int):  # type: ignore[no-untyped-def]
    @entry
    def play(run, next_patient, until):  # type: ignore[no-untyped-def]
        """Run until `until` (hours) or the end; returns the first patient who has not come by then."""
        if sources == 0:
            return next_patient
        now, heap, numbers, at = run.now, run.heap, run.fixed.numbers, run.patients.at
        people, bin_hours = at.shape[0], numbers[BIN_HOURS]
        last_bin = run.area.waiting.shape[0] - 1
        while True:
            hour, code = until, NOBODY
            if heap.size[0] > 0 and heap.hour[0] < hour:
                hour, code = heap.hour[0], heap.code[0]
            if next_patient < people and at[next_patient] < hour:
                hour, code = at[next_patient], (np.int64(ARRIVE) << WHO_BITS) | next_patient
            while now.counts[BIN] < last_bin and (now.counts[BIN] + 1) * bin_hours <= hour:
                count_all(now, run.area, run.fixed, (now.counts[BIN] + 1) * bin_hours)
                now.counts[BIN] += 1
            if code == NOBODY:
                count_all(now, run.area, run.fixed, until)
                return next_patient
            what, who = code >> WHO_BITS, code & WHO_MASK
            if what == ARRIVE:
                next_patient += 1
            else:
                drop_first(heap)
            now.counts[EVENTS] += 1
            happens(run, what, who, hour)
            if now.counts[PENDING] > 0:
                ask_all(run, hour)

    return play


def _make_begin(sources: int):  # type: ignore[no-untyped-def]
    @entry
    def begin(run):  # type: ignore[no-untyped-def]
        """Open what is open, and lay down those who lie there at the start; returns how many."""
        net, fixed, now, heap = run.net, run.fixed, run.now, run.heap
        for i in range(net.beds.shape[0] if sources else 0):
            bed = net.beds[i]
            if bed.state == FREE:
                now.free[bed.ward] += 1
                open_bed(net, fixed, now, i)
            elif bed.state == CLEANING:
                open_bed(net, fixed, now, i)
            if bed.state == CLEANING or bed.state == CLOSED:
                push(heap, now.ready[i], READY, i)
        count = 0
        while count < run.patients.at.shape[0] and run.patients.bed[count] >= 0:
            i = run.patients.bed[count]
            tier = tier_in(net, fixed.cases[run.fate.kind[count]], i)
            put(run, count, i, tier, 0.0)
            count += 1
        if fixed.numbers[REVIEW] > 0.0:
            review(run, 0.0)
        return count

    return begin


play = _make_play(SOURCES)
begin = _make_begin(SOURCES)
