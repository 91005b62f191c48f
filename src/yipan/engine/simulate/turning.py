"""What happens to a bed: it is left, cleaned, ready, closed, opened. Compiled; the arrays of `Run` change in place."""

from __future__ import annotations

from yipan.engine.placement.codes import BedState
from yipan.engine.simulate.agenda import What, push
from yipan.engine.simulate.areas import count_beds
from yipan.engine.simulate.compiled import inlined
from yipan.engine.simulate.state import CLEANED, HIGHEST, LOWEST, PENDING

FREE, HELD, OCCUPIED = int(BedState.FREE), int(BedState.HELD), int(BedState.OCCUPIED)
CLEANING, CLOSED = int(BedState.CLEANING), int(BedState.CLOSED)
READY = int(What.READY)


@inlined
def open_bed(run, i):  # type: ignore[no-untyped-def]
    """The bed may be asked about: it is free or being cleaned."""
    kept, now = run.kept, run.now
    bed = run.net.beds[i]
    w = bed.ward
    place = kept.ward_first[w] + kept.opened[w]
    kept.open[place], now.place[i] = i, place
    kept.opened[w] += 1
    if bed.state == CLEANING:
        now.cleaned[now.counts[CLEANED]], now.cleaned_at[i] = i, now.counts[CLEANED]
        now.counts[CLEANED] += 1
    else:
        stands_free(run, i)


@inlined
def stands_free(run, i):  # type: ignore[no-untyped-def]
    """An open bed is ready from now on."""
    bed = run.net.beds[i]
    run.kept.ready[i] = 0
    run.kept.prompt[bed.ward] += 1
    run.kept.free_of[bed.department] += 1


@inlined
def is_clean(now, i):  # type: ignore[no-untyped-def]
    """The bed is not being cleaned any more."""
    now.counts[CLEANED] -= 1
    last, place = now.cleaned[now.counts[CLEANED]], now.cleaned_at[i]
    now.cleaned[place], now.cleaned_at[last] = last, place


@inlined
def shut_bed(run, i):  # type: ignore[no-untyped-def]
    """The bed is not asked about any more."""
    kept, now = run.kept, run.now
    bed = run.net.beds[i]
    w = bed.ward
    kept.opened[w] -= 1
    last, place = kept.open[kept.ward_first[w] + kept.opened[w]], now.place[i]
    kept.open[place], now.place[last] = last, place
    now.place[i] = -1
    if bed.state == CLEANING:
        is_clean(now, i)
    else:
        kept.prompt[w] -= 1
        kept.free_of[bed.department] -= 1


@inlined
def tell(now, w):  # type: ignore[no-untyped-def]
    """Something came free in ward `w`: those who wait are to be asked."""
    if not now.pending[w]:
        now.pending[w] = 1
        now.counts[PENDING] += 1
    now.counts[LOWEST], now.counts[HIGHEST] = min(now.counts[LOWEST], w), max(now.counts[HIGHEST], w)


@inlined
def lie_down(run, i, sex, isolation, pathogen):  # type: ignore[no-untyped-def]
    """A guest in bed `i`, in the chain of her room."""
    guest, room, kept = run.net.guests[i], run.net.beds[i].room, run.kept
    guest.bed, guest.since, guest.sex, guest.isolation, guest.pathogen = i, 0, sex, isolation, pathogen
    kept.following[i], kept.first[room] = kept.first[room], i


@inlined
def get_up(run, i):  # type: ignore[no-untyped-def]
    """Nobody in bed `i`."""
    room, kept = run.net.beds[i].room, run.kept
    run.net.guests[i].bed = -1
    if kept.first[room] == i:
        kept.first[room] = kept.following[i]
    else:
        g = kept.first[room]
        while kept.following[g] != i:
            g = kept.following[g]
        kept.following[g] = kept.following[i]
    kept.following[i] = -1


@inlined
def release(run, i, hour):  # type: ignore[no-untyped-def]
    """The bed is left: it is cleaned, and those who wait are asked."""
    now, bed = run.now, run.net.beds[i]
    w = bed.ward
    count_beds(now, run.area, w, hour)
    now.taken[w] -= 1
    now.stays[i].row = -1
    get_up(run, i)
    if now.closed[w] > 0:
        bed.state, now.ready[i] = CLOSED, -1.0
    elif run.fixed.turnover[w] > 0.0:
        bed.state = CLEANING
        now.ready[i] = hour + run.fixed.turnover[w]
        push(run.agenda, now.ready[i], READY, i)
        open_bed(run, i)
    else:
        bed.state, now.ready[i] = FREE, hour
        open_bed(run, i)
    tell(now, w)


@inlined
def bed_ready(run, i, hour):  # type: ignore[no-untyped-def]
    """Cleaned: free, or taken by whom it was held for."""
    now, bed = run.now, run.net.beds[i]
    if now.ready[i] != hour:
        return
    if bed.state == HELD:
        bed.state = OCCUPIED
    elif bed.state == CLEANING:
        bed.state = FREE
        is_clean(now, i)
        stands_free(run, i)
        tell(now, bed.ward)
    elif bed.state == CLOSED and now.closed[bed.ward] == 0:
        bed.state = FREE
        open_bed(run, i)
        tell(now, bed.ward)


@inlined
def close_ward(run, w):  # type: ignore[no-untyped-def]
    """Beds that nobody has are closed at once, the others when they are left."""
    run.now.closed[w] += 1
    while run.kept.opened[w] > 0:
        i = run.kept.open[run.kept.ward_first[w]]
        shut_bed(run, i)
        run.net.beds[i].state = CLOSED
        run.now.ready[i] = -1.0


@inlined
def open_ward(run, w, hour):  # type: ignore[no-untyped-def]
    """Its beds are free again, unless another closure lasts or a bed is closed for itself."""
    run.now.closed[w] -= 1
    if run.now.closed[w] > 0:
        return
    for place in range(run.kept.ward_first[w], run.kept.ward_first[w + 1]):
        i = run.kept.ward_beds[place]
        if run.net.beds[i].state == CLOSED and run.now.ready[i] <= hour:
            run.net.beds[i].state = FREE
            open_bed(run, i)
    tell(run.now, w)
