"""Each hard rule alone: a bed that may be proposed, one change, and the refusal; without the rule no refusal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from yipan.engine.placement.codes import (
    RULE_OF,
    BedState,
    Equipment,
    Isolation,
    Level,
    NursingLevel,
    Refusal,
    RoomSex,
    Severity,
    Sex,
    Urgency,
)
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.rank import rank
from yipan.engine.placement.tests.networks import ALLY, AWAY, FAR, ICU, KIN, MAN, OWN, Plan, refusal


@dataclass
class Scene:
    """`bed` is proposed to `MAN | base`; after the changes it is refused with `refusal`."""

    refusal: Refusal
    bed: int
    plan: Callable[[Plan], Any] = lambda plan: None
    need: dict[str, Any] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=dict)
    base: dict[str, Any] = field(default_factory=dict)


def bed(i: int, **values: Any) -> Callable[[Plan], Any]:
    return lambda plan: plan.beds_rows[i].update(values)


def ward(w: int, **values: Any) -> Callable[[Plan], Any]:
    return lambda plan: plan.wards[w].update(values)


def room(r: int, **values: Any) -> Callable[[Plan], Any]:
    return lambda plan: plan.rooms[r].update(values)


def put(array: str, place: tuple[Any, ...], value: float) -> Callable[[Plan], Any]:
    return lambda plan: getattr(plan, array).__setitem__(place, value)


def own_beds_taken(plan: Plan, minutes: int) -> None:
    """Until one falls free in so many minutes."""
    plan.fill(OWN)
    plan.departments[OWN]["own_in"] = minutes


def soon(plan: Plan) -> None:
    own_beds_taken(plan, 300)


def dear(plan: Plan) -> None:
    """An own bed in ten hours; the ally expects four of its own and has one bed left."""
    own_beds_taken(plan, 600)
    plan.wards[ALLY] |= {"foreseen": 1, "expected_need": 4.0}


SCENES = [
    Scene(Refusal.CURRENT_BED, 0, need={"current_bed": 0}),
    Scene(Refusal.CLOSED, 0, bed(0, state=BedState.CLOSED)),
    Scene(Refusal.HELD, 0, bed(0, state=BedState.HELD)),
    Scene(Refusal.OCCUPIED, 0, bed(0, state=BedState.OCCUPIED)),
    Scene(Refusal.NOT_READY, 0, bed(0, state=BedState.OCCUPIED, available_at=2000)),
    Scene(Refusal.PROMISED, 0, bed(0, available_until=3 * 24 * 60)),
    Scene(Refusal.LEVEL_TOO_LOW, 0, need={"level": Level.STEP_DOWN}),
    Scene(Refusal.INTENSIVE_KEPT, 2 * ICU, need={"severity": Severity.GENERAL}, base={"severity": Severity.CRITICAL}),
    Scene(Refusal.SEVERITY, 2 * ALLY, need={"severity": Severity.SERIOUS}),
    Scene(Refusal.TIER_OFF, 2 * FAR, policy={"tiers": {"order": ["own", "intensive", "allied", "similar"]}}),
    Scene(Refusal.ISOLATION_ROOM, 0, need={"isolation": Isolation.AIRBORNE}),
    Scene(
        Refusal.ISOLATION_COMPANY,
        0,
        lambda plan: plan.guest(1, Sex.MALE, isolation=Isolation.CONTACT, pathogen=2),
        {"isolation": Isolation.CONTACT, "pathogen": 1},
    ),
    Scene(Refusal.ROOM_INFECTED, 0, lambda plan: plan.guest(1, Sex.MALE, isolation=Isolation.DROPLET)),
    Scene(Refusal.ROOM_PROTECTED, 0, lambda plan: plan.guest(1, Sex.MALE, isolation=Isolation.PROTECTIVE)),
    Scene(Refusal.ROOM_FOR_MEN, 0, room(0, sex=RoomSex.MALE), {"sex": Sex.FEMALE}),
    Scene(Refusal.ROOM_FOR_WOMEN, 0, room(0, sex=RoomSex.FEMALE)),
    Scene(Refusal.ROOM_WITH_MEN, 0, lambda plan: plan.guest(1, Sex.MALE), {"sex": Sex.FEMALE}),
    Scene(Refusal.ROOM_WITH_WOMEN, 0, lambda plan: plan.guest(1, Sex.FEMALE)),
    Scene(Refusal.ROOM_SEX_UNKNOWN, 0, lambda plan: plan.guest(1, Sex.MALE), {"sex": Sex.UNKNOWN}),
    Scene(Refusal.AGE, 0, room(0, age_min=60)),
    Scene(Refusal.CHILD, 2 * ALLY, need={"age": 5}),
    Scene(Refusal.EQUIPMENT, 0, need={"equipment": Equipment.OXYGEN}),
    Scene(Refusal.NURSING_LEVEL, 2 * ALLY, need={"nursing_level": NursingLevel.SPECIAL}),
    Scene(Refusal.COMPETENCE, 2 * KIN, put("competence", (KIN, 0), 2), policy={"nursing": {"refuse_below": 0.3}}),
    Scene(Refusal.WORKLOAD, 2 * ALLY, ward(ALLY, workload=1.5)),
    Scene(Refusal.RESERVE, 2 * ALLY, ward(ALLY, reserve=2)),
    Scene(Refusal.KEPT_FOR_TOMORROW, 2 * ALLY, ward(ALLY, keep=2)),
    Scene(Refusal.OTHER_SITE, 2 * AWAY, policy={"distance": {"other_site": {"urgent": False}}}),
    Scene(Refusal.ROAD, 2 * AWAY, put("road", (0, 1), 61)),
    Scene(Refusal.WALK, 2 * ALLY, put("walk", (OWN, ALLY), 21)),
    Scene(Refusal.OWN_BED_SOON, 2 * ALLY, soon, policy={"strategy": "lookahead"}),
    Scene(Refusal.WORTH_MORE, 2 * ALLY, dear, policy={"strategy": "lookahead"}),
]


def answer(scene: Scene, *, changed: bool, rules: dict[str, bool] | None = None) -> Refusal:
    plan = Plan()
    if changed:
        scene.plan(plan)
    need = Need(**(MAN | scene.base | (scene.need if changed else {})))
    policy = Policy.from_dict((scene.policy if changed else {}) | {"rules": rules or {}})
    return rank(plan.beds(), need, policy).refusal(scene.bed)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.refusal.name)
def test_the_rule_refuses_and_nothing_else_does(scene):
    """The bed may be proposed until the one change, and then it is refused by this rule."""
    assert answer(scene, changed=False) == Refusal.NONE
    assert answer(scene, changed=True) == scene.refusal


@pytest.mark.parametrize("scene", [s for s in SCENES if s.refusal in RULE_OF], ids=lambda scene: scene.refusal.name)
def test_without_the_rule_the_bed_is_proposed(scene):
    """Switching off this one rule, and no other, lets the bed through: no other rule covers for it."""
    switch = (RULE_OF[scene.refusal].name or "").lower()
    assert answer(scene, changed=True, rules={switch: False}) == Refusal.NONE


def test_every_refusal_has_a_scene():
    """No rule is without its test."""
    assert {scene.refusal for scene in SCENES} == set(Refusal) - {Refusal.NONE}


def test_two_with_the_same_pathogen_share_a_room():
    """Cohorting: the same isolation kind and the same known pathogen may share; an unknown pathogen may not."""
    plan = Plan().guest(1, Sex.MALE, isolation=Isolation.CONTACT, pathogen=3)
    assert refusal(plan, 0, isolation=Isolation.CONTACT, pathogen=3) == Refusal.NONE
    assert refusal(plan, 0, isolation=Isolation.CONTACT) == Refusal.ISOLATION_COMPANY
    assert refusal(plan, 0, isolation=Isolation.DROPLET, pathogen=3) == Refusal.ISOLATION_COMPANY


def test_unknown_sex_goes_to_an_empty_or_single_room():
    """A patient of unknown sex may have an empty room for one sex at a time, or a single room, never a shared one."""
    assert refusal(Plan(), 0, sex=Sex.UNKNOWN) == Refusal.NONE
    plan = Plan()
    plan.rooms[0]["sex"] = RoomSex.MALE
    assert refusal(plan, 0, sex=Sex.UNKNOWN) == Refusal.ROOM_SEX_UNKNOWN
    plan.beds_rows[1].update(room=1, ward=1)
    assert refusal(plan, 0, sex=Sex.UNKNOWN) == Refusal.NONE


def test_a_fixed_room_with_the_wrong_sex_in_it_is_not_mixed():
    """A man is not put beside a woman who lies in a men's room."""
    plan = Plan().guest(1, Sex.FEMALE)
    plan.rooms[0]["sex"] = RoomSex.MALE
    assert refusal(plan, 0) == Refusal.ROOM_WITH_WOMEN


def test_a_child_leaves_its_department_only_for_a_childrens_room():
    """Children lie with children elsewhere, and anywhere in their own department."""
    plan = Plan()
    plan.rooms[ALLY]["age_max"] = 17
    assert refusal(plan, 2 * ALLY, age=5) == Refusal.NONE
    assert refusal(plan, 2 * KIN, age=5) == Refusal.CHILD
    assert refusal(plan, 2 * OWN, age=5) == Refusal.NONE


def test_a_room_with_an_age_limit_refuses_an_unknown_age():
    """Who has no known age does not go where age matters."""
    plan = Plan()
    plan.rooms[0]["age_max"] = 17
    assert refusal(plan, 0, age=-1) == Refusal.AGE
    assert refusal(Plan(), 0, age=-1) == Refusal.NONE


def test_the_reserve_is_open_to_emergencies_of_the_own_department():
    """The last beds of a ward go to its own emergencies, not to its own elective nor to others' emergencies."""
    plan = Plan()
    plan.wards[OWN]["reserve"] = plan.wards[ALLY]["reserve"] = 2
    assert refusal(plan, 2 * OWN, urgency=Urgency.EMERGENCY) == Refusal.NONE
    assert refusal(plan, 2 * OWN, urgency=Urgency.ELECTIVE) == Refusal.RESERVE
    assert refusal(plan, 2 * ALLY, urgency=Urgency.EMERGENCY) == Refusal.RESERVE
    opened = {"reserve": {"open_to": ["any_emergency"]}}
    assert refusal(plan, 2 * ALLY, opened, urgency=Urgency.EMERGENCY) == Refusal.NONE


def test_a_critical_patient_may_take_the_last_bed_of_the_own_specialty():
    """The reserve gives way to 病危."""
    plan = Plan()
    plan.wards[OWN]["reserve"] = 2
    assert refusal(plan, 2 * OWN, severity=Severity.CRITICAL) == Refusal.NONE
    assert refusal(plan, 2 * OWN, {"reserve": {"open_to": []}}, severity=Severity.CRITICAL) == Refusal.RESERVE


def test_own_patients_may_use_what_is_kept_for_them_tomorrow():
    """Beds kept by the forecast are kept from others only."""
    plan = Plan()
    plan.wards[OWN]["keep"] = 2
    assert refusal(plan, 2 * OWN) == Refusal.NONE


def test_a_default_reserve_applies_where_the_ward_has_none():
    """-1 is the policy's number."""
    plan = Plan()
    plan.wards[ALLY]["reserve"] = -1
    assert refusal(plan, 2 * ALLY, {"reserve": {"default_beds": 2}}) == Refusal.RESERVE
    assert refusal(plan, 2 * ALLY, {"reserve": {"default_beds": 1}}) == Refusal.NONE


def test_the_own_specialty_at_another_site_takes_a_serious_patient():
    """病重 stays with the own specialty, wherever that is."""
    assert refusal(Plan(), 2 * AWAY, severity=Severity.SERIOUS) == Refusal.NONE


def test_home_is_not_too_far():
    """A patient referred up from another site may always go to the own department."""
    plan = Plan()
    plan.road[1, 0] = 300
    assert refusal(plan, 2 * OWN, site=1) == Refusal.NONE
    assert refusal(plan, 2 * ALLY, site=1) == Refusal.ROAD


@pytest.mark.parametrize(
    ("reach", "tier"), [("department", "SIMILAR"), ("site", "SIMILAR"), ("network", "OWN")], ids=lambda v: v
)
def test_own_reach_decides_whether_another_department_of_the_specialty_is_own(reach, tier):
    """A department of the same specialty at another site is own only where the policy says so."""
    ranking = rank(Plan().beds(), Need(**MAN), Policy.from_dict({"tiers": {"own_reach": reach}}))
    assert ranking.tier(2 * AWAY).name == tier


def test_a_tier_that_is_off_leaves_its_beds_to_a_later_one():
    """Without the allied tier, an ally of a similar specialty is asked as similar, any other as nearest."""
    plan = Plan()
    plan.alliance[OWN, KIN] = 2
    order = {"tiers": {"order": ["own", "similar", "nearest"]}}
    ranking = rank(plan.beds(), Need(**MAN), Policy.from_dict(order))
    assert (ranking.tier(2 * KIN).name, ranking.tier(2 * ALLY).name) == ("SIMILAR", "NEAREST")
