"""The event loop. Compiled; the same in slow and obvious Python is `tests/oracle.py`."""

from __future__ import annotations

import numpy as np

from yipan.engine.placement.pick import tier_in
from yipan.engine.simulate.agenda import WHO_BITS, WHO_MASK, What, drop_first, first_before, push
from yipan.engine.simulate.areas import count_all
from yipan.engine.simulate.choosing import choose
from yipan.engine.simulate.compiled import SOURCES, entry, inlined
from yipan.engine.simulate.expecting import expect_own_bed, review
from yipan.engine.simulate.moving import OWN, arrives, comes_before, gives_up, leaves, leaves_queue, put, wants_move
from yipan.engine.simulate.state import (
    BIN,
    BIN_HOURS,
    EVENTS,
    HIGHEST,
    LOWEST,
    MOVERS,
    NO_TURN,
    PENDING,
    QUEUED,
    REPATRIATE,
    REVIEW,
    SPARE,
)
from yipan.engine.simulate.turning import CLEANING, CLOSED, FREE, bed_ready, close_ward, open_bed, open_ward

READY, LEAVE, OPEN, CLOSE = int(What.READY), int(What.LEAVE), int(What.OPEN), int(What.CLOSE)
REVIEWS, MOVE, GIVE_UP, ARRIVE = int(What.REVIEW), int(What.MOVE), int(What.GIVE_UP), int(What.ARRIVE)
NOBODY = 2**62
"""Larger than any event's code."""


@inlined
def ask_all(run, hour):  # type: ignore[no-untyped-def]
    """Ask those who wait about every ward where something came free, until nothing more comes free."""
    now = run.now
    wards = now.pending.shape[0]
    while now.counts[PENDING] > 0:
        w, last = now.counts[LOWEST], now.counts[HIGHEST]
        now.counts[LOWEST], now.counts[HIGHEST] = wards, -1
        while w <= max(last, now.counts[HIGHEST]):
            if now.pending[w]:
                now.pending[w] = 0
                now.counts[PENDING] -= 1
                ask_movers(run, w, hour)
                ask_queues(run, w, hour)
                if run.fixed.numbers[REPATRIATE] > 0.0:
                    bring_home(run, w, hour)
            w += 1


@inlined
def ask_movers(run, w, hour):  # type: ignore[no-untyped-def]
    """Those who need another department come first: they free a bed."""
    now, fate = run.now, run.fate
    place = 0
    while place < now.counts[MOVERS] and run.kept.opened[w] > 0:
        p = now.movers[place]
        k = fate.kind[p]
        expect_own_bed(run, k, now.waiting_of[run.fixed.cases[k].department])
        bed, tier, _ = choose(run, k, fate.bed[p], w, hour)
        if bed >= 0:
            put(run, p, bed, tier, hour)
            fate.moves[p] += 1
        else:
            place += 1


@inlined
def ask_queues(run, w, hour):  # type: ignore[no-untyped-def]
    """Urgency decides who is asked first, then the tier that the ward is of, then arrival; who is refused is not asked
    again until more comes free."""
    now, fixed, asked = run.now, run.fixed, run.now.asked
    if now.counts[QUEUED] == 0 or run.kept.opened[w] == 0:
        return
    count = 0
    for place in range(now.counts[QUEUED]):  # by arrival
        k = now.queued[place]
        turn = fixed.turn[w, k]
        if turn != NO_TURN:
            at = count
            while at > 0 and fixed.turn[w, asked[at - 1]] > turn:
                asked[at] = asked[at - 1]
                at -= 1
            asked[at] = k
            count += 1
    place = 0
    while place < count and run.kept.opened[w] > 0:
        k = asked[place]
        p = now.head[k]
        expect_own_bed(run, k, now.waiting_of[fixed.cases[k].department] - 1)
        bed, tier, _ = choose(run, k, -1, w, hour)
        if bed >= 0:
            leaves_queue(run, p, k, hour)
            put(run, p, bed, tier, hour)
        if bed >= 0 and now.head[k] >= 0:
            ask_later(run, w, place, count)
        else:
            place += 1


@inlined
def ask_later(run, w, place, count):  # type: ignore[no-untyped-def]
    """The kind at `place` of those to be asked has another first in its queue, who came later."""
    asked, turn = run.now.asked, run.fixed.turn
    k = asked[place]
    while place + 1 < count and turn[w, asked[place + 1]] == turn[w, k]:
        if comes_before(run.now, run.patients.at, k, asked[place + 1]):
            break
        asked[place] = asked[place + 1]
        place += 1
    asked[place] = k


@inlined
def bring_home(run, w, hour):  # type: ignore[no-untyped-def]
    """Outliers go home into beds that nobody waits for, whoever has been away longest first."""
    now, fate, fixed = run.now, run.fate, run.fixed
    if run.kept.prompt[w] <= fixed.numbers[SPARE]:
        return
    place = away = 0
    for at in range(fixed.home_first[w], fixed.home_first[w + 1]):
        away += now.out_of[fixed.home_kind[at]]
    while away > 0 and run.kept.prompt[w] > fixed.numbers[SPARE]:
        p = now.out[place]
        k = fate.kind[p]
        place += 1
        if run.kept.first_rank[k, w] > 0:
            continue
        away -= 1
        bed, tier, left = choose(run, k, fate.bed[p], w, hour)
        if bed >= 0 and tier == OWN and left >= fixed.numbers[SPARE]:
            put(run, p, bed, tier, hour)
            fate.moves[p] += 1
            fate.returns[p] += 1
            place -= 1


@inlined
def happens(run, what, who, hour):  # type: ignore[no-untyped-def]
    """One event."""
    if what == ARRIVE:
        arrives(run, who, hour)
    elif what == LEAVE:
        leaves(run, who, hour)
    elif what == READY:
        bed_ready(run, who, hour)
    elif what == MOVE:
        wants_move(run, who, hour)
    elif what == GIVE_UP:
        gives_up(run, who, hour)
    elif what == REVIEWS:
        review(run, hour)
    elif what == CLOSE:
        close_ward(run, run.fixed.closures[who])
    elif what == OPEN:
        open_ward(run, run.fixed.closures[who], hour)


def _make_play(sources: int):  # type: ignore[no-untyped-def]
    @entry
    def play(run, next_patient, until):  # type: ignore[no-untyped-def]
        """Run until `until` (hours) or the end; returns the first patient who has not come by then."""
        if sources == 0:
            return next_patient
        now, agenda, at = run.now, run.agenda, run.patients.at
        people, bin_hours = at.shape[0], run.fixed.numbers[BIN_HOURS]
        last_bin = run.area.waiting.shape[0] - 1
        bin_end = (now.counts[BIN] + 1) * bin_hours
        while True:
            hour, code = until, NOBODY
            if next_patient < people and at[next_patient] < hour:
                hour, code = at[next_patient], (np.int64(ARRIVE) << WHO_BITS) | next_patient
            row = first_before(agenda, hour)
            if row >= 0 and (agenda.hour[row] < hour or (agenda.hour[row] == hour and code != NOBODY)):
                hour, code = agenda.hour[row], agenda.code[row]
            while bin_end <= hour and now.counts[BIN] < last_bin:
                count_all(now, run.area, bin_end)
                now.counts[BIN] += 1
                bin_end = (now.counts[BIN] + 1) * bin_hours
            if code == NOBODY:
                count_all(now, run.area, until)
                return next_patient
            what, who = code >> WHO_BITS, code & WHO_MASK
            if what == ARRIVE:
                next_patient += 1
            else:
                drop_first(agenda)
            now.counts[EVENTS] += 1
            happens(run, what, who, hour)
            if now.counts[PENDING] > 0:
                ask_all(run, hour)

    return play


def _make_begin(sources: int):  # type: ignore[no-untyped-def]
    @entry
    def begin(run):  # type: ignore[no-untyped-def]
        """Open what is open, and lay down those who lie there at the start; returns how many."""
        net, now = run.net, run.now
        for i in range(net.beds.shape[0] if sources else 0):
            bed = net.beds[i]
            if bed.state == FREE or bed.state == CLEANING:
                open_bed(run, i)
            if bed.state == CLEANING or bed.state == CLOSED:
                push(run.agenda, now.ready[i], READY, i)
        count = 0
        while count < run.patients.at.shape[0] and run.patients.bed[count] >= 0:
            i = run.patients.bed[count]
            tier = tier_in(net, run.fixed.cases[run.fate.kind[count]], i)
            put(run, count, i, tier, 0.0)
            count += 1
        if run.fixed.numbers[REVIEW] > 0.0:
            review(run, 0.0)
        return count

    return begin


play = _make_play(SOURCES)
begin = _make_begin(SOURCES)
