"""The quick way to the best bed finds the bed of the full ranking."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from yipan.engine.placement import NEVER, Beds, Need, Policy, rank
from yipan.engine.placement.case import resolve
from yipan.engine.placement.codes import BedState
from yipan.engine.placement.facts import guests_by_room, survey
from yipan.engine.placement.kept import Kept, Memo, keep, new_memo
from yipan.engine.placement.pick import ANY_WARD, forget, pick
from yipan.engine.placement.tests.networks import Plan, random_beds, random_need, random_policy

# Compiled anew each time: a cache would notice changes of this file only, not of what is called.
entry = njit(error_model="numpy")
SEEDS = st.integers(0, 2**32 - 1)


@entry
def look_around(net, case, kept):
    """Fill what changes in `kept` from the whole network, as `judge` reads it."""
    ready, counted, prompt, _, _ = survey(net.beds, net.wards, case)
    kept.ready[:], kept.counted[:], kept.prompt[:] = ready, counted, prompt
    first, following = guests_by_room(net.guests, net.beds, net.rooms)
    kept.first[:], kept.following[:] = first, following
    kept.opened[:], kept.free_of[:] = 0, 0
    for i in range(net.beds.shape[0]):
        bed = net.beds[i]
        if ready[i] != NEVER:
            kept.open[kept.ward_first[bed.ward] + kept.opened[bed.ward]] = i
            kept.opened[bed.ward] += 1
        kept.free_of[bed.department] += bed.state == 0


@entry
def pick_one(net, kept, memo, cases, row, only):
    return pick(net, kept, memo, cases[row], row, only)


@entry
def forget_all(memo):
    for w in range(memo.chance_left.shape[0]):
        forget(memo, w)


def kept_for(beds: Beds, cases: np.ndarray, row: int = 0) -> Kept:
    kept = keep(beds, cases)
    look_around(beds.arrays, cases[row], kept)
    return kept


def picked(beds: Beds, kept: Kept, memo: Memo, cases: np.ndarray, row: int = 0, only: int = ANY_WARD) -> list[int]:
    return list(pick_one(beds.arrays, kept, memo, cases, row, only))


def forgetful(memo: Memo) -> Memo:
    """One row for all questions: each answer takes the place of the one before."""
    return memo._replace(
        sizes=np.array([memo.sizes[0], 1]), asked=memo.asked[-2:], answer=memo.answer[-2:], parts=memo.parts[-2:]
    )


def expected(beds: Beds, need: Need, policy: Policy, only: int = ANY_WARD) -> list[int]:
    """The first of the ranking, of one ward or of any."""
    ranking = rank(beds, need, policy)
    for i in ranking.order.tolist():
        if only < 0 or beds.beds["ward"][i] == only:
            return [i, int(ranking.tier(i)), int(ranking.result.left[i])]
    return [-1, 0, 0]


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_the_bed_picked_is_the_first_of_the_ranking(seed):
    """Bed, tier and beds left agree on any network, patient and policy, for each ward alone too."""
    beds = random_beds(seed, 60)
    need, policy = random_need(seed, beds), random_policy(seed)
    cases = resolve(need, policy, beds)
    kept = kept_for(beds, cases)
    memo, short = new_memo(kept), forgetful(new_memo(kept))
    for only in (ANY_WARD, *range(len(beds.wards)), ANY_WARD):  # what is remembered changes nothing
        first = expected(beds, need, policy, only)
        assert picked(beds, kept, memo, cases, only=only) == first, only
        assert picked(beds, kept, short, cases, only=only) == first, only


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_beds_picked_one_after_the_other_are_those_of_rankings(seed):
    """Several patients take beds in turn; what was remembered of one network answers for the next."""
    beds = random_beds(seed, 60)
    policy, r = random_policy(seed), np.random.default_rng(seed)
    needs = [random_need(seed + k, beds) for k in range(3)]
    cases = np.concatenate([resolve(need, policy, beds) for need in needs])
    memo = new_memo(keep(beds, cases))
    for turn in range(12):
        k = turn % 3
        kept = kept_for(beds, cases, k)
        found = picked(beds, kept, memo, cases, k)
        assert found == expected(beds, needs[k], policy)
        if found[0] >= 0:
            beds.beds["state"][found[0]], beds.beds["available_at"][found[0]] = BedState.OCCUPIED, NEVER
        if turn % 4 == 3:
            beds.wards["expected_need"] = r.uniform(0, 6, len(beds.wards))
            forget_all(memo)


def test_a_changed_expectation_must_be_forgotten():
    """What a ward expects is remembered until `forget`: without it the old price would still be asked."""
    plan = Plan()
    plan.fill(0)
    plan.departments[0]["own_in"] = 600
    plan.wards[1] |= {"foreseen": 1, "expected_need": 0.0}
    beds, policy = plan.beds(), Policy.from_dict({"strategy": "lookahead"})
    cases = resolve(Need(department=0, age=50, sex=1), policy, beds)
    kept = kept_for(beds, cases)
    memo = new_memo(kept)
    assert picked(beds, kept, memo, cases)[0] == 2
    beds.wards["expected_need"][1] = 9.0
    assert picked(beds, kept, memo, cases)[0] == 2, "remembered"
    forget_all(memo)
    assert picked(beds, kept, memo, cases) == expected(beds, Need(department=0, age=50, sex=1), policy)
    assert picked(beds, kept, memo, cases)[0] != 2
