"""The steps of the search that move patients.

Each finds patient `p` taken out already, moves people on, and returns the change of the cost since then, or REFUSED.
Whom it touched is noted in `State.log`, and how many in `totals[STEPS]`; the caller keeps the plan or goes back.
What may be broken is only that a mandatory patient is left out, which has its price; every other hard rule holds.
"""

from __future__ import annotations

from yipan.engine.optimise.ihtc.beds import fits, price, put, take
from yipan.engine.optimise.ihtc.chance import below
from yipan.engine.optimise.ihtc.compiled import inlined
from yipan.engine.optimise.ihtc.seeking import draw_day, seek_day, seek_room, seek_theatre
from yipan.engine.optimise.ihtc.tables import (
    COUNT,
    DAY,
    FIRST,
    FREE,
    GENDER,
    LEFT_OUT,
    MINUTES,
    OUT,
    ROOM,
    SEX,
    STAY,
    STEPS,
    SURGEON,
    THEATRE,
)

REFUSED = 1 << 60
FAR = 1 << 50
MOST_EJECTED = 6


@inlined
def take_down(facts, state, p):  # type: ignore[no-untyped-def]
    """Note where `p` is and take `p` out; returns the price of the stay that ends, 0 if there was none."""
    log, step = state.log, state.totals[STEPS]
    day, room, theatre = state.place[p, DAY], state.place[p, ROOM], state.place[p, THEATRE]
    log[step, 0], log[step, 1], log[step, 2], log[step, 3] = p, day, room, theatre
    state.totals[STEPS] = step + 1
    if day == OUT:
        return 0
    take(facts, state, p)
    return price(facts, state, p, day, room, theatre, FAR)


@inlined
def go_back(facts, state):  # type: ignore[no-untyped-def]
    """Bring everybody noted back to where they were."""
    for step in range(state.totals[STEPS]):
        if state.place[state.log[step, 0], DAY] != OUT:
            take(facts, state, state.log[step, 0])
    for step in range(state.totals[STEPS]):
        if state.log[step, 1] != OUT:
            put(facts, state, state.log[step, 0], state.log[step, 1], state.log[step, 2], state.log[step, 3])


@inlined
def relocate(facts, state, p, limit):  # type: ignore[no-untyped-def]
    """Another day, room or theatre, or several of them; or a first admission."""
    day, room, theatre = state.log[0, 1], state.log[0, 2], state.log[0, 3]
    mode = 7 if day == OUT else 1 + below(state.seed, 7)
    d, r, t = day, room, theatre
    if mode & 1:
        d = seek_day(facts, state, p, limit + facts.person[p, LEFT_OUT])
    if d != OUT and mode & 4:
        t = seek_theatre(facts, state, p, d)
    if d != OUT and t != OUT and mode & 2:
        r = seek_room(facts, state, p, d)
    elsewhere = d != OUT and t != OUT and r != OUT and (d != day or r != room or t != theatre)
    if not elsewhere or (mode != 7 and not fits(facts, state, p, d, r, t)):
        return REFUSED
    cost = price(facts, state, p, d, r, t, limit)
    if cost <= limit:
        put(facts, state, p, d, r, t)
    return cost


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
    """Admit `p` on some day into some room; who is in the way goes elsewhere, perhaps pushing on, or is left out."""
    log, day, room, home = state.log, state.log[0, 1], below(state.seed, state.beds.shape[0]), state.log[0, 2]
    if day == OUT or below(state.seed, 2):
        day = draw_day(facts, state, p, limit + facts.person[p, LEFT_OUT])
    if log[0, 1] == OUT:
        home = below(state.seed, state.beds.shape[0])
    if facts.fit_room[p, room] == 0 or facts.fit_day[p, day] == 0 or facts.capacity[room] == 0:
        return REFUSED
    change, step, most = 0, 0, 1 + below(state.seed, MOST_EJECTED)
    while step < state.totals[STEPS]:
        q = log[step, 0]
        cost = 0
        if step > 0:
            day, room = log[step, 1], home
            cost = try_again(facts, state, q, day)
        if cost == 0 and facts.fit_room[q, room] and facts.capacity[room] > 0:
            other = in_the_way(facts, state, q, day, room)
            while other != OUT and state.totals[STEPS] <= most and movable(facts, state, other):
                change -= take_down(facts, state, other)
                other = in_the_way(facts, state, q, day, room)
            theatre = seek_theatre(facts, state, q, day)
            if other == OUT and theatre != OUT:
                cost = price(facts, state, q, day, room, theatre, FAR)
                put(facts, state, q, day, room, theatre)
            elif step == 0:
                return REFUSED
        change += cost
        step += 1
    return change


@inlined
def movable(facts, state, p):  # type: ignore[no-untyped-def]
    """Whether `p` is a patient whom this step has not moved yet."""
    if p >= facts.fit_day.shape[0]:
        return False
    for step in range(state.totals[STEPS]):  # noqa: SIM110 - compiled
        if state.log[step, 0] == p:
            return False
    return True


@inlined
def try_again(facts, state, p, own):  # type: ignore[no-untyped-def]
    """Admit `p`, ejected from day `own`, if better than nowhere: then, on the day that the first one left, or any day.

    Returns the price, or 0 if `p` stays out.
    """
    surgeon, minutes = facts.person[p, SURGEON], facts.person[p, MINUTES]
    for attempt in range(3):
        if attempt == 0:
            day = own
        elif attempt == 1:
            day = state.log[0, 1]
        else:
            day = seek_day(facts, state, p, facts.person[p, LEFT_OUT])
        if day == OUT or facts.fit_day[p, day] == 0 or state.surgeons[surgeon, day, FREE] < minutes:
            continue
        theatre = seek_theatre(facts, state, p, day)
        room = seek_room(facts, state, p, day) if theatre != OUT else OUT
        if room == OUT:
            continue
        cost = price(facts, state, p, day, room, theatre, 0)
        if cost < 0:
            put(facts, state, p, day, room, theatre)
            return cost
    return 0


@inlined
def swap(facts, state, p, q):  # type: ignore[no-untyped-def]
    """`p` and another admitted patient exchange their rooms, or their days and theatres, or both."""
    log, mode = state.log, 1 + below(state.seed, 3)
    d_p, r_p, t_p = log[0, 1], log[0, 2], log[0, 3]
    d_q, r_q, t_q = state.place[q, DAY], state.place[q, ROOM], state.place[q, THEATRE]
    if mode & 1:
        r_p, r_q = r_q, r_p
    if mode & 2:
        d_p, t_p, d_q, t_q = d_q, t_q, d_p, t_p
    if (log[0, 2] == r_p and log[0, 1] == d_p and log[0, 3] == t_p) or (
        facts.fit_room[p, r_p] == 0
        or facts.fit_room[q, r_q] == 0
        or facts.fit_day[p, d_p] == 0
        or facts.fit_day[q, d_q] == 0
    ):
        return REFUSED
    change = -take_down(facts, state, q)
    for _ in range(2):
        if not fits(facts, state, p, d_p, r_p, t_p):
            return REFUSED
        change += price(facts, state, p, d_p, r_p, t_p, FAR)
        put(facts, state, p, d_p, r_p, t_p)
        p, d_p, r_p, t_p = q, d_q, r_q, t_q
    return change
