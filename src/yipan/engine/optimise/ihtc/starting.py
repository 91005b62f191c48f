"""Where a search starts, and how it goes back to a plan it has seen."""

from __future__ import annotations

import numpy as np

from yipan.engine.optimise.ihtc.beds import lay, put, take
from yipan.engine.optimise.ihtc.compiled import SOURCES, entry
from yipan.engine.optimise.ihtc.evaluating import evaluate
from yipan.engine.optimise.ihtc.instance import Instance
from yipan.engine.optimise.ihtc.rounds import hand_over
from yipan.engine.optimise.ihtc.solution import Admission, Solution
from yipan.engine.optimise.ihtc.tables import (
    BEST_COST,
    BEST_MISSING,
    COST,
    DAY,
    LEFT_OUT,
    MANDATORY,
    MISSING,
    OUT,
    ROOM,
    THEATRE,
    Array,
    Facts,
    State,
    empty_state,
)


def start(instance: Instance, facts: Facts, seed: int) -> State:
    """A plan with the occupants only, and some nurse for every room and shift."""
    state = empty_state(instance, seed)
    for shift in range(instance.shifts):
        working = facts.crew[shift, 0]
        if working:
            state.nurse[:, shift] = facts.crew[shift, 1 + np.arange(len(instance.rooms)) % working]
    for number, occupant in enumerate(instance.occupants, len(instance.patients)):
        state.place[number] = 0, occupant.room, OUT
    settle(facts, state, len(instance.patients))
    missing = sum(patient.mandatory for patient in instance.patients)
    cost = evaluate(instance, solution_of(instance, state.place, state.nurse)).cost
    left_out = int(facts.person[facts.person[:, MANDATORY] == 1, LEFT_OUT].sum())
    state.totals[[COST, BEST_COST]] = cost + left_out
    state.totals[[MISSING, BEST_MISSING]] = missing
    state.best_place[:], state.best_nurse[:] = state.place, state.nurse
    return state


def _make(sources):  # type: ignore[no-untyped-def]
    """The entries; see `annealing`."""

    @entry
    def settle(facts, state, occupants):  # type: ignore[no-untyped-def]
        """Lay the occupants, from person number `occupants` on, into their rooms."""
        _ = sources
        for p in range(occupants, state.place.shape[0]):
            lay(facts, state, p, 0, state.place[p, ROOM])

    @entry
    def restore(facts, state, place, nurse):  # type: ignore[no-untyped-def]
        """Make the plan be `place` and `nurse`; the cost is the caller's to set."""
        _ = sources
        patients = facts.fit_day.shape[0]
        for p in range(patients):
            if state.place[p, DAY] != OUT:
                take(facts, state, p)
        for room in range(nurse.shape[0]):
            for shift in range(nurse.shape[1]):
                hand_over(facts, state, room, shift, nurse[room, shift])
        for p in range(patients):
            if place[p, DAY] != OUT:
                put(facts, state, p, place[p, DAY], place[p, ROOM], place[p, THEATRE])

    return settle, restore


settle, restore = _make(SOURCES)


def solution_of(instance: Instance, place: Array, nurse: Array) -> Solution:
    """The plan in the words of the instance; nurses have no rounds in empty rooms."""
    admissions = tuple(
        None if day == OUT else Admission(int(day), int(room), int(theatre))
        for day, room, theatre in place[: len(instance.patients)]
    )
    occupied: set[tuple[int, int]] = set()
    for person, (day, room, _) in zip((*instance.patients, *instance.occupants), place, strict=True):
        if day != OUT:
            occupied.update((shift, int(room)) for shift in instance.shifts_of(person, int(day)))
    rounds: list[dict[int, tuple[int, ...]]] = [{} for _ in instance.nurses]
    for shift, room in sorted(occupied):
        mine = rounds[int(nurse[room, shift])]
        mine[shift] = (*mine.get(shift, ()), room)
    return Solution(admissions=admissions, rounds=tuple(rounds))
