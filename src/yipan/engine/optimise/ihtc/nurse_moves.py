"""The steps of the search that move nurses; see `moves` for what they return."""

from __future__ import annotations

from yipan.engine.optimise.ihtc.chance import below
from yipan.engine.optimise.ihtc.compiled import inlined
from yipan.engine.optimise.ihtc.moves import REFUSED
from yipan.engine.optimise.ihtc.rounds import hand_over, handover
from yipan.engine.optimise.ihtc.tables import DAY, OUT, ROOM, STAY


@inlined
def change_nurse(facts, state, room, shift, limit):  # type: ignore[no-untyped-def]
    """Another nurse for one room in one shift."""
    n = facts.crew[shift, 1 + below(state.seed, facts.crew[shift, 0])]
    if n == state.nurse[room, shift]:
        return REFUSED
    change = handover(facts, state, room, shift, n)
    if change > limit:
        return REFUSED
    hand_over(facts, state, room, shift, n)
    return change


@inlined
def swap_nurses(facts, state, room, other, shift, limit):  # type: ignore[no-untyped-def]
    """Two nurses of a shift exchange a room each."""
    n, m = state.nurse[room, shift], state.nurse[other, shift]
    if n == m:
        return REFUSED
    change = handover(facts, state, room, shift, m)
    hand_over(facts, state, room, shift, m)
    change += handover(facts, state, other, shift, n)
    if change <= limit:
        hand_over(facts, state, other, shift, n)
        return change
    hand_over(facts, state, room, shift, n)
    return REFUSED


@inlined
def change_through_stay(facts, state, p, shift, limit):  # type: ignore[no-untyped-def]
    """One nurse takes over the room of `p` whenever at work in the stay, or in the part before or after `shift`."""
    per_day = state.nurse.shape[1] // state.beds.shape[1]
    room, first = state.place[p, ROOM], state.place[p, DAY] * per_day
    last = min(first + facts.person[p, STAY] * per_day, state.nurse.shape[1])
    n = facts.crew[shift, 1 + below(state.seed, facts.crew[shift, 0])]
    part = below(state.seed, 4)
    if part == 1:
        first = shift
    elif part == 2:
        last = shift + 1
    elif part == 3:
        first = max(first, shift - per_day)
        last = min(last, shift + per_day + 1)
    change, steps = 0, 0
    for s in range(first, last):
        before = state.nurse[room, s]
        if before != n and facts.works[n, s]:
            change += handover(facts, state, room, s, n)
            hand_over(facts, state, room, s, n)
            state.log[steps, 0], state.log[steps, 1] = s, before
            steps += 1
    if steps > 0 and change <= limit:
        return change
    for step in range(steps - 1, -1, -1):
        hand_over(facts, state, room, state.log[step, 0], state.log[step, 1])
    return REFUSED


@inlined
def somebody_in(facts, state, patients):  # type: ignore[no-untyped-def]
    """A person in a bed, by chance; OUT if none was met. From `patients` on the numbers are occupants."""
    for _ in range(20):
        p = below(state.seed, state.place.shape[0])
        if state.place[p, DAY] != OUT:
            return p
    return OUT
