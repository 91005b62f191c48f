"""The steps of the search. Each tries one change, keeps it if it costs at most `limit`, else leaves all as it was.

Each returns the change of the cost, or REFUSED. What may be broken is only that a mandatory patient is left out,
which has its price; every other hard rule always holds.
"""

from __future__ import annotations

from yipan.engine.optimise.ihtc.beds import fits, price, put, take
from yipan.engine.optimise.ihtc.chance import below
from yipan.engine.optimise.ihtc.compiled import inlined
from yipan.engine.optimise.ihtc.seeking import seek_day, seek_room, seek_theatre
from yipan.engine.optimise.ihtc.tables import (
    COUNT,
    DAY,
    DUE,
    FIRST,
    FREE,
    GENDER,
    MINUTES,
    OUT,
    RELEASE,
    ROOM,
    SEX,
    STAY,
    SURGEON,
    THEATRE,
)

REFUSED = 1 << 60
FAR = 1 << 50
MOST_EJECTED = 4


@inlined
def write_down(state, steps, p):  # type: ignore[no-untyped-def]
    """Note where `p` is, for `undo`."""
    log = state.log
    log[steps, 0] = p
    log[steps, 1], log[steps, 2], log[steps, 3] = state.place[p, DAY], state.place[p, ROOM], state.place[p, THEATRE]


@inlined
def undo(facts, state, steps):  # type: ignore[no-untyped-def]
    """Bring everybody noted back to where they were."""
    for step in range(steps):
        if state.place[state.log[step, 0], DAY] != OUT:
            take(facts, state, state.log[step, 0])
    for step in range(steps):
        if state.log[step, 1] != OUT:
            put(facts, state, state.log[step, 0], state.log[step, 1], state.log[step, 2], state.log[step, 3])


@inlined
def take_down(facts, state, steps, p):  # type: ignore[no-untyped-def]
    """Note where `p` is and take `p` out; returns the price of the stay that ends."""
    write_down(state, steps, p)
    take(facts, state, p)
    return price(facts, state, p, state.log[steps, 1], state.log[steps, 2], state.log[steps, 3], FAR)


@inlined
def relocate(facts, state, p, limit):  # type: ignore[no-untyped-def]
    """Another day, room or theatre, or several of them; or a first admission."""
    day, room, theatre = state.place[p, DAY], state.place[p, ROOM], state.place[p, THEATRE]
    old, steps, mode = 0, 0, 7
    if day != OUT:
        old, steps = take_down(facts, state, 0, p), 1
        mode = 1 + below(state.seed, 7)
    d, r, t = day, room, theatre
    if mode & 1:
        d = seek_day(facts, state, p)
    if d != OUT and mode & 4:
        t = seek_theatre(facts, state, p, d)
    if d != OUT and t != OUT and mode & 2:
        r = seek_room(facts, state, p, d)
    elsewhere = d != OUT and t != OUT and r != OUT and (d != day or r != room or t != theatre)
    if elsewhere and (mode == 7 or fits(facts, state, p, d, r, t)):
        new = price(facts, state, p, d, r, t, limit + old)
        if new - old <= limit:
            put(facts, state, p, d, r, t)
            return new - old
    undo(facts, state, steps)
    return REFUSED


@inlined
def leave_out(facts, state, p, limit):  # type: ignore[no-untyped-def]
    """Take an admitted patient out of the plan."""
    old = take_down(facts, state, 0, p)
    if -old <= limit:
        return -old
    undo(facts, state, 1)
    return REFUSED


@inlined
def in_the_way(facts, state, p, day, room):  # type: ignore[no-untyped-def]
    """Somebody because of whom `p` cannot come on this day into this room: nobody is OUT, an occupant is himself."""
    person, beds = facts.person, state.beds
    surgeon = person[p, SURGEON]
    if state.surgeons[surgeon, day, FREE] < person[p, MINUTES]:
        count = facts.peers[surgeon, 0]
        at = below(state.seed, count)
        for _ in range(count):
            q = facts.peers[surgeon, 1 + at]
            if state.place[q, DAY] == day:
                return q
            at = at + 1 if at + 1 < count else 0
    for d in range(day, min(day + person[p, STAY], beds.shape[1])):
        count = beds[room, d, COUNT]
        if count >= facts.capacity[room] or (count > 0 and beds[room, d, SEX] != person[p, GENDER]):
            return beds[room, d, FIRST + below(state.seed, count)]
    return OUT


@inlined
def eject(facts, state, p, limit):  # type: ignore[no-untyped-def]
    """Admit `p` on some day into some room; who is in the way goes elsewhere or is left out."""
    room = below(state.seed, state.beds.shape[0])
    day = facts.person[p, RELEASE] + below(state.seed, facts.person[p, DUE] - facts.person[p, RELEASE] + 1)
    if facts.fit_room[p, room] == 0 or facts.fit_day[p, day] == 0 or facts.capacity[room] == 0:
        return REFUSED
    change, steps, q = 0, 0, p
    if state.place[p, DAY] == OUT:
        write_down(state, steps, p)
        steps, q = 1, in_the_way(facts, state, p, day, room)
    while q != OUT and steps <= MOST_EJECTED and q < facts.fit_day.shape[0]:
        change -= take_down(facts, state, steps, q)
        steps += 1
        q = in_the_way(facts, state, p, day, room)
    theatre = seek_theatre(facts, state, p, day)
    if q == OUT and theatre != OUT:
        change += price(facts, state, p, day, room, theatre, FAR)
        put(facts, state, p, day, room, theatre)
        for step in range(1, steps):
            change += try_again(facts, state, state.log[step, 0])
        if change <= limit:
            return change
    undo(facts, state, steps)
    return REFUSED


@inlined
def try_again(facts, state, p):  # type: ignore[no-untyped-def]
    """Admit `p`, who was ejected, anywhere it is better than nowhere; returns the price, 0 if left out."""
    day = seek_day(facts, state, p)
    if day == OUT:
        return 0
    theatre, room = seek_theatre(facts, state, p, day), seek_room(facts, state, p, day)
    if theatre == OUT or room == OUT:
        return 0
    cost = price(facts, state, p, day, room, theatre, 0)
    if cost >= 0:
        return 0
    put(facts, state, p, day, room, theatre)
    return cost


@inlined
def swap(facts, state, p, q, limit):  # type: ignore[no-untyped-def]
    """Two admitted patients exchange their rooms, or their days and theatres, or both."""
    place = state.place
    mode = 1 + below(state.seed, 3)
    d_p, r_p, t_p, d_q, r_q, t_q = (
        place[p, DAY],
        place[p, ROOM],
        place[p, THEATRE],
        place[q, DAY],
        place[q, ROOM],
        place[q, THEATRE],
    )
    if mode & 1:
        r_p, r_q = r_q, r_p
    if mode & 2:
        d_p, t_p, d_q, t_q = d_q, t_q, d_p, t_p
    if (place[p, ROOM] == r_p and place[p, DAY] == d_p and place[p, THEATRE] == t_p) or (
        facts.fit_room[p, r_p] == 0
        or facts.fit_room[q, r_q] == 0
        or facts.fit_day[p, d_p] == 0
        or facts.fit_day[q, d_q] == 0
    ):
        return REFUSED
    change = -take_down(facts, state, 0, p)
    change -= take_down(facts, state, 1, q)
    if fits(facts, state, p, d_p, r_p, t_p):
        change += price(facts, state, p, d_p, r_p, t_p, FAR)
        put(facts, state, p, d_p, r_p, t_p)
        if fits(facts, state, q, d_q, r_q, t_q):
            change += price(facts, state, q, d_q, r_q, t_q, limit - change)
            if change <= limit:
                put(facts, state, q, d_q, r_q, t_q)
                return change
    undo(facts, state, 2)
    return REFUSED
