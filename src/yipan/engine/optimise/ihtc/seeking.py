"""Looking for a place for a patient who is out: a day, a theatre, a room, each by chance among those that fit."""

from __future__ import annotations

from yipan.engine.optimise.ihtc.beds import W_DELAY, bed_fits
from yipan.engine.optimise.ihtc.chance import below
from yipan.engine.optimise.ihtc.compiled import inlined
from yipan.engine.optimise.ihtc.tables import DUE, FREE, MINUTES, OUT, RELEASE, SURGEON, USES

DAY_TRIES = 6
NEW_THEATRE = 4
"""One of so many theatres is looked for without minding whether it is in use on the day already."""


@inlined
def draw_day(facts, state, p, most):  # type: ignore[no-untyped-def]
    """A day within release and due whose delay alone costs at most `most`, or the day of release."""
    delay = facts.weights[W_DELAY]
    latest = facts.person[p, DUE] - facts.person[p, RELEASE]
    if most < delay * latest:
        latest = max(0, most // delay)
    return facts.person[p, RELEASE] + below(state.seed, latest + 1)


@inlined
def seek_day(facts, state, p, most):  # type: ignore[no-untyped-def]
    """Such a day on which the surgeon has time, or OUT."""
    person = facts.person
    for _ in range(DAY_TRIES):
        day = draw_day(facts, state, p, most)
        if facts.fit_day[p, day] and state.surgeons[person[p, SURGEON], day, FREE] >= person[p, MINUTES]:
            return day
    return OUT


@inlined
def seek_theatre(facts, state, p, day):  # type: ignore[no-untyped-def]
    """A theatre with time on that day, mostly one that is in use; or OUT."""
    theatres = state.theatres
    count, minutes = theatres.shape[0], facts.person[p, MINUTES]
    some, at = OUT, below(state.seed, count)
    careless = below(state.seed, NEW_THEATRE) == 0
    for _ in range(count):
        if theatres[at, day, FREE] >= minutes:
            some = at
            if careless or theatres[at, day, USES] > 0:
                break
        at = at + 1 if at + 1 < count else 0
    return some


@inlined
def seek_room(facts, state, p, day):  # type: ignore[no-untyped-def]
    """A room with a bed for the whole stay, or OUT."""
    count = state.beds.shape[0]
    at = below(state.seed, count)
    for _ in range(count):
        if facts.fit_room[p, at] and bed_fits(facts, state, p, day, at):
            return at
        at = at + 1 if at + 1 < count else 0
    return OUT
