"""Nurses on their rounds: what giving a (room, shift) to another nurse costs, and the accounts kept of it."""

from __future__ import annotations

from yipan.engine.optimise.ihtc.beds import W_EXCESS, W_SEEN, W_SKILL
from yipan.engine.optimise.ihtc.compiled import inlined
from yipan.engine.optimise.ihtc.tables import COUNT, DAY, FIRST


@inlined
def handover(facts, state, room, shift, n):  # type: ignore[no-untyped-def]
    """The change of the cost if nurse `n`, who is at work, takes over a room in a shift."""
    beds, cover, need, skill, slack = state.beds, state.cover, facts.need, facts.skill, state.slack
    before = state.nurse[room, shift]
    if before == n:
        return 0
    per_day = state.nurse.shape[1] // beds.shape[1]
    day = shift // per_day
    load, short, seen = 0, 0, 0
    for i in range(beds[room, day, COUNT]):
        p = beds[room, day, FIRST + i]
        k = shift - state.place[p, DAY] * per_day
        load += facts.work[p, k]
        short += max(0, need[p, k] - skill[n]) - max(0, need[p, k] - skill[before])
        seen += (cover[p, n] == 0) - (cover[p, before] == 1)
    free, taken = slack[before, shift], slack[n, shift]
    excess = max(0, load - taken) - max(0, -taken) + max(0, -free - load) - max(0, -free)
    return facts.weights[W_SKILL] * short + facts.weights[W_SEEN] * seen + facts.weights[W_EXCESS] * excess


@inlined
def hand_over(facts, state, room, shift, n):  # type: ignore[no-untyped-def]
    """Give a room in a shift to nurse `n`."""
    beds, cover = state.beds, state.cover
    before = state.nurse[room, shift]
    if before == n:
        return
    state.nurse[room, shift] = n
    per_day, everyone = state.nurse.shape[1] // beds.shape[1], cover.shape[1] - 1
    day = shift // per_day
    for i in range(beds[room, day, COUNT]):
        p = beds[room, day, FIRST + i]
        load = facts.work[p, shift - state.place[p, DAY] * per_day]
        state.slack[before, shift] += load
        state.slack[n, shift] -= load
        cover[p, before] -= 1
        cover[p, everyone] += (cover[p, n] == 0) - (cover[p, before] == 0)
        cover[p, n] += 1
