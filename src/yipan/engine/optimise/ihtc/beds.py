"""Patients in and out of the plan: whether a stay is possible, what it costs, and the accounts kept of it.

A change of the plan is: take people out, ask the price of a stay, put people in. Its cost is the difference of prices,
each asked while the person was out; so no formula of a difference can disagree with the formula of a price.
"""

from __future__ import annotations

from yipan.engine.optimise.ihtc.compiled import inlined
from yipan.engine.optimise.ihtc.tables import (
    AGE,
    COUNT,
    DAY,
    FIRST,
    FREE,
    GENDER,
    LEFT_OUT,
    MANDATORY,
    MINUTES,
    MISSING,
    OLDEST,
    OUT,
    RELEASE,
    ROOM,
    SEX,
    SITE,
    SITES,
    STAY,
    SURGEON,
    THEATRE,
    USES,
    YOUNGEST,
    Price,
)

W_AGE, W_SKILL, W_SEEN, W_EXCESS, W_OPEN, W_TRANSFER, W_DELAY, _ = (int(price) for price in Price)


@inlined
def fits(facts, state, p, day, room, theatre):  # type: ignore[no-untyped-def]
    """Whether patient `p`, who is out, may be admitted so: every hard rule, the quickest first."""
    if facts.fit_day[p, day] == 0 or facts.fit_room[p, room] == 0:
        return False
    minutes = facts.person[p, MINUTES]
    if state.surgeons[facts.person[p, SURGEON], day, FREE] < minutes or state.theatres[theatre, day, FREE] < minutes:
        return False
    return bed_fits(facts, state, p, day, room)


@inlined
def bed_fits(facts, state, p, day, room):  # type: ignore[no-untyped-def]
    """Whether a room has a bed for the whole stay of `p`, who is out, beside nobody of the other gender."""
    beds, capacity, gender = state.beds, facts.capacity[room], facts.person[p, GENDER]
    for d in range(day, min(day + facts.person[p, STAY], beds.shape[1])):
        count = beds[room, d, COUNT]
        if count >= capacity or (count > 0 and beds[room, d, SEX] != gender):
            return False
    return True


@inlined
def price_of_day(facts, state, p, day, theatre):  # type: ignore[no-untyped-def]
    """What admitting `p`, who is out, on this day in this theatre costs, less what leaving out costs."""
    surgeon = facts.person[p, SURGEON]
    cost = facts.weights[W_DELAY] * (day - facts.person[p, RELEASE]) - facts.person[p, LEFT_OUT]
    if state.theatres[theatre, day, USES] == 0:
        cost += facts.weights[W_OPEN]
    if state.surgeons[surgeon, day, SITE + theatre] == 0 and state.surgeons[surgeon, day, SITES] > 0:
        cost += facts.weights[W_TRANSFER]
    return cost


@inlined
def price_of_company(facts, state, p, day, room):  # type: ignore[no-untyped-def]
    """What the ages beside `p`, who is out, cost through the stay."""
    age, beds, wider = facts.person[p, AGE], state.beds, 0
    for d in range(day, min(day + facts.person[p, STAY], beds.shape[1])):
        if beds[room, d, COUNT] > 0:
            wider += max(0, beds[room, d, YOUNGEST] - age) + max(0, age - beds[room, d, OLDEST])
    return facts.weights[W_AGE] * wider


@inlined
def price_of_care(facts, state, p, day, room, limit):  # type: ignore[no-untyped-def]
    """What the nurses of the stay cost: skill, load, and how many there are. Gives up above `limit`."""
    mark, need, work, slack, skill = state.mark, facts.need, facts.work, state.slack, facts.skill
    w_skill, w_excess, w_seen = facts.weights[W_SKILL], facts.weights[W_EXCESS], facts.weights[W_SEEN]
    stamp = mark[mark.shape[0] - 1] + 1
    mark[mark.shape[0] - 1] = stamp
    per_day = state.nurse.shape[1] // state.beds.shape[1]
    first, cost = day * per_day, 0
    for k in range(min(facts.person[p, STAY] * per_day, state.nurse.shape[1] - first)):
        n = state.nurse[room, first + k]
        cost += w_skill * max(0, need[p, k] - skill[n])
        left = slack[n, first + k]
        cost += w_excess * (max(0, work[p, k] - left) - max(0, -left))
        if mark[n] != stamp:
            mark[n] = stamp
            cost += w_seen
        if cost > limit:
            break
    return cost


@inlined
def price(facts, state, p, day, room, theatre, limit):  # type: ignore[no-untyped-def]
    """What a stay that fits costs, less what leaving out costs; some number above `limit` if it is more than that."""
    cost = price_of_day(facts, state, p, day, theatre)
    if cost > limit:
        return cost
    cost += price_of_company(facts, state, p, day, room)
    if cost > limit:
        return cost
    return cost + price_of_care(facts, state, p, day, room, limit - cost)


@inlined
def put(facts, state, p, day, room, theatre):  # type: ignore[no-untyped-def]
    """Admit patient `p`, who is out."""
    outs = state.outs
    end = outs.shape[1] - 1
    last, at = outs[0, outs[0, end] - 1], outs[1, p]
    outs[0, at], outs[1, last] = last, at
    outs[0, end] -= 1
    state.place[p, DAY], state.place[p, ROOM], state.place[p, THEATRE] = day, room, theatre
    state.totals[MISSING] -= facts.person[p, MANDATORY]
    surgeon, minutes = facts.person[p, SURGEON], facts.person[p, MINUTES]
    state.theatres[theatre, day, FREE] -= minutes
    state.theatres[theatre, day, USES] += 1
    state.surgeons[surgeon, day, FREE] -= minutes
    state.surgeons[surgeon, day, SITES] += state.surgeons[surgeon, day, SITE + theatre] == 0
    state.surgeons[surgeon, day, SITE + theatre] += 1
    lay(facts, state, p, day, room)


@inlined
def take(facts, state, p):  # type: ignore[no-untyped-def]
    """Take patient `p` out of the plan."""
    outs = state.outs
    end = outs.shape[1] - 1
    outs[0, outs[0, end]], outs[1, p] = p, outs[0, end]
    outs[0, end] += 1
    day, room, theatre = state.place[p, DAY], state.place[p, ROOM], state.place[p, THEATRE]
    state.place[p, DAY] = OUT
    state.totals[MISSING] += facts.person[p, MANDATORY]
    surgeon, minutes = facts.person[p, SURGEON], facts.person[p, MINUTES]
    state.theatres[theatre, day, FREE] += minutes
    state.theatres[theatre, day, USES] -= 1
    state.surgeons[surgeon, day, FREE] += minutes
    state.surgeons[surgeon, day, SITE + theatre] -= 1
    state.surgeons[surgeon, day, SITES] -= state.surgeons[surgeon, day, SITE + theatre] == 0
    lift(facts, state, p, day, room)


@inlined
def lay(facts, state, p, day, room):  # type: ignore[no-untyped-def]
    """Somebody comes to lie in a room: beds and nurses."""
    beds, age = state.beds, facts.person[p, AGE]
    last = min(day + facts.person[p, STAY], beds.shape[1])
    for d in range(day, last):
        count = beds[room, d, COUNT]
        if count == 0:
            beds[room, d, SEX] = facts.person[p, GENDER]
            beds[room, d, YOUNGEST] = beds[room, d, OLDEST] = age
        else:
            beds[room, d, YOUNGEST] = min(beds[room, d, YOUNGEST], age)
            beds[room, d, OLDEST] = max(beds[room, d, OLDEST], age)
        beds[room, d, FIRST + count] = p
        beds[room, d, COUNT] = count + 1
    nurse, slack, cover, work = state.nurse, state.slack, state.cover, facts.work
    per_day, everyone = nurse.shape[1] // beds.shape[1], cover.shape[1] - 1
    for s in range(day * per_day, last * per_day):
        n = nurse[room, s]
        slack[n, s] -= work[p, s - day * per_day]
        cover[p, everyone] += cover[p, n] == 0
        cover[p, n] += 1


@inlined
def lift(facts, state, p, day, room):  # type: ignore[no-untyped-def]
    """The way back from `lay`."""
    beds, person = state.beds, facts.person
    last = min(day + person[p, STAY], beds.shape[1])
    for d in range(day, last):
        count = beds[room, d, COUNT] - 1
        beds[room, d, COUNT] = count
        youngest, oldest = 1 << 20, 0
        for i in range(count):
            other = beds[room, d, FIRST + i]
            if other == p:
                other = beds[room, d, FIRST + count]
                beds[room, d, FIRST + i] = other
            youngest, oldest = min(youngest, person[other, AGE]), max(oldest, person[other, AGE])
        beds[room, d, YOUNGEST], beds[room, d, OLDEST] = youngest, oldest
    nurse, slack, cover, work = state.nurse, state.slack, state.cover, facts.work
    per_day, everyone = nurse.shape[1] // beds.shape[1], cover.shape[1] - 1
    for s in range(day * per_day, last * per_day):
        n = nurse[room, s]
        slack[n, s] += work[p, s - day * per_day]
        cover[p, n] -= 1
        cover[p, everyone] -= cover[p, n] == 0
