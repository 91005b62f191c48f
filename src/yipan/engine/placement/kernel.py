"""The compiled heart: every hard rule and every part of the score, one bed at a time.

Plain arrays and scalars only, so that other compiled code (the twin) calls `assess` and `best` directly. Rules and
formulas are described in docs/reference/policy.md; the same in slow and obvious Python is `tests/oracle.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from yipan.engine.placement.beds import NEVER
from yipan.engine.placement.codes import Flag, Tier
from yipan.engine.placement.compiled import entry, fingerprint, inner
from yipan.engine.placement.facts import (
    company_in,
    count_late,
    guests_by_room,
    nowhere,
    survey,
    turnover_of,
    walk_from_home,
)
from yipan.engine.placement.lookahead import own_bed_stands_free, refuse_price, shortage_in, weighs_price
from yipan.engine.placement.result import REFUSED
from yipan.engine.placement.rules import (
    refuse_kind,
    refuse_room,
    refuse_time,
    refuse_ward,
    reserve_of,
    share_of,
    tier_of,
)
from yipan.engine.placement.score import enough_tomorrow, parts_of

CONSULT, FROM_RESERVE = int(Flag.CONSULT), int(Flag.FROM_RESERVE)
ALONE = (0, 0, 0, 0, 0, 0)


@inner
def judge(net, case, out):  # type: ignore[no-untyped-def]
    """Judge every bed; see `assess`.

    Arrays become locals, and helpers get numbers and rows: an array handed over for each bed costs its reference
    count each time, which is more than the rules themselves.
    """
    beds, rooms, wards, departments, guests = net.beds, net.rooms, net.wards, net.departments, net.guests
    competence, alliance, similarity, road = net.competence, net.alliance, net.similarity, net.road
    ready, counted, prompt, late_first, late_next = survey(beds, wards, case)
    first, following = guests_by_room(guests, beds, rooms)
    walk = walk_from_home(wards, net.walk, case)
    ranks, weights = ranks_of(case), weights_of(case)
    left_before, chance = nowhere(wards.shape[0]), np.zeros(wards.shape[0], np.float64)
    priced, short = nowhere(wards.shape[0]), np.zeros(wards.shape[0], np.float64)
    own_in = departments[case.department].own_in
    if case.ahead and own_bed_stands_free(beds, case.department):
        own_in = NEVER
    moves_from = beds[case.current_bed].ward if case.current_bed >= 0 else -1
    accepted = 0
    for i in range(beds.shape[0]):
        bed = beds[i]
        w = bed.ward
        ward, specialty = wards[w], departments[bed.department].specialty
        ally, likeness = alliance[case.department, bed.department], similarity[case.specialty, specialty]
        tier, rank, refusal = first_look(case, ranks, i, bed, ward, specialty, ally, likeness, ready[i])
        out.tier[i], out.ready[i], out.key[i] = tier, ready[i], REFUSED
        out.refusal[i] = refusal
        if refusal != 0:
            continue
        at, room = max(ready[i], case.start), rooms[bed.room]
        company = ALONE
        if first[bed.room] >= 0:
            company = company_in(guests, case, i, at, first[bed.room], following)
        left = prompt[w] - counted[i] + (moves_from == w)  # a move inside the ward gives its bed back
        if ready[i] > case.start:
            left += count_late(w, ready, ready[i], late_first, late_next)
        share = share_of(bed, ward, competence[w, case.specialty])
        drive = 0.0 if ward.site == case.site else road[case.site, ward.site]
        refusal = second_look(case, bed, room, ward, tier, company, left, share, drive, walk[w])
        if refusal == 0 and weighs_price(case, tier, own_in):
            if priced[w] != left:
                priced[w], short[w] = left, shortage_in(ward, left)
            refusal = refuse_price(case, own_in, short[w])
        out.refusal[i], out.left[i] = refusal, left
        if refusal != 0:
            continue
        if left_before[w] != left:
            left_before[w], chance[w] = left, enough_tomorrow(left, ward)
        minutes = walk[w] if ward.site == case.department_site else road[case.department_site, ward.site]
        family = 0.0 if case.home_site < 0 else road[case.home_site, ward.site]
        consult = needs_consult(case, tier, share)
        parts = parts_of(
            case, bed, ward, room, tier, ally, likeness, share, consult, minutes, family, at, chance[w], company[0]
        )
        score = weigh(weights, parts)
        for part in range(len(parts)):
            out.parts[i, part] = parts[part]
        out.flags[i] = CONSULT * consult | FROM_RESERVE * (left < reserve_of(case, ward))
        out.others[i], out.travel[i] = company[0], minutes
        out.score[i] = score / 100.0
        out.key[i] = key_of(rank, score, i)
        accepted += 1
    return accepted


@inner
def first_look(case, ranks, i, bed, ward, specialty, ally, likeness, ready):  # type: ignore[no-untyped-def]
    """Tier of the bed, its rank, and the refusal of the rules that ask neither who lies there nor the ward."""
    tier, rank = tier_of(case, ranks, bed, ward, specialty, ally, likeness)
    refusal = refuse_time(case, i, bed, ready, turnover_of(case, ward))
    if refusal == 0:
        refusal = refuse_kind(case, bed, tier, rank, specialty)
    return tier, rank, refusal


@inner
def second_look(case, bed, room, ward, tier, company, left, share, drive, walk):  # type: ignore[no-untyped-def]
    """The refusal of the rules that ask who lies there and what the ward can do."""
    refusal = refuse_room(case, bed, room, tier, company)
    if refusal == 0:
        refusal = refuse_ward(case, bed, ward, tier, left, share, drive, walk)
    return refusal


@inner
def needs_consult(case, tier, share):  # type: ignore[no-untyped-def]
    return tier != Tier.OWN and 0 <= share < case.consult_below


@inner
def key_of(rank, score, i):  # type: ignore[no-untyped-def]
    """The order of beds that may be proposed: tier, score in hundredths, row; smaller is better."""
    return (np.int64(rank) << 48) | (np.int64(10000 - score) << 32) | i


@inner
def ranks_of(case):  # type: ignore[no-untyped-def]
    """The rank of each tier as a tuple."""
    ranks = case.tier_rank
    return int(ranks[0]), int(ranks[1]), int(ranks[2]), int(ranks[3]), int(ranks[4]), int(ranks[5])


@inner
def weights_of(case):  # type: ignore[no-untyped-def]
    """The weight of each part as a tuple."""
    weights = case.weights
    return weights[0], weights[1], weights[2], weights[3], weights[4], weights[5], weights[6]


@inner
def weigh(weights, parts):  # type: ignore[no-untyped-def]
    """The score in hundredths."""
    total = 0.0
    for part in range(len(parts)):
        total += weights[part] * parts[part]
    return math.floor(total * 10000.0 + 0.5)


def _make_assess(sources: int) -> Callable[..., int]:
    """`assess`, compiled anew whenever one of the sources has changed."""

    @entry
    def assess(net, cases, row, out):  # type: ignore[no-untyped-def]
        """Judge every bed of `net` (Arrays) for `cases[row]` (CASE) and fill `out` (Result).

        Returns the number of beds that may be proposed.
        """
        return judge(net, cases[row], out) if sources else 0

    return assess


assess = _make_assess(fingerprint())


@entry
def best(out):  # type: ignore[no-untyped-def]
    """The best bed after `assess`, -1 when there is none."""
    winner, key = -1, REFUSED
    for i in range(out.key.shape[0]):
        if out.key[i] < key:
            winner, key = i, out.key[i]
    return winner
