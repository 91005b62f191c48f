"""Three reasons for a proposal, and why better beds were not possible."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.engine.placement.codes import PARAMS, BedState, Isolation, ReasonCode, Refusal, RoomSex, Sex, Tier, Urgency
from yipan.engine.placement.explain import explain, why_not
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.rank import rank
from yipan.engine.placement.tests.networks import (
    ALLY,
    AWAY,
    ICU,
    KIN,
    OWN,
    Plan,
    random_beds,
    random_need,
    random_policy,
)

MAN = {"department": OWN, "sex": Sex.MALE, "age": 50}


def explained(plan, bed, policy=None, **need):
    beds, patient, rules = plan.beds(), Need(**(MAN | need)), Policy.from_dict(policy or {})
    return explain(rank(beds, patient, rules), beds, patient, rules, bed)


def reasons(plan, bed, policy=None, **need):
    return [(r.code, r.params) for r in explained(plan, bed, policy, **need).reasons]


def notes(plan, bed, policy=None, **need):
    return [(r.code, r.params) for r in explained(plan, bed, policy, **need).notes]


def unanswered(plan, policy=None, need=None, **options):
    beds, patient, rules = plan.beds(), Need(**(MAN | (need or {}))), Policy.from_dict(policy or {})
    return why_not(rank(beds, patient, rules), beds, patient, rules, **options)


def test_an_allied_bed_is_explained_in_three_reasons():
    """The walk of the attending, the qualified nurses, and the beds left against those expected."""
    plan = Plan()
    plan.wards[ALLY]["expected_need"] = 0.44
    plan.walk[OWN, ALLY] = 2.4
    proposal = explained(plan, 2 * ALLY)
    assert (proposal.ward, proposal.department, proposal.tier, proposal.ready) == (ALLY, ALLY, Tier.ALLIED, 0)
    assert [(r.code, r.params) for r in proposal.reasons] == [
        (ReasonCode.WHERE_WALK, {"minutes": 2}),
        (ReasonCode.CARE_QUALIFIED, {"qualified": 8, "total": 10}),
        (ReasonCode.COST_SPARE, {"left": 1, "expected": 0.4}),
    ]


def test_the_home_ward_needs_no_way():
    """In the home department nobody walks."""
    assert reasons(Plan(), 0)[0] == (ReasonCode.WHERE_HOME, {})


def test_a_bed_at_another_site_tells_the_drive():
    """The site and the minutes by road, or only the site when the road is not known."""
    assert reasons(Plan(), 2 * AWAY)[0] == (ReasonCode.WHERE_ROAD, {"site": 1, "minutes": 25})
    plan = Plan()
    plan.road[0, 1] = float("inf")
    assert reasons(plan, 2 * AWAY, site=1)[0] == (ReasonCode.WHERE_SITE, {"site": 1})


def test_an_unknown_walk_is_said_to_be_unknown():
    """No minutes are invented."""
    plan = Plan()
    plan.walk[OWN, ALLY] = float("inf")
    assert reasons(plan, 2 * ALLY)[0] == (ReasonCode.WHERE_UNKNOWN, {})


def test_few_qualified_nurses_need_a_consult():
    """One nurse in ten is told as a consult, and the proposal says so."""
    plan = Plan()
    plan.competence[ALLY, 0] = 1
    assert reasons(plan, 2 * ALLY)[1] == (ReasonCode.CARE_CONSULT, {"qualified": 1, "total": 10})
    assert explained(plan, 2 * ALLY).needs_consult
    assert not explained(plan, 2 * KIN).needs_consult


def test_a_team_that_is_not_recorded_is_said_to_be_unknown():
    """Unknown competence is told, and at home taken for granted."""
    plan = Plan()
    plan.competence[:] = 0
    for ward in plan.wards:
        ward["nurses"] = 0
    assert reasons(plan, 2 * ALLY)[1] == (ReasonCode.CARE_UNKNOWN, {})
    assert reasons(plan, 0)[1] == (ReasonCode.CARE_HOME, {})


def test_intensive_care_has_its_own_nurses():
    """An intensive bed needs no competence of the specialty."""
    plan = Plan()
    plan.competence[ICU] = 0
    assert reasons(plan, 2 * ICU, severity=2)[1] == (ReasonCode.CARE_INTENSIVE, {})


def test_what_it_costs_tomorrow_is_tight_when_more_are_expected_than_left():
    """More own patients expected than beds left and leaving."""
    plan = Plan()
    plan.wards[ALLY].update(expected_need=2.0, expected_leaving=0.5)
    assert reasons(plan, 2 * ALLY)[2] == (ReasonCode.COST_TIGHT, {"left": 1, "expected": 2.0})
    plan.wards[ALLY]["expected_leaving"] = 1.0
    assert reasons(plan, 2 * ALLY)[2][0] == ReasonCode.COST_SPARE


def test_a_bed_from_the_reserve_says_so():
    """An emergency of the own department takes the last bed, and the page can tell it."""
    plan = Plan()
    plan.wards[OWN]["reserve"] = 2
    cost = (ReasonCode.COST_RESERVE, {"left": 1, "reserve": 2})
    assert reasons(plan, 0, urgency=Urgency.EMERGENCY)[2] == cost


def test_notes_tell_a_wait_and_whose_bed_it_is_now():
    """An occupied bed tells when its occupant leaves, one being cleaned when it is ready."""
    plan = Plan()
    plan.beds_rows[0].update(state=BedState.OCCUPIED, available_at=100)
    plan.beds_rows[1].update(state=BedState.CLEANING, available_at=20)
    plan.rooms[0]["sex"] = RoomSex.ANY
    assert notes(plan, 0) == [(ReasonCode.NOTE_LEAVING, {"at": 130})]
    assert notes(plan, 1) == [(ReasonCode.NOTE_WAIT, {"at": 20, "minutes": 20})]


def test_notes_tell_what_the_room_loses():
    """A monitor unused, an isolation room spent, a room opened, a single room."""
    plan = Plan()
    plan.beds_rows[0]["equipment"] = 2
    plan.rooms[0]["isolation"] = Isolation.CONTACT
    assert notes(plan, 0) == [
        (ReasonCode.NOTE_MONITOR, {}),
        (ReasonCode.NOTE_ISOLATION_ROOM, {}),
        (ReasonCode.NOTE_OPENS_ROOM, {"beds": 1}),
    ]
    plan.beds_rows[1].update(room=1, ward=1)
    assert notes(plan, 0)[2] == (ReasonCode.NOTE_SINGLE, {})


def test_notes_tell_what_isolation_does_to_the_room():
    """Alone in a room for two, the other bed is blocked; with the same pathogen it is shared."""
    assert notes(Plan(), 0, isolation=Isolation.CONTACT) == [(ReasonCode.NOTE_BLOCKS, {"beds": 1})]
    plan = Plan().guest(1, Sex.MALE, isolation=Isolation.CONTACT, pathogen=4)
    assert notes(plan, 0, isolation=Isolation.CONTACT, pathogen=4) == [(ReasonCode.NOTE_COHORT, {})]


def test_a_refused_bed_has_no_proposal():
    """Explaining a refused bed is a mistake of the caller."""
    with pytest.raises(ValueError, match="OCCUPIED"):
        explained(Plan().fill(OWN), 0)


def test_a_full_ward_tells_how_many_leave_and_when():
    """ "2/2 full; 1 leaving today, earliest in 1,000 minutes" for an urgent patient."""
    plan = Plan().fill(OWN)
    plan.beds_rows[0]["available_at"] = 1000
    (home,) = unanswered(plan)
    assert (home.tier, home.ward, home.department, home.total, home.occupied, home.free) == (
        Tier.OWN,
        OWN,
        OWN,
        2,
        2,
        0,
    )
    assert [(r.code, r.params) for r in home.reasons] == [
        (Refusal.OCCUPIED.code, {"count": 2, "total": 2}),
        (Refusal.NOT_READY.code, {"count": 1, "earliest": 1030}),
    ]


def test_departures_beyond_the_horizon_of_trust_are_still_told():
    """A policy that trusts no announcement still tells who leaves today."""
    plan = Plan().fill(OWN)
    plan.beds_rows[0]["available_at"] = 200
    (home,) = unanswered(plan, {"times": {"reservation_horizon_hours": 1}})
    assert [(r.code, r.params) for r in home.reasons] == [
        (Refusal.OCCUPIED.code, {"count": 2, "total": 2}),
        (ReasonCode.WARD_LEAVING, {"leaving": 1, "earliest": 200}),
    ]
    (home,) = unanswered(plan, {"times": {"reservation_horizon_hours": 1}}, today=100)
    assert [r.code for r in home.reasons] == [Refusal.OCCUPIED.code]


def test_a_free_bed_that_is_kept_comes_first():
    """ "1 free: kept for emergencies (at least 1)" stands before the beds that are occupied."""
    plan = Plan()
    plan.wards[OWN]["reserve"] = 1
    plan.beds_rows[0]["state"] = BedState.OCCUPIED
    (home,) = unanswered(plan)
    assert (home.free, [(r.code, r.params) for r in home.reasons]) == (
        1,
        [(Refusal.RESERVE.code, {"count": 1, "reserve": 1}), (Refusal.OCCUPIED.code, {"count": 1, "total": 2})],
    )


def test_every_better_tier_is_answered_ward_by_ward():
    """Own first, then the ally with a room for women, and nothing about tiers that are not better."""
    plan = Plan().fill(OWN)
    plan.rooms[ALLY]["sex"] = RoomSex.FEMALE
    answers = unanswered(plan)
    assert [(a.tier.name, a.ward, a.reasons[0].code) for a in answers] == [
        ("OWN", OWN, "place_refused_occupied"),
        ("ALLIED", ALLY, "place_refused_room_for_women"),
    ]
    assert unanswered(Plan()) == ()


def test_intensive_care_is_told_to_those_who_may_use_it():
    """A critical patient's page tells why there is no intensive bed either."""
    plan = Plan().fill(OWN, ICU)
    answers = unanswered(plan, need={"severity": 2})
    assert [(a.tier.name, a.reasons[0].code) for a in answers] == [
        ("OWN", "place_refused_occupied"),
        ("INTENSIVE", "place_refused_occupied"),
        ("ALLIED", "place_refused_severity"),
    ]


def test_without_any_proposal_every_tier_is_answered():
    """When nothing is possible the page tells why for the whole network, nearest first, up to the limit."""
    plan = Plan().fill(OWN, ALLY, KIN, 3, ICU, AWAY)
    plan.walk[OWN, 3] = 1
    answers = unanswered(plan)
    assert [a.ward for a in answers] == [OWN, ALLY, KIN, AWAY, 3]
    assert [a.ward for a in unanswered(plan, limit=2)] == [OWN, ALLY]


def test_another_proposal_may_be_asked_about():
    """For a bed further down, the wards of all better tiers that refused something are answered."""
    plan = Plan()
    plan.beds_rows[2 * ALLY]["state"] = BedState.HELD
    answers = unanswered(plan, bed=2 * KIN)
    assert [(a.tier.name, a.reasons[0].code, a.free) for a in answers] == [
        ("ALLIED", "place_refused_held", 1),
    ]


@pytest.mark.parametrize(
    ("change", "policy", "need", "code", "params"),
    [
        (
            lambda p: p.beds_rows[0].update(available_until=900),
            {},
            {},
            "place_refused_promised",
            {"count": 1, "until": 900},
        ),
        (lambda p: None, {}, {"equipment": 3}, "place_refused_equipment", {"count": 2, "missing": 3}),
        (
            lambda p: p.competence.__setitem__((ALLY, 0), 1),
            {"nursing": {"refuse_below": 0.2}},
            {},
            "place_refused_competence",
            {"count": 2, "qualified": 1, "total": 10},
        ),
        (lambda p: p.wards[ALLY].update(keep=5), {}, {}, "place_refused_kept_for_tomorrow", {"count": 2, "keep": 5}),
        (
            lambda p: p.walk.__setitem__((OWN, ALLY), 33),
            {},
            {},
            "place_refused_walk",
            {"count": 2, "minutes": 33},
        ),
        (lambda p: p.road.__setitem__((0, 1), 99), {}, {}, "place_refused_road", {"count": 2, "minutes": 99}),
        (lambda p: p.road.__setitem__((0, 1), float("inf")), {}, {}, "place_refused_road_unknown", {"count": 2}),
    ],
)
def test_refusals_carry_what_there_is_to_say(change, policy, need, code, params):
    """Each refusal comes with its parameters."""
    plan = Plan()
    change(plan)
    answers = unanswered(plan, policy, need, bed=2 * 3 if code != "place_refused_equipment" else None)
    assert (code, params) in [(r.code, r.params) for a in answers for r in a.reasons]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_whatever_is_said_is_plain_and_announced(seed):
    """Every code and parameter is listed in PARAMS and goes through JSON; every ward of a better tier is answered."""
    beds = random_beds(seed)
    need, policy = random_need(seed, beds), random_policy(seed)
    ranking = rank(beds, need, policy)
    told = [reason for answer in why_not(ranking, beds, need, policy) for reason in answer.reasons]
    for i in ranking.order.tolist():
        proposal = explain(ranking, beds, need, policy, i)
        told += [*proposal.reasons, *proposal.notes]
        json.dumps(asdict(proposal))
    for reason in told:
        assert set(reason.params) == set(PARAMS[reason.code])
        assert json.loads(json.dumps(asdict(reason))) == {"code": str(reason.code), "params": reason.params}
    for answer in why_not(ranking, beds, need, policy):
        assert answer.reasons
        assert answer.occupied + answer.free <= answer.total
