"""Each part of the score by hand, and what it is for."""

import math

import pytest

from yipan.engine.placement.codes import BedState, Isolation, Level, Part, Severity
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.rank import rank
from yipan.engine.placement.tests.networks import ALLY, AWAY, ICU, KIN, MAN, OWN, Plan


def part(plan, which, bed, policy=None, **need):
    ranking = rank(plan.beds(), Need(**(MAN | need)), Policy.from_dict(policy or {}))
    assert ranking.refusal(bed) == 0
    return pytest.approx(float(ranking.result.parts[bed, which]), abs=1e-6)


@pytest.mark.parametrize(("qualified", "fit"), [(10, 1), (8, 1), (4, 0.5), (3, 0.375 * 0.5), (0, 0)])
def test_nursing_grows_with_the_qualified_nurses(qualified, fit):
    """Enough at 80 %, half below a consult at 40 %."""
    plan = Plan()
    plan.competence[ALLY, 0] = qualified
    assert part(plan, Part.NURSING, 2 * ALLY) == fit


def test_nursing_falls_with_an_overloaded_team_and_is_half_when_unknown():
    """A workload of 120 % costs a fifth; a team that is not recorded gets half; intensive care has it all."""
    plan = Plan()
    plan.wards[ALLY]["workload"] = 1.2
    plan.wards[KIN]["nurses"] = 0
    plan.competence[KIN] = plan.competence[ICU] = 0
    assert part(plan, Part.NURSING, 2 * ALLY) == 0.8
    assert part(plan, Part.NURSING, 2 * KIN) == 0.5
    assert part(plan, Part.NURSING, 2 * ICU, severity=Severity.CRITICAL) == 1


@pytest.mark.parametrize(("minutes", "value"), [(0, 1), (10, 0.5), (20, 1 / 3), (math.inf, 0.5)])
def test_travel_halves_at_ten_minutes(minutes, value):
    """The attending's walk; one that is not recorded counts as ten minutes."""
    plan = Plan()
    plan.walk[OWN, ALLY] = minutes
    assert part(plan, Part.TRAVEL, 2 * ALLY) == value


def test_travel_to_another_site_is_the_drive():
    """25 minutes by road, and nothing for a road that is not known."""
    plan = Plan()
    assert part(plan, Part.TRAVEL, 2 * AWAY) == 1 / 3.5
    plan.road[0, 1] = math.inf
    assert part(plan, Part.TRAVEL, 2 * AWAY, site=1) == 0


def test_tomorrow_is_the_chance_that_the_beds_left_suffice():
    """One bed left and two patients expected: P(N <= 1) = 3 e^-2; one more leaving makes it 5 e^-2."""
    plan = Plan()
    plan.wards[ALLY]["expected_need"] = 2
    assert part(plan, Part.TOMORROW, 2 * ALLY) == 3 * math.exp(-2)
    plan.wards[ALLY]["expected_leaving"] = 1.9
    assert part(plan, Part.TOMORROW, 2 * ALLY) == 5 * math.exp(-2)


def test_the_room_loses_what_others_need_more():
    """Monitor and ventilator 0.25 each, a level 0.3, an isolation room 0.5, an opened room 0.2, never below 0."""
    plan = Plan()
    assert part(plan, Part.ROOM, 0) == 0.8
    plan.beds_rows[0]["equipment"] = 6
    assert part(plan, Part.ROOM, 0) == 0.3
    assert part(plan, Part.ROOM, 0, equipment=2) == 0.55
    plan.beds_rows[1]["level"] = Level.STEP_DOWN
    assert part(plan, Part.ROOM, 1) == 0.5
    plan.rooms[0]["isolation"] = Isolation.CONTACT
    assert part(plan, Part.ROOM, 1) == 0
    assert part(plan, Part.ROOM, 1, level=Level.STEP_DOWN) == 0.3


def test_a_single_room_is_dear_and_isolation_blocks_the_others():
    """A single room costs 0.15; an isolated patient costs 0.15 for each bed nobody else can use."""
    plan = Plan()
    assert part(plan, Part.ROOM, 0, isolation=Isolation.CONTACT) == 0.85
    plan.beds_rows[1].update(room=1, ward=1)
    assert part(plan, Part.ROOM, 0) == 0.85
    assert part(plan, Part.ROOM, 0, isolation=Isolation.CONTACT) == 1


def test_a_wait_of_two_hours_halves():
    """Minutes after the wanted time, not from now."""
    plan = Plan()
    plan.beds_rows[0].update(state=BedState.CLEANING, available_at=120)
    assert part(plan, Part.WAIT, 0) == 0.5
    assert part(plan, Part.WAIT, 0, start=120) == 1


def test_closeness_follows_the_order_of_allies_and_the_similarity():
    """The second ally gets a half, a similar specialty its similarity, home and intensive care all."""
    plan = Plan()
    plan.alliance[OWN, ALLY] = 2
    assert part(plan, Part.CLOSENESS, 2 * OWN) == 1
    assert part(plan, Part.CLOSENESS, 2 * ALLY) == 0.5
    assert part(plan, Part.CLOSENESS, 2 * KIN) == 0.7
    assert part(plan, Part.CLOSENESS, 2 * ICU, severity=Severity.CRITICAL) == 1


def test_near_home_counts_only_when_home_is_known():
    """The drive from the site nearest to where the patient lives."""
    assert part(Plan(), Part.NEAR_HOME, 2 * ALLY) == 1
    assert part(Plan(), Part.NEAR_HOME, 2 * ALLY, home_site=1) == 1 / (1 + 25 / 30)
    assert part(Plan(), Part.NEAR_HOME, 2 * AWAY, home_site=1) == 1


def test_the_score_is_the_weighted_mean_of_the_parts():
    """With one weight alone the score is that part."""
    plan = Plan()
    plan.competence[ALLY, 0] = 4
    weights = dict.fromkeys(Policy().to_dict()["score"]["weights"], 0) | {"nursing": 3}
    ranking = rank(plan.beds(), Need(**MAN), Policy.from_dict({"score": {"weights": weights}}))
    assert ranking.score(2 * ALLY) == 50
    assert ranking.score(2 * KIN) == 100
