"""What a ranking promises on any network."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.engine.placement.beds import NEVER
from yipan.engine.placement.codes import Level, RoomSex, Severity, Sex, Tier
from yipan.engine.placement.kernel import assess
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.rank import rank, warm_up
from yipan.engine.placement.tests.networks import (
    ALLY,
    FAR,
    ICU,
    KIN,
    OWN,
    Plan,
    random_beds,
    random_need,
    random_policy,
)

SEEDS = st.integers(0, 10**6)
quick = settings(max_examples=120, deadline=None)


def with_rules(policy: Policy) -> Policy:
    """The same policy with every hard rule on."""
    return Policy.from_dict(policy.to_dict() | {"rules": {}})


@quick
@given(SEEDS)
def test_sexes_are_never_mixed(seed):
    """No proposal puts a man and a woman into one room during the stay, unless the room is for anybody."""
    beds = random_beds(seed)
    need = random_need(seed, beds)
    ranking = rank(beds, need, with_rules(random_policy(seed)))
    for i in ranking.order:
        room = beds.beds["room"][i]
        start = max(int(ranking.result.ready[i]), need.start)
        if beds.rooms["sex"][room] == RoomSex.ANY:
            continue
        for guest in beds.guests:
            if guest["bed"] in (-1, i, need.current_bed) or beds.beds["room"][guest["bed"]] != room:
                continue
            if guest["since"] < start + need.stay_minutes and guest["until"] > start:
                assert guest["sex"] == need.sex != Sex.UNKNOWN


@quick
@given(SEEDS)
def test_the_critical_stay_with_their_specialty_or_intensive_care(seed):
    """A critical patient is never proposed outside the own specialty and intensive care."""
    beds = random_beds(seed)
    need = replace(random_need(seed, beds), severity=Severity.CRITICAL, specialty=-1)
    policy = Policy.from_dict(random_policy(seed).to_dict() | {"rules": {}, "severity": {}})
    own = beds.departments["specialty"][need.department]
    for i in rank(beds, need, policy).order:
        bed = beds.beds[i]
        assert bed["level"] == Level.INTENSIVE or beds.departments["specialty"][bed["department"]] == own


@quick
@given(SEEDS)
def test_tiers_come_strictly_in_the_order_of_the_policy(seed):
    """Every own bed stands before every allied one, and so on; inside a tier scores only fall, ties by row."""
    beds = random_beds(seed)
    policy = random_policy(seed)
    ranking = rank(beds, random_need(seed, beds), policy)
    place = {Tier[name.upper()]: k for k, name in enumerate(policy.tiers.order)}
    keys = [(place[ranking.tier(i)], -ranking.score(i), i) for i in ranking.order.tolist()]
    assert keys == sorted(keys)
    assert sum(ranking.counts.values()) == len(ranking.order) == len(ranking)


@quick
@given(SEEDS)
def test_one_more_free_own_bed_never_worsens_the_tier(seed):
    """Adding a free bed of the own department in a room of its own can only help."""
    beds = random_beds(seed)
    need, policy = random_need(seed, beds), random_policy(seed)
    before = rank(beds, need, policy)
    room, bed = beds.rooms[:1].copy(), beds.beds[:1].copy()
    room["sex"], room["isolation"], room["age_min"], room["age_max"] = RoomSex.ANY, need.isolation, 0, 200
    bed["room"], bed["ward"], bed["department"] = len(beds.rooms), room["ward"][0], need.department
    bed["state"], bed["available_until"], bed["level"], bed["equipment"] = 0, NEVER, need.level, 7
    more = replace(beds, beds=np.concatenate([beds.beds, bed]), rooms=np.concatenate([beds.rooms, room]))
    after = rank(more, need, policy)
    assert set(before.order.tolist()) <= set(after.order.tolist())
    place = {Tier[name.upper()]: k for k, name in enumerate(policy.tiers.order)}
    if len(before.order):
        assert place[after.tier(after.order[0])] <= place[before.tier(before.order[0])]


@quick
@given(SEEDS)
def test_the_order_of_the_beds_does_not_matter(seed):
    """A permutation of the beds permutes the answers, and the scores of the ranking stay the same."""
    beds = random_beds(seed)
    need, policy = random_need(seed, beds), random_policy(seed)
    new_row = np.random.default_rng(seed).permutation(len(beds))
    shuffled, guests = beds.beds.copy(), beds.guests.copy()
    shuffled[new_row] = beds.beds
    guests["bed"] = np.where(guests["bed"] >= 0, new_row[guests["bed"]], -1)
    moved = replace(need, current_bed=int(new_row[need.current_bed]) if need.current_bed >= 0 else -1)
    one, other = rank(beds, need, policy), rank(replace(beds, beds=shuffled, guests=guests), moved, policy)
    for name in ("refusal", "tier", "score", "left", "ready", "flags"):
        np.testing.assert_array_equal(getattr(other.result, name)[new_row], getattr(one.result, name))
    assert [one.score(i) for i in one.order] == [other.score(i) for i in other.order]


@quick
@given(SEEDS, st.integers(1, 3))
def test_a_larger_reserve_never_adds_proposals(seed, more):
    """Wards that keep more beds give fewer away."""
    beds = random_beds(seed)
    need, policy = random_need(seed, beds), random_policy(seed)
    stricter = beds.wards.copy()
    stricter["reserve"] = np.where(stricter["reserve"] < 0, policy.reserve.default_beds, stricter["reserve"]) + more
    stricter["keep"] += more
    after = rank(replace(beds, wards=stricter), need, policy)
    assert set(after.order.tolist()) <= set(rank(beds, need, policy).order.tolist())


@quick
@given(SEEDS)
def test_ranking_changes_nothing(seed):
    """The arrays are read, never written."""
    beds = random_beds(seed)
    copies = [array.copy() for array in beds.arrays]
    rank(beds, random_need(seed, beds), random_policy(seed))
    for array, copy in zip(beds.arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("limit", [0, 1, 3, 100])
def test_a_limit_keeps_the_best(limit):
    """The first proposals are the same with and without a limit, and the counts are of all."""
    beds = Plan().beds()
    full, short = rank(beds, Need(department=OWN), Policy()), rank(beds, Need(department=OWN), Policy(), limit)
    assert short.order.tolist() == full.order.tolist()[:limit]
    assert short.counts == full.counts
    assert len(short) == len(full.order)


def test_own_then_allied_then_similar_then_nearest():
    """The order of the model hospital, one tier after the other as the wards fill."""
    plan, found = Plan(), []
    for full in (OWN, ALLY, KIN):
        found.append(rank(plan.beds(), Need(department=OWN, age=50), Policy()))
        plan.fill(full)
    found.append(rank(plan.beds(), Need(department=OWN, age=50), Policy()))
    assert [r.tier(r.order[0]).name for r in found] == ["OWN", "ALLIED", "SIMILAR", "SIMILAR"]
    plan.fill(5)
    last = rank(plan.beds(), Need(department=OWN, age=50), Policy())
    assert [last.tier(i).name for i in last.order] == ["NEAREST"] * 2
    assert {int(i) for i in last.order} == {2 * FAR, 2 * FAR + 1}


def test_intensive_care_comes_after_the_own_ward_for_the_critical():
    """A critical patient is proposed the own ward first, then intensive care, and nothing else."""
    ranking = rank(Plan().beds(), Need(department=OWN, age=50, severity=Severity.CRITICAL), Policy())
    assert [ranking.tier(i).name for i in ranking.order] == [
        "OWN",
        "OWN",
        "INTENSIVE",
        "INTENSIVE",
        "SIMILAR",
        "SIMILAR",
    ]
    assert {int(i) for i in ranking.order[2:4]} == {2 * ICU, 2 * ICU + 1}


def test_an_empty_network_has_an_empty_ranking():
    """No beds, no proposals, no error."""
    plan = Plan()
    plan.beds_rows = []
    ranking = rank(plan.beds(), Need(department=OWN), Policy())
    assert (ranking.order.tolist(), len(ranking)) == ([], 0)


def test_a_monitored_bed_is_left_for_who_needs_it():
    """Of two equal beds the one without the monitor is proposed first, and the one with it to who needs it."""
    plan = Plan()
    plan.beds_rows[0]["equipment"] = 2
    assert rank(plan.beds(), Need(department=OWN), Policy()).order[0] == 1
    assert rank(plan.beds(), Need(department=OWN, equipment=2), Policy()).order.tolist() == [0]


def test_the_emptier_ward_is_asked_first():
    """Of two equal allies the one that expects fewer patients of its own tomorrow comes first."""
    plan = Plan()
    plan.alliance[OWN, KIN] = 1
    plan.wards[ALLY]["expected_need"] = 3.0
    assert rank(plan.beds(), Need(department=OWN), Policy()).order[2] == 2 * KIN


def test_warming_up_leaves_nothing_to_compile():
    """After `warm_up`, ranking needs no further specialisation of the kernel."""
    warm_up()
    known = len(assess.signatures)
    beds = random_beds(1)
    rank(beds, random_need(1, beds), Policy())
    assert len(assess.signatures) == known == 1
