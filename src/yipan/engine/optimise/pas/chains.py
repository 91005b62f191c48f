"""Kempe chains between two rooms: a patient moves to another, whoever is in her way there moves to hers, and so on.

In the way is who has the other sex on a night in a room for one sex at a time, and somebody, by chance, when there are
too few beds. Everybody moves with her whole stay. It turns a women's room into a men's one, which no move of one or two
patients can do without a night that mixes them. Source of the idea: the interchanges of A. B. Kempe (1879), used on
timetables since J. Thompson and K. Dowsland, "A robust simulated annealing based examination timetabling system",
Computers & Operations Research 25, 1998.
"""

from __future__ import annotations

from yipan.engine.optimise.chance import below
from yipan.engine.optimise.pas.moves import LONGEST, REFUSED, mixing, place
from yipan.engine.placement.compiled import inner


@inner
def _stays_in(fixed, lying, patient, room):  # type: ignore[no-untyped-def]
    """Whether she spends all her nights there."""
    elsewhere = 0
    for i in range(fixed.offset[patient], fixed.offset[patient + 1]):
        elsewhere += lying[i] != room
    return elsewhere == 0


@inner
def _join(fixed, state, patient, room, length):  # type: ignore[no-untyped-def]
    """Add who lies in `room` to the chain; its new length, or -1 when that is not possible."""
    if length == LONGEST or not _stays_in(fixed, state.lying, patient, room):
        return -1
    state.chain[length] = patient
    state.marks[patient] = True
    return length + 1


@inner
def _of_other_sex(fixed, state, patient, room, length):  # type: ignore[no-untyped-def]
    """Add everybody of the other sex who lies in `room` on one of her nights and is not in the chain."""
    if not fixed.same[room]:
        return length
    nights = fixed.offset[patient + 1] - fixed.offset[patient]
    for d in range(fixed.first[patient], fixed.first[patient] + nights):
        if state.heads[room, d, 1 - fixed.sex[patient]] == 0:
            continue
        for bed in range(state.heads[room, d, 0] + state.heads[room, d, 1]):
            other = state.beds[room, d, bed]
            if fixed.sex[other] != fixed.sex[patient] and not state.marks[other]:
                length = _join(fixed, state, other, room, length)
                if length < 0:
                    return -1
    return length


@inner
def _after(fixed, state, room, other, d):  # type: ignore[no-untyped-def]
    """Women and men in `room` on night d once the chain between it and `other` has moved."""
    women, men = 0, 0
    for bed in range(state.heads[room, d, 0] + state.heads[room, d, 1]):
        patient = state.beds[room, d, bed]
        if not state.marks[patient]:
            women += 1 - fixed.sex[patient]
            men += fixed.sex[patient]
    for bed in range(state.heads[other, d, 0] + state.heads[other, d, 1]):
        patient = state.beds[other, d, bed]
        if state.marks[patient]:
            women += 1 - fixed.sex[patient]
            men += fixed.sex[patient]
    return women, men


@inner
def _above_capacity(fixed, state, chance, patient, room, other, length):  # type: ignore[no-untyped-def]
    """Add one who lies in `room` on the first of the patient's nights on which it would be too full.

    The same length when it never is, -1 when nobody can be added.
    """
    nights = fixed.offset[patient + 1] - fixed.offset[patient]
    for d in range(fixed.first[patient], fixed.first[patient] + nights):
        women, men = _after(fixed, state, room, other, d)
        if women + men <= fixed.capacity[room]:
            continue
        heads = state.heads[room, d, 0] + state.heads[room, d, 1]
        turn = below(chance, max(heads, 1))
        for bed in range(heads):
            one = state.beds[room, d, (bed + turn) % heads]
            if not state.marks[one]:
                return _join(fixed, state, one, room, length)
        return -1
    return length


@inner
def _grown(fixed, state, chance, patient, room):  # type: ignore[no-untyped-def]
    """The length of the chain that begins with the patient going to `room`; -1 when it grows too long."""
    home = state.lying[fixed.offset[patient]]
    length = _join(fixed, state, patient, home, 0)
    looked = 0
    while length > 0:
        while looked < length:
            one = state.chain[looked]
            looked += 1
            goal = room if state.lying[fixed.offset[one]] == home else home
            length = _of_other_sex(fixed, state, one, goal, length)
            if length < 0:
                return -1
        before = length
        for at in range(before):
            one = state.chain[at]
            goes, comes = (room, home) if state.lying[fixed.offset[one]] == home else (home, room)
            length = _above_capacity(fixed, state, chance, one, goes, comes, length)
            if length != before:
                break
        if length == before:
            return length
    return -1


@inner
def forget(state):  # type: ignore[no-untyped-def]
    """Take the marks of the last chain away."""
    for at in range(LONGEST):
        if state.chain[at] >= 0:
            state.marks[state.chain[at]] = False
            state.chain[at] = -1


@inner
def chain_delta(fixed, state, chance, patient, room):  # type: ignore[no-untyped-def]
    """The change of cost when the patient, all her nights in one room, goes to `room`, and the chain after her.

    REFUSED when the chain is too long. `follow` moves the chain that was grown last; `forget` it before the next.
    """
    home = state.lying[fixed.offset[patient]]
    length = _grown(fixed, state, chance, patient, room)
    if length < 0:
        return REFUSED
    delta, earliest, latest = 0, fixed.first[patient], fixed.first[patient]
    for at in range(length):
        one = state.chain[at]
        begin, end = fixed.offset[one], fixed.offset[one + 1]
        here, there = (home, room) if state.lying[begin] == home else (room, home)
        for i in range(begin, end):
            delta += fixed.price[i, there] - fixed.price[i, here]
        earliest, latest = min(earliest, fixed.first[one]), max(latest, fixed.first[one] + end - begin)
    for d in range(earliest, latest):
        women, men = _after(fixed, state, room, home, d)
        delta += mixing(fixed, room, women, men) - mixing(fixed, room, state.heads[room, d, 0], state.heads[room, d, 1])
        women, men = _after(fixed, state, home, room, d)
        delta += mixing(fixed, home, women, men) - mixing(fixed, home, state.heads[home, d, 0], state.heads[home, d, 1])
    return delta


@inner
def follow(fixed, state, home, room):  # type: ignore[no-untyped-def]
    """Move the chain between the two rooms."""
    for at in range(LONGEST):
        one = state.chain[at]
        if one >= 0:
            goal = room if state.lying[fixed.offset[one]] == home else home
            place(fixed, state, one, fixed.offset[one], fixed.offset[one + 1], goal)
