"""What happens to a bed: it is left, cleaned, ready, closed, opened. Compiled; the arrays of `Run` change in place."""

from __future__ import annotations

from yipan.engine.placement.codes import BedState
from yipan.engine.simulate.areas import count_beds
from yipan.engine.simulate.compiled import inlined
from yipan.engine.simulate.heap import What, push
from yipan.engine.simulate.state import PENDING

FREE, HELD, OCCUPIED = int(BedState.FREE), int(BedState.HELD), int(BedState.OCCUPIED)
CLEANING, CLOSED = int(BedState.CLEANING), int(BedState.CLOSED)
READY = int(What.READY)


@inlined
def open_bed(net, fixed, now, i):  # type: ignore[no-untyped-def]
    """The bed may be asked about: it is free or being cleaned."""
    w = net.beds[i].ward
    place = fixed.ward_first[w] + now.opened[w]
    now.open[place], now.place[i] = i, place
    now.opened[w] += 1


@inlined
def shut_bed(net, fixed, now, i):  # type: ignore[no-untyped-def]
    """The bed is not asked about any more."""
    w = net.beds[i].ward
    now.opened[w] -= 1
    last, place = now.open[fixed.ward_first[w] + now.opened[w]], now.place[i]
    now.open[place], now.place[last] = last, place
    now.place[i] = -1


@inlined
def lie_down(net, now, i, sex, isolation, pathogen):  # type: ignore[no-untyped-def]
    """A guest in bed `i`, in the chain of her room."""
    guest, room = net.guests[i], net.beds[i].room
    guest.bed, guest.since, guest.sex, guest.isolation, guest.pathogen = i, 0, sex, isolation, pathogen
    now.following[i], now.first[room] = now.first[room], i


@inlined
def get_up(net, now, i):  # type: ignore[no-untyped-def]
    """Nobody in bed `i`."""
    room = net.beds[i].room
    net.guests[i].bed = -1
    if now.first[room] == i:
        now.first[room] = now.following[i]
    else:
        g = now.first[room]
        while now.following[g] != i:
            g = now.following[g]
        now.following[g] = now.following[i]
    now.following[i] = -1


@inlined
def release(net, fixed, now, heap, area, i, hour):  # type: ignore[no-untyped-def]
    """The bed is left: it is cleaned, and those who wait are asked."""
    w = net.beds[i].ward
    count_beds(now, area, fixed, w, hour)
    now.taken[w] -= 1
    now.who[i] = -1
    get_up(net, now, i)
    if now.closed[w] > 0:
        net.beds[i].state, now.ready[i] = CLOSED, -1.0
    elif fixed.turnover[w] > 0.0:
        net.beds[i].state = CLEANING
        now.ready[i] = hour + fixed.turnover[w]
        push(heap, now.ready[i], READY, i)
        open_bed(net, fixed, now, i)
    else:
        net.beds[i].state = FREE
        now.ready[i] = hour
        now.free[w] += 1
        open_bed(net, fixed, now, i)
    now.pending[w] = 1
    now.counts[PENDING] += 1


@inlined
def bed_ready(net, fixed, now, i, hour):  # type: ignore[no-untyped-def]
    """Cleaned: free, or taken by whom it was held for."""
    w = net.beds[i].ward
    if now.ready[i] != hour:
        return
    if net.beds[i].state == HELD:
        net.beds[i].state = OCCUPIED
    elif net.beds[i].state == CLEANING:
        net.beds[i].state = FREE
        now.free[w] += 1
        now.pending[w] = 1
        now.counts[PENDING] += 1
    elif net.beds[i].state == CLOSED and now.closed[w] == 0:
        net.beds[i].state = FREE
        now.free[w] += 1
        open_bed(net, fixed, now, i)
        now.pending[w] = 1
        now.counts[PENDING] += 1


@inlined
def close_ward(net, fixed, now, w):  # type: ignore[no-untyped-def]
    """Beds that nobody has are closed at once, the others when they are left."""
    now.closed[w] += 1
    while now.opened[w] > 0:
        i = now.open[fixed.ward_first[w]]
        shut_bed(net, fixed, now, i)
        net.beds[i].state = CLOSED
        now.ready[i] = -1.0
    now.free[w] = 0


@inlined
def open_ward(net, fixed, now, w, hour):  # type: ignore[no-untyped-def]
    """Its beds are free again, unless another closure lasts or a bed is closed for itself."""
    now.closed[w] -= 1
    if now.closed[w] > 0:
        return
    for place in range(fixed.ward_first[w], fixed.ward_first[w + 1]):
        i = fixed.ward_beds[place]
        if net.beds[i].state == CLOSED and now.ready[i] <= hour:
            net.beds[i].state = FREE
            now.free[w] += 1
            open_bed(net, fixed, now, i)
    now.pending[w] = 1
    now.counts[PENDING] += 1
