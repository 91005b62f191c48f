"""Simulated annealing at one temperature: the compiled loop."""

from __future__ import annotations

import math

import numpy as np

from yipan.engine.optimise.ihtc.chance import below, unit
from yipan.engine.optimise.ihtc.compiled import SOURCES, entry, inlined
from yipan.engine.optimise.ihtc.moves import FAR, REFUSED, eject, leave_out, relocate, swap
from yipan.engine.optimise.ihtc.nurse_moves import change_nurse, change_through_stay, swap_nurses
from yipan.engine.optimise.ihtc.tables import (
    BEST_COST,
    BEST_MISSING,
    COST,
    COUNT,
    DAY,
    MANDATORY,
    MISSING,
    OUT,
    STAY,
    SURGEON,
)

OUTSIDE, URGENT = 4, 8
"""One of so many admissions is for somebody who is left out; for a mandatory patient who is."""

KINDS = 7
NURSE, NURSES, THROUGH, RELOCATE, LEAVE, EJECT, SWAP = range(KINDS)


@inlined
def somebody(facts, state, kind):  # type: ignore[no-untyped-def]
    """A patient to move: now and then one who is left out, and while mandatory ones are, one of these."""
    patients = facts.fit_day.shape[0]
    outs = state.outs[0, patients]
    if outs > 0 and kind in (RELOCATE, EJECT):
        at = below(state.seed, outs)
        if state.totals[MISSING] > 0 and below(state.seed, URGENT) == 0:
            while facts.person[state.outs[0, at], MANDATORY] == 0:
                at = at + 1 if at + 1 < outs else 0
            return state.outs[0, at]
        if below(state.seed, OUTSIDE) == 0:
            return state.outs[0, at]
    return below(state.seed, patients)


@inlined
def one_step(facts, state, kind, limit):  # type: ignore[no-untyped-def]
    """Try one change of a kind; returns the change of the cost, or REFUSED."""
    seed, patients = state.seed, facts.fit_day.shape[0]
    if kind <= NURSES:
        shift, room = below(seed, state.nurse.shape[1]), below(seed, state.nurse.shape[0])
        if state.beds[room, shift // (state.nurse.shape[1] // state.beds.shape[1]), COUNT] == 0:
            return REFUSED
        if kind == NURSE:
            return change_nurse(facts, state, room, shift, limit)
        return swap_nurses(facts, state, room, below(seed, state.nurse.shape[0]), shift, limit)
    if kind == THROUGH:
        p = below(seed, state.place.shape[0])
        if state.place[p, DAY] == OUT:
            return REFUSED
        per_day = state.nurse.shape[1] // state.beds.shape[1]
        first = state.place[p, DAY] * per_day
        stay = min(facts.person[p, STAY] * per_day, state.nurse.shape[1] - first)
        return change_through_stay(facts, state, p, first + below(seed, stay), limit)
    p = somebody(facts, state, kind)
    if kind == RELOCATE:
        return relocate(facts, state, p, limit)
    if kind == LEAVE:
        if state.place[p, DAY] == OUT:
            return REFUSED
        return leave_out(facts, state, p, limit)
    if kind == EJECT:
        return eject(facts, state, p, limit)
    if state.place[p, DAY] == OUT:
        return REFUSED
    q = below(seed, patients)
    if below(seed, 2):
        surgeon = facts.person[p, SURGEON]
        q = facts.peers[surgeon, 1 + below(seed, facts.peers[surgeon, 0])]
    if p == q or state.place[q, DAY] == OUT:
        return REFUSED
    return swap(facts, state, p, q, limit)


@inlined
def remember(state):  # type: ignore[no-untyped-def]
    """Keep the plan as the best."""
    state.totals[BEST_COST], state.totals[BEST_MISSING] = state.totals[COST], state.totals[MISSING]
    for i in range(state.place.shape[0]):
        for j in range(3):
            state.best_place[i, j] = state.place[i, j]
    for i in range(state.nurse.shape[0]):
        for j in range(state.nurse.shape[1]):
            state.best_nurse[i, j] = state.nurse[i, j]


@entry
def anneal(facts, state, temperature, shares, tries, counts):  # type: ignore[no-untyped-def]
    """Try `tries` changes at a temperature; `shares`: chances of the kinds, added up; `counts` (kind, tried/kept)."""
    _ = SOURCES
    totals = state.totals
    for _i in range(tries):
        limit = min(np.int64(-temperature * math.log(unit(state.seed))), FAR)
        u, kind = unit(state.seed), 0
        while kind < KINDS - 1 and u > shares[kind]:
            kind += 1
        change = one_step(facts, state, kind, limit)
        counts[kind, 0] += 1
        if change != REFUSED:
            counts[kind, 1] += 1
            totals[COST] += change
    if totals[MISSING] < totals[BEST_MISSING] or (
        totals[MISSING] == totals[BEST_MISSING] and totals[COST] < totals[BEST_COST]
    ):
        remember(state)


@entry
def sample(facts, state, kind, changes):  # type: ignore[no-untyped-def]
    """Walk at random by one kind of change and note by how much each changed the cost."""
    _ = SOURCES
    for i in range(changes.shape[0]):
        change = one_step(facts, state, kind, FAR)
        if change != REFUSED:
            state.totals[COST] += change
            changes[i] = change
