"""Simulated annealing at one temperature: the compiled loop."""

from __future__ import annotations

import math

import numpy as np

from yipan.engine.optimise.ihtc.adapting import hand_back, resettle
from yipan.engine.optimise.ihtc.chance import below, unit
from yipan.engine.optimise.ihtc.compiled import SOURCES, entry, inlined
from yipan.engine.optimise.ihtc.moves import FAR, REFUSED, eject, go_back, relocate, swap, take_down
from yipan.engine.optimise.ihtc.nurse_moves import change_nurse, change_through_stay, swap_nurses
from yipan.engine.optimise.ihtc.tables import (
    BEST_COST,
    BEST_MISSING,
    COST,
    COUNT,
    DAY,
    MANDATORY,
    MISSING,
    NOTES,
    OUT,
    STAY,
    STEPS,
    SURGEON,
)

OUTSIDE, URGENT = 4, 8
"""One of so many admissions is for somebody who is left out; for a mandatory patient who is."""

KINDS = 8
NURSE, NURSES, THROUGH, RELOCATE, LEAVE, EJECT, SWAP, RESETTLE = range(KINDS)


@inlined
def somebody(facts, state, kind):  # type: ignore[no-untyped-def]
    """A patient to move: now and then one who is left out, and while mandatory ones are, one of these."""
    patients = facts.fit_day.shape[0]
    outs = state.outs[0, patients]
    if outs > 0 and kind in (RELOCATE, EJECT, RESETTLE):
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
    seed = state.seed
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
    return move(facts, state, kind, limit)


@inlined
def move(facts, state, kind, limit):  # type: ignore[no-untyped-def]
    """Try to move a patient, and perhaps others; returns the change of the cost, or REFUSED with all as it was."""
    seed, patients, totals = state.seed, facts.fit_day.shape[0], state.totals
    p = somebody(facts, state, kind)
    q = below(seed, patients)
    if kind in (LEAVE, SWAP) and state.place[p, DAY] == OUT:
        return REFUSED
    if kind == SWAP:
        if below(seed, 2):
            surgeon = facts.person[p, SURGEON]
            q = facts.peers[surgeon, 1 + below(seed, facts.peers[surgeon, 0])]
        if p == q or state.place[q, DAY] == OUT:
            return REFUSED
    totals[STEPS] = totals[NOTES] = 0
    ended = take_down(facts, state, p)
    change = 0
    if kind == RELOCATE:
        change = relocate(facts, state, p, limit + ended)
    elif kind == EJECT:
        change = eject(facts, state, p, limit + ended)
    elif kind == SWAP:
        change = swap(facts, state, p, q)
    elif kind == RESETTLE:
        change = resettle(facts, state, p, limit + ended)
    if change - ended <= limit:
        return change - ended
    hand_back(facts, state)
    go_back(facts, state)
    return REFUSED


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


def _make(sources):  # type: ignore[no-untyped-def]
    """The entry; the fingerprint it closes over keeps a cache from outliving a change of what it calls."""

    @entry
    def anneal(facts, state, temperature, shares, tries, counts):  # type: ignore[no-untyped-def]
        """Try `tries` changes at a temperature; `shares`: chances of kinds, added up; `counts` (kind, tried/kept)."""
        _ = sources
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

    return anneal


anneal = _make(SOURCES)
