"""Looking ahead: the chance of running out, the price of a bed, and the four strategies on one plan."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit

from yipan.engine.placement import NEVER, Need, Policy, explain, rank, why_not
from yipan.engine.placement.codes import BedState, ReasonCode, Refusal, Tier
from yipan.engine.placement.later import later
from yipan.engine.placement.lookahead import look_ahead, own_bed_in, shortage
from yipan.engine.placement.tests.networks import ALLY, FAR, MAN, OWN, Plan, refusal
from yipan.engine.placement.tests.oracle import Oracle

LOOK = {"strategy": "lookahead"}


@njit
def short(left, need, leaving):
    return shortage(left, need, leaving)


@pytest.mark.parametrize("left", [-1, 0, 1, 4])
@pytest.mark.parametrize("need", [0.0, 0.3, 5.5, 30.0])
@pytest.mark.parametrize("leaving", [0.0, 2.0, 25.0])
def test_the_chance_of_running_out_is_that_of_two_poisson_variables(left, need, leaving):
    """P(N > left + L) as the plain double sum gives it; no bed at all is certain to be too few."""
    expected = 1.0 if left < 0 else Oracle.shortage(left, need, leaving)
    assert short(left, need, leaving) == pytest.approx(expected, abs=1e-6)


def test_an_own_bed_comes_after_those_who_wait_before():
    """Two departures a day: the first who waits has a bed in half a day, the third in a day and a half; else never."""
    assert (own_bed_in(0, 2.0), own_bed_in(2, 2.0), own_bed_in(0, 0.0)) == (720, 2160, NEVER)


def test_an_expectation_is_written_into_wards_and_departments():
    """Who waits is shared out by departures; a ward without a forecast is not foreseen, nor is its department."""
    plan = Plan()
    plan.wards[ALLY]["department"] = OWN
    beds = plan.beds()
    arriving, leaving = np.full(6, 1.0), np.full(6, 3.0)
    arriving[FAR], leaving[OWN] = math.nan, 1.0
    look_ahead(beds.wards, beds.departments, np.array([2, 0, 0, 0, 0, 0]), arriving, leaving)
    assert beds.wards["expected_need"][[OWN, ALLY]].tolist() == [1.5, 2.5]
    assert beds.wards["foreseen"].tolist() == [1, 1, 1, 0, 1, 1]
    assert beds.departments["own_in"][[OWN, FAR]].tolist() == [3 * 360, NEVER]


def scarce(own_in: int = 600) -> Plan:
    """An own bed in `own_in` minutes; the ally is foreseen with four expected and one bed left, the far ward empty."""
    plan = Plan().fill(OWN)
    plan.departments[OWN]["own_in"] = own_in
    plan.wards[ALLY] |= {"foreseen": 1, "expected_need": 4.0}
    plan.wards[FAR] |= {"foreseen": 1, "expected_need": 0.0}
    return plan


def test_waiting_is_weighed_against_the_bed():
    """Seven days away cost six hours: an own bed in five refuses all, in ten only the dear bed, in forty none."""
    far = {OWN: 0, ALLY: 2 * ALLY, FAR: 2 * FAR}
    told = {hours: [refusal(scarce(hours * 60), far[w], LOOK) for w in (ALLY, FAR)] for hours in (5, 10, 40)}
    assert told[5] == [Refusal.OWN_BED_SOON] * 2
    assert told[10] == [Refusal.WORTH_MORE, Refusal.NONE]
    assert told[40] == [Refusal.NONE] * 2


def test_without_a_penalty_nothing_is_refused():
    """When a stay away is no longer than at home, pooling costs nothing."""
    policy = LOOK | {"lookahead": {"off_service_penalty": 0.0}}
    assert refusal(scarce(60), 2 * ALLY, policy) == Refusal.NONE


@pytest.mark.parametrize(
    ("need", "policy"),
    [
        ({"start": 60}, {}),
        ({"severity": 2}, {"severity": {"shared": ["general", "critical"]}}),
        ({"urgency": 0}, {"reserve": {"open_to": ["any_emergency"]}}),
        ({}, {"lookahead": {"patience_minutes": {"urgent": 599}}}),
    ],
)
def test_some_are_never_made_to_wait(need, policy):
    """Whoever wants a bed later, is critical, is let in by the policy, or would wait beyond their patience."""
    assert refusal(scarce(), 2 * ALLY, LOOK | policy, **need) == Refusal.NONE


def test_a_silo_lends_nothing_and_tiers_keep_nothing():
    """Silo knows own and intensive beds only; tiers ask no reserve; reserve keeps it; with a forecast it is priced."""
    plan = Plan()
    plan.wards[ALLY] |= {"reserve": 2}
    told = {s: refusal(plan, 2 * ALLY, {"strategy": s}) for s in ("silo", "tiers", "reserve", "lookahead")}
    assert told == {
        "silo": Refusal.TIER_OFF,
        "tiers": Refusal.NONE,
        "reserve": Refusal.RESERVE,
        "lookahead": Refusal.RESERVE,
    }
    assert refusal(plan, 0, {"strategy": "silo"}) == Refusal.NONE


def test_nobody_waits_for_an_own_bed_while_one_stands_free():
    """Whoever cannot have the free bed of the own department is not asked to wait for departures from it."""
    plan = scarce()
    assert refusal(plan, 2 * ALLY, LOOK) == Refusal.WORTH_MORE
    plan.beds_rows[2 * OWN + 1]["state"] = BedState.FREE
    assert refusal(plan, 2 * ALLY, LOOK) == Refusal.NONE


def test_the_default_reserve_steps_back_only_for_a_forecast():
    """Looking ahead without a forecast is the fixed reserve, and the proposal says so; with one it is not asked."""
    plan = Plan()
    plan.wards[ALLY]["reserve"] = -1
    two = LOOK | {"reserve": {"default_beds": 2}}
    assert refusal(plan, 2 * ALLY, two) == Refusal.RESERVE
    one = Policy.from_dict(LOOK | {"reserve": {"default_beds": 1}})
    assert cost(plan, one) == (ReasonCode.COST_NO_FORECAST, {"left": 1, "reserve": 1})
    plan.wards[ALLY]["foreseen"] = 1
    assert refusal(plan, 2 * ALLY, two) == Refusal.NONE


def test_the_forecast_is_told_in_one_sentence():
    """What is expected, who leaves, what is left, and until when, in whole patients; tight when it will not do."""
    plan = Plan()
    plan.wards[ALLY] |= {"foreseen": 1, "expected_need": 2.2, "expected_leaving": 0.4}
    told = {"left": 1, "expected": 2, "leaving": 0, "until": 1440}
    assert cost(plan, Policy.from_dict(LOOK)) == (ReasonCode.COST_AHEAD_TIGHT, told)
    plan.wards[ALLY]["expected_leaving"] = 2.0
    assert cost(plan, Policy.from_dict(LOOK)) == (ReasonCode.COST_AHEAD, told | {"leaving": 2})


def cost(plan: Plan, policy: Policy):
    beds, need = plan.beds(), Need(**MAN)
    told = explain(rank(beds, need, policy), beds, need, policy, 2 * ALLY).reasons[2]
    return told.code, told.params


def test_a_refusal_says_what_the_bed_is_kept_for():
    """The ward's answer carries the numbers of the forecast, and how soon an own bed is expected."""
    policy = Policy.from_dict(LOOK)
    told = {hours: answer(scarce(hours * 60), policy) for hours in (5, 10)}
    assert told[10] == {"count": 2, "left": 1, "expected": 4, "leaving": 0, "until": 1440}
    assert told[5] == {"count": 2, "minutes": 300}


def answer(plan: Plan, policy: Policy):
    beds, need = plan.beds(), Need(**MAN)
    answers = why_not(rank(beds, need, policy), beds, need, policy)
    return next(a for a in answers if a.tier is Tier.ALLIED).reasons[0].params


def test_a_later_hour_is_not_foreseen():
    """What is expected of the coming day says nothing of a bed on a day after it."""
    then = later(scarce().beds(), 600, 30)
    assert not then.wards["foreseen"].any()
    assert (then.departments["own_in"] == NEVER).all()
