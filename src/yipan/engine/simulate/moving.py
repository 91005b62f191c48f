"""What happens to a patient: she comes, waits, lies down, moves, leaves. Compiled; the arrays of
`Run` change in place.
"""

from __future__ import annotations

import numpy as np

from yipan.engine.placement.codes import Tier
from yipan.engine.placement.pick import ANY_WARD
from yipan.engine.simulate.agenda import What, push
from yipan.engine.simulate.areas import count_beds, count_outliers, count_waiting
from yipan.engine.simulate.choosing import choose
from yipan.engine.simulate.compiled import inlined
from yipan.engine.simulate.expecting import expect_after_queue, expect_own_bed
from yipan.engine.simulate.state import (
    AHEAD,
    GAVE_UP,
    GONE,
    LIES,
    MOVERS,
    OUTLIERS,
    PENALTY,
    QUEUED,
    WAITING,
    WAITS,
    WANTS_MOVE,
)
from yipan.engine.simulate.turning import CLEANING, HELD, OCCUPIED, lie_down, release, shut_bed

OWN, INTENSIVE = int(Tier.OWN), int(Tier.INTENSIVE)
LEAVE, MOVE, GIVE_UP = int(What.LEAVE), int(What.MOVE), int(What.GIVE_UP)


@inlined
def put(run, p, i, tier, hour):  # type: ignore[no-untyped-def]
    """Patient `p` gets bed `i`, and leaves the one she has."""
    fixed, now, fate, patients = run.fixed, run.now, run.fate, run.patients
    k, bed = fate.kind[p], run.net.beds[i]
    w, case = bed.ward, fixed.cases[k]
    longer = 1.0 + fixed.numbers[PENALTY]
    moved = fate.status[p] == LIES or fate.status[p] == WANTS_MOVE
    if moved:
        fate.work[p] = (fate.ends[p] - hour) / (longer if fate.off[p] else 1.0)
        leave_bed(run, p, hour)
    count_beds(now, run.area, w, hour)
    now.taken[w] += 1
    shut_bed(run, i)
    start = hour
    if bed.state == CLEANING:
        bed.state, start = HELD, now.ready[i]
    else:
        bed.state = OCCUPIED
    lie_down(run, i, case.sex, case.isolation, case.pathogen)
    off = tier != OWN and tier != INTENSIVE
    if off:
        count_outliers(now, run.area, hour)
        now.out[now.counts[OUTLIERS]] = p
        now.counts[OUTLIERS] += 1
        now.out_of[k] += 1
        fate.ever_off[p] = 1
    fate.bed[p], fate.off[p] = i, off
    fate.ends[p] = start + fate.work[p] * (longer if off else 1.0)
    stay = now.stays[i]
    stay.whole, stay.ends, stay.pace = patients.behind[p] + patients.stay[p], fate.ends[p], longer if off else 1.0
    stay.row = off * fixed.cases.shape[0] + patients.kind[p]
    push(run.agenda, fate.ends[p], LEAVE, p)
    if not moved:
        fate.placed[p], fate.first_bed[p], fate.first_tier[p] = start, i, tier
        if patients.move[p] <= 1.0:
            push(run.agenda, start + patients.move[p] * (fate.ends[p] - start), MOVE, p)
    fate.status[p] = LIES


@inlined
def leave_bed(run, p, hour):  # type: ignore[no-untyped-def]
    """The bed of `p` is left, and she is no outlier there any more."""
    now, fate = run.now, run.fate
    if fate.off[p]:
        count_outliers(now, run.area, hour)
        drop(now.out, now.counts, OUTLIERS, p)
        now.out_of[fate.kind[p]] -= 1
        fate.off[p] = 0
    if fate.status[p] == WANTS_MOVE:
        drop(now.movers, now.counts, MOVERS, p)
    release(run, fate.bed[p], hour)


@inlined
def drop(rows, counts, which, p):  # type: ignore[no-untyped-def]
    """Take `p` out of a short list and keep its order."""
    last = counts[which] - 1
    k = 0
    while rows[k] != p:
        k += 1
    while k < last:
        rows[k] = rows[k + 1]
        k += 1
    counts[which] = last


@inlined
def leaves(run, p, hour):  # type: ignore[no-untyped-def]
    """The stay is over, unless it has been put off by a move."""
    if (run.fate.status[p] == LIES or run.fate.status[p] == WANTS_MOVE) and run.fate.ends[p] == hour:
        leave_bed(run, p, hour)
        run.fate.status[p] = GONE


@inlined
def arrives(run, p, hour):  # type: ignore[no-untyped-def]
    """A bed at once, or the queue of her kind, or elsewhere.

    Whoever comes after others of her kind waits behind them: they have been refused since the last change, and so would
    she. Only where a longer queue makes lending worth its price is the first of them asked again.
    """
    now, fate, fixed = run.now, run.fate, run.fixed
    k = fate.kind[p]
    asks, before = p, now.waiting_of[fixed.cases[k].department]
    if now.head[k] >= 0:
        joins_queue(run, p, k, hour)
        if fixed.numbers[AHEAD] == 0.0:
            return
        asks = now.head[k]
    expect_own_bed(run, k, before)
    bed, tier, _ = choose(run, k, -1, ANY_WARD, hour)
    if bed < 0:
        if asks == p:
            joins_queue(run, p, k, hour)
        return
    if asks != p:
        leaves_queue(run, asks, k, hour)
    put(run, asks, bed, tier, hour)


@inlined
def joins_queue(run, p, k, hour):  # type: ignore[no-untyped-def]
    """She waits, behind the others of her kind, or goes elsewhere."""
    now, fate = run.now, run.fate
    if run.fixed.patience[k] <= 0.0:
        fate.status[p] = GAVE_UP
        return
    count_waiting(now, run.area, hour)
    now.counts[WAITING] += 1
    now.waiting_of[run.fixed.cases[k].department] += 1
    fate.status[p] = WAITS
    if now.head[k] < 0:
        now.head[k] = p
        now.queued[now.counts[QUEUED]] = k
        now.counts[QUEUED] += 1
        queue_later(run, now.counts[QUEUED] - 1, k)
    else:
        fate.next[now.tail[k]] = p
    now.tail[k] = p
    if run.fixed.patience[k] < np.inf:
        push(run.agenda, hour + run.fixed.patience[k], GIVE_UP, p)
    expect_after_queue(run, k)


@inlined
def queue_later(run, place, k):  # type: ignore[no-untyped-def]
    """Kind `k`, at `place` of those of which somebody waits, has another first, who came later; they are by arrival."""
    now, at = run.now, run.patients.at
    while place > 0 and comes_before(now, at, k, now.queued[place - 1]):
        now.queued[place], now.queued[place - 1] = now.queued[place - 1], k
        place -= 1
    while place + 1 < now.counts[QUEUED] and comes_before(now, at, now.queued[place + 1], k):
        now.queued[place], now.queued[place + 1] = now.queued[place + 1], k
        place += 1


@inlined
def comes_before(now, at, k, other):  # type: ignore[no-untyped-def]
    """Whether the first who waits of kind `k` came before that of the other."""
    came, its = at[now.head[k]], at[now.head[other]]
    return came < its or (came == its and k < other)


@inlined
def leaves_queue(run, p, k, hour):  # type: ignore[no-untyped-def]
    """She does not wait any more; her place is taken out when it comes to the front."""
    now, fate = run.now, run.fate
    count_waiting(now, run.area, hour)
    now.counts[WAITING] -= 1
    now.waiting_of[run.fixed.cases[k].department] -= 1
    fate.status[p] = GAVE_UP
    before = head = now.head[k]
    while head >= 0 and fate.status[head] != WAITS:
        head = fate.next[head]
    now.head[k] = head
    if head < 0:
        drop(now.queued, now.counts, QUEUED, k)
    elif head != before:
        place = 0
        while now.queued[place] != k:
            place += 1
        queue_later(run, place, k)
    expect_after_queue(run, k)


@inlined
def gives_up(run, p, hour):  # type: ignore[no-untyped-def]
    """She goes elsewhere."""
    if run.fate.status[p] == WAITS:
        leaves_queue(run, p, run.fate.kind[p], hour)


@inlined
def wants_move(run, p, hour):  # type: ignore[no-untyped-def]
    """From now on she needs another department, and waits for it in her bed."""
    now, fate, fixed = run.now, run.fate, run.fixed
    to = fixed.move_to[fate.kind[p]]
    if fate.status[p] != LIES or to < 0:
        return
    if fate.off[p]:
        now.out_of[fate.kind[p]] -= 1
        now.out_of[to] += 1
    fate.kind[p] = to
    fate.status[p] = WANTS_MOVE
    guest, case = run.net.guests[fate.bed[p]], fixed.cases[to]
    guest.sex, guest.isolation, guest.pathogen = case.sex, case.isolation, case.pathogen
    now.movers[now.counts[MOVERS]] = p
    now.counts[MOVERS] += 1
    expect_own_bed(run, to, now.waiting_of[fixed.cases[to].department])
    bed, tier, _ = choose(run, to, fate.bed[p], ANY_WARD, hour)
    if bed >= 0:
        put(run, p, bed, tier, hour)
        fate.moves[p] += 1
