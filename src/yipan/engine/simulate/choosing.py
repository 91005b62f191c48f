"""Which bed: the rules of `engine/placement`, asked about the beds that are not taken.

`judge` reads the whole network for each patient: what is ready, how many beds each ward has left, who lies in which
room. Here these facts are kept from event to event, wards that the policy's order of tiers puts behind a bed already
found are not asked, and the very functions of `judge` say the rest. So the answer is that of `best`; the oracle of the
tests asks `rank` about the whole network each time.
"""

from __future__ import annotations

import math

import numpy as np

from yipan.engine.placement.beds import NEVER
from yipan.engine.placement.case import OFF
from yipan.engine.placement.codes import BedState
from yipan.engine.placement.compiled import entry as allocating_entry
from yipan.engine.placement.facts import company_in, ready_at, turnover_of, walk_from_home
from yipan.engine.placement.kernel import (
    ALONE,
    first_look,
    key_of,
    needs_consult,
    ranks_of,
    second_look,
    weigh,
    weights_of,
)
from yipan.engine.placement.result import REFUSED
from yipan.engine.placement.rules import share_of, tier_of
from yipan.engine.placement.score import enough_tomorrow, parts_of
from yipan.engine.simulate.compiled import SOURCES, inlined

ANY_WARD = -1
_CLEANING, _FREE = int(BedState.CLEANING), int(BedState.FREE)
_ROW, _RANK_BITS = 2**32 - 1, 48


@inlined
def tier_in(net, case, i):  # type: ignore[no-untyped-def]
    """Tier of the bed for the patient."""
    bed = net.beds[i]
    specialty = net.departments[bed.department].specialty
    ally, likeness = net.alliance[case.department, bed.department], net.similarity[case.specialty, specialty]
    tier, _ = tier_of(case, ranks_of(case), bed, net.wards[bed.ward], specialty, ally, likeness)
    return tier


def _make_fixed_facts(sources: int):  # type: ignore[no-untyped-def]
    @allocating_entry
    def fixed_facts(net, cases, walk, first_rank):  # type: ignore[no-untyped-def]
        """Fill for each kind of patient `walk` (cases, wards), minutes from home, and `first_rank` (cases, wards), the
        least rank of tier that a bed of the ward has for it."""
        for k in range(cases.shape[0] if sources else 0):
            case = cases[k]
            ranks, minutes = ranks_of(case), walk_from_home(net.wards, net.walk, case)
            for w in range(net.wards.shape[0]):
                walk[k, w] = minutes[w]
            for i in range(net.beds.shape[0]):
                w = net.beds[i].ward
                first_rank[k, w] = min(first_rank[k, w], ranks[tier_in(net, case, i)])

    return fixed_facts


fixed_facts = _make_fixed_facts(SOURCES)


@inlined
def choose(net, fixed, now, k, current, only, hour):  # type: ignore[no-untyped-def]
    """The best bed for a patient of kind `k` who lies in bed `current` (-1: in none), of ward `only` or of any.

    Returns (bed, tier, beds left in its ward), (-1, 0, 0) when none may be proposed. Somebody who lies in a bed is
    moved only to one that is ready.
    """
    case = fixed.cases[k]
    latest = case.latest
    if current >= 0:
        case.current_bed, case.latest = current, case.start
    own_in = own_bed_in_minutes(net, now, fixed, case)
    winner, tier, left = REFUSED, 0, 0
    first, last = (0, net.wards.shape[0]) if only < 0 else (only, only + 1)
    for place in range(first, last):
        w = fixed.order[k, place] if only < 0 else place
        rank = fixed.first_rank[k, w]
        if rank == OFF or rank > winner >> _RANK_BITS:
            if only < 0:
                break  # wards are in the order of their ranks
            continue
        if now.opened[w] > 0:
            key, its_tier, its_left = best_of_ward(net, fixed, now, case, k, w, hour, own_in)
            if key < winner:
                winner, tier, left = key, its_tier, its_left
    case.current_bed, case.latest = -1, latest
    if winner == REFUSED:
        return -1, 0, 0
    return winner & _ROW, tier, left


@inlined
def own_bed_in_minutes(net, now, fixed, case):  # type: ignore[no-untyped-def]
    """When a bed of the own department falls free, NEVER while one stands free; as `judge` sees it."""
    own_in = net.departments[case.department].own_in
    if not case.ahead or own_in > case.patience:
        return own_in
    for w in range(net.wards.shape[0]):
        if now.free[w] > 0:
            begin = fixed.ward_first[w]
            for place in range(begin, begin + now.opened[w]):
                bed = net.beds[now.open[place]]
                if bed.department == case.department and bed.state == _FREE:
                    return NEVER
    return own_in


@inlined
def best_of_ward(net, fixed, now, case, k, w, hour, own_in):  # type: ignore[no-untyped-def]
    """The least key of the ward's open beds with its tier and the beds left, REFUSED when none may be proposed.

    A bed that is like the one before, with the same company, gets the same answer without being asked.
    """
    ward, ranks, weights = net.wards[w], ranks_of(case), weights_of(case)
    winner, its_tier, its_left = REFUSED, 0, 0
    known, chance = -1_000_000, 0.0
    alike, before, company_before, left_before, refusal, tier, rank, score = -1, 0, ALONE, 0, 0, 0, 0, 0
    begin = fixed.ward_first[w]
    moves_from = case.current_bed >= 0 and net.beds[case.current_bed].ward == w
    for place in range(begin, begin + now.opened[w]):
        i = now.open[place]
        bed = net.beds[i]
        if bed.state == _CLEANING:
            bed.available_at = minutes_until(now.ready[i], hour)
        ready = ready_at(bed, turnover_of(case, ward), case.horizon)
        room, company, left = net.rooms[bed.room], ALONE, now.free[w] - 1 + moves_from
        if now.first[bed.room] >= 0:
            company = company_in(net.guests, case, i, ready, now.first[bed.room], now.following)
        if ready > 0:
            left += cleaned_by(now, begin, w, ready, hour)
        if fixed.alike[i] == alike and ready == before and company == company_before and left == left_before:
            if refusal == 0 and key_of(rank, score, i) < winner:
                winner, its_tier, its_left = key_of(rank, score, i), tier, left
            continue
        alike, before, company_before, left_before = fixed.alike[i], ready, company, left
        specialty = net.departments[bed.department].specialty
        ally, likeness = net.alliance[case.department, bed.department], net.similarity[case.specialty, specialty]
        tier, rank, refusal = first_look(case, ranks, i, bed, ward, specialty, ally, likeness, ready)
        if refusal != 0:
            continue
        share = share_of(bed, ward, net.competence[w, case.specialty])
        drive = 0.0 if ward.site == case.site else net.road[case.site, ward.site]
        refusal = second_look(case, bed, room, ward, tier, company, left, share, drive, fixed.walk[k, w], own_in)
        if refusal != 0:
            continue
        if left != known:
            known, chance = left, enough_tomorrow(left, ward)
        road = net.road
        minutes = fixed.walk[k, w] if ward.site == case.department_site else road[case.department_site, ward.site]
        family = 0.0 if case.home_site < 0 else road[case.home_site, ward.site]
        consult = needs_consult(case, tier, share)
        parts = parts_of(
            case, bed, ward, room, tier, ally, likeness, share, consult, minutes, family, ready, chance, company[0]
        )
        score = weigh(weights, parts)
        if key_of(rank, score, i) < winner:
            winner, its_tier, its_left = key_of(rank, score, i), tier, left
    return winner, its_tier, its_left


@inlined
def minutes_until(then, hour):  # type: ignore[no-untyped-def]
    """Whole minutes to an hour that is still to come, rounded up."""
    return np.int32(max(math.ceil((then - hour) * 60.0), 1))


@inlined
def cleaned_by(now, begin, w, minutes, hour):  # type: ignore[no-untyped-def]
    """How many of the ward's beds that are being cleaned are ready by then."""
    count = 0
    for place in range(begin, begin + now.opened[w]):
        then = now.ready[now.open[place]]
        count += then > hour and minutes_until(then, hour) <= minutes
    return count
