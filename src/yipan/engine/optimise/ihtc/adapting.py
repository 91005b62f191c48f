"""A patient moves and the nurses of both rooms adapt at once: moves that nurses who stay as they are would forbid."""

from __future__ import annotations

from yipan.engine.optimise.ihtc.beds import fits, price, put
from yipan.engine.optimise.ihtc.chance import below
from yipan.engine.optimise.ihtc.compiled import inlined
from yipan.engine.optimise.ihtc.moves import FAR, REFUSED
from yipan.engine.optimise.ihtc.rounds import hand_over, handover
from yipan.engine.optimise.ihtc.seeking import seek_day, seek_room, seek_theatre
from yipan.engine.optimise.ihtc.tables import COUNT, LEFT_OUT, NOTES, OUT, STAY


@inlined
def resettle(facts, state, p, limit):  # type: ignore[no-untyped-def]
    """Another room, perhaps another day, for `p`; then each shift of the stay in the rooms left and entered gets the
    nurse who is best for it.
    """
    day, room = state.log[0, 1], state.log[0, 2]
    d, t = day, state.log[0, 3]
    if day == OUT or below(state.seed, 2):
        d = seek_day(facts, state, p, limit + facts.person[p, LEFT_OUT])
        t = seek_theatre(facts, state, p, d) if d != OUT else OUT
    r = seek_room(facts, state, p, d) if t != OUT else OUT
    if r == OUT or (r == room and d == day):
        return REFUSED
    if d == day and not fits(facts, state, p, d, r, t):
        return REFUSED
    change = price(facts, state, p, d, r, t, FAR)
    put(facts, state, p, d, r, t)
    per_day = state.nurse.shape[1] // state.beds.shape[1]
    for side in range(2):
        where, when = (r, d) if side == 0 else (room, day)
        if when == OUT:
            continue
        for shift in range(when * per_day, min(when + facts.person[p, STAY], state.beds.shape[1]) * per_day):
            if state.beds[where, shift // per_day, COUNT] > 0:
                change += adapt(facts, state, where, shift)
    return change


@inlined
def hand_back(facts, state):  # type: ignore[no-untyped-def]
    """Give every room noted back to the nurse who had it."""
    for note in range(state.totals[NOTES] - 1, -1, -1):
        hand_over(facts, state, state.notes[note, 0], state.notes[note, 1], state.notes[note, 2])


@inlined
def adapt(facts, state, room, shift):  # type: ignore[no-untyped-def]
    """Give a room in a shift to the nurse who costs least there; returns the change."""
    best, least = OUT, 0
    for i in range(1, 1 + facts.crew[shift, 0]):
        change = handover(facts, state, room, shift, facts.crew[shift, i])
        if change < least:
            best, least = facts.crew[shift, i], change
    if least < 0:
        note = state.totals[NOTES]
        state.totals[NOTES] = note + 1
        state.notes[note, 0], state.notes[note, 1], state.notes[note, 2] = room, shift, state.nurse[room, shift]
        hand_over(facts, state, room, shift, best)
    return least
