"""The compiled kernel against the slow oracle, and as other compiled code calls it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from yipan.engine.placement.case import CASE, resolve
from yipan.engine.placement.codes import Flag, Part, Refusal
from yipan.engine.placement.kernel import assess, best
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.rank import rank
from yipan.engine.placement.result import new_result
from yipan.engine.placement.tests.networks import Plan, random_beds, random_need, random_policy
from yipan.engine.placement.tests.oracle import Oracle

SEEDS = st.integers(0, 10**6)


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_every_bed_is_judged_as_the_oracle_judges_it(seed):
    """Refusal, tier, score, parts, flag and order agree with plain Python on any network, patient and policy."""
    beds = random_beds(seed)
    need, policy = random_need(seed, beds), random_policy(seed)
    ranking, oracle = rank(beds, need, policy), Oracle(beds, need, policy)
    for i, expected in enumerate(oracle.all()):
        got = {"tier": ranking.tier(i).name, "refusal": ranking.refusal(i).name, "score": ranking.score(i)}
        assert got == {key: expected[key] for key in got}, f"bed {i}"
        if expected["parts"]:
            np.testing.assert_allclose(ranking.result.parts[i], list(expected["parts"].values()), rtol=1e-6)
            assert ranking.result.left[i] == oracle.left(i)
            assert ranking.result.others[i] == len(oracle.company(i))
            assert (Flag.CONSULT in ranking.flags(i)) == oracle.needs_consult(i)
            assert (Flag.FROM_RESERVE in ranking.flags(i)) == (oracle.left(i) < oracle.reserve(i))
    assert ranking.order.tolist() == oracle.order()


def test_the_random_networks_reach_every_refusal():
    """The comparison with the oracle means something: all refusals occur in the networks it draws from."""
    seen: set[int] = set()
    for seed in range(400):
        beds = random_beds(seed)
        seen.update(rank(beds, random_need(seed, beds), random_policy(seed)).result.refusal.tolist())
    assert {Refusal(number).name for number in seen} == {refusal.name for refusal in Refusal}


def test_parts_follow_the_order_of_the_weights():
    """The columns of the parts are the policy's weights, in the same order."""
    assert [part.name.lower() for part in Part] == list(Policy().to_dict()["score"]["weights"])


@njit
def _place_all(net, cases, out):
    """What a twin does: place one patient after the other in the best bed."""
    places = np.empty(len(cases), np.int64)
    for k in range(len(cases)):
        assess(net, cases, k, out)
        places[k] = best(out)
        if places[k] >= 0:
            net.beds[places[k]].state = 2
    return places


def test_compiled_code_places_patients_one_after_the_other():
    """The twin calls the same kernel on the same arrays and changes them in place."""
    beds = Plan().beds()
    case = resolve(Need(department=0, age=50), Policy(), beds)
    cases = np.repeat(case, 8)
    assert cases.dtype == CASE
    places = _place_all(beds.arrays, cases, new_result(len(beds)))
    assert places[:2].tolist() == [0, 1], "own beds first"
    assert len(set(places.tolist())) == 8, "no bed twice"


def test_best_is_the_first_of_the_ranking():
    """`best` finds the same bed as the sorted ranking, and -1 when every bed is refused."""
    beds = Plan().beds()
    ranking = rank(beds, Need(department=1), Policy())
    assert best(ranking.result) == ranking.order[0]
    full = Plan().fill(0, 1, 2, 3, 4, 5).beds()
    assert best(rank(full, Need(department=0), Policy()).result) == -1


def test_a_result_can_be_used_again():
    """Judging another patient into the same result leaves nothing of the first in refusals, tiers and keys."""
    for seed in range(30):
        beds = random_beds(seed)
        used, policy = new_result(len(beds)), random_policy(seed)
        for patient in (seed, seed + 1):
            case = resolve(random_need(patient, beds), policy, beds)
            fresh = new_result(len(beds))
            assert assess(beds.arrays, case, 0, used) == assess(beds.arrays, case, 0, fresh)
            for name in ("refusal", "tier", "key", "ready"):
                np.testing.assert_array_equal(getattr(used, name), getattr(fresh, name))
