"""A patient under a policy becomes one row of numbers."""

import pytest

from yipan.engine.placement.case import OFF, resolve
from yipan.engine.placement.codes import Isolation, Level, NursingLevel, Severity, Tier, Urgency
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.tests.networks import AWAY, Plan


def row(policy=None, **need):
    return resolve(Need(**({"department": 0} | need)), Policy.from_dict(policy or {}), Plan().beds())[0]


def test_the_department_gives_specialty_and_site():
    """What the need leaves open is the home department's."""
    assert (row(department=AWAY)["specialty"], row(department=AWAY)["site"]) == (0, 1)
    assert (row(specialty=3)["specialty"], row(site=1)["site"], row(site=1)["department_site"]) == (3, 1, 0)


@pytest.mark.parametrize(("urgency", "latest"), [(0, 120 + 10), (1, 720 + 10), (2, 1440 + 10)])
def test_urgency_chooses_the_limits(urgency, latest):
    """The latest minute is the wanted time and the wait allowed for the urgency."""
    assert row(urgency=Urgency(urgency), start=10)["latest"] == latest


def test_severity_chooses_who_stays_and_who_may_have_intensive_care():
    """病重 stays, 病危 stays and may have intensive care, and so may whoever is ordered there."""
    told = [(row(severity=s)["stays"], row(severity=s)["intensive_open"]) for s in Severity]
    assert told == [(0, 0), (1, 0), (1, 1)]
    assert row(level=Level.INTENSIVE)["intensive_open"] == 1


def test_special_nursing_stays():
    """特级护理 does not leave its department by default."""
    assert [row(nursing_level=level)["nursing_stays"] for level in NursingLevel] == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("kind", "rooms"),
    [("NONE", 0), ("CONTACT", 0b1111), ("DROPLET", 0b1101), ("AIRBORNE", 0b1000), ("PROTECTIVE", 0b10000)],
)
def test_isolation_chooses_the_rooms(kind, rooms):
    """One bit for each kind of room that the policy allows."""
    assert row(isolation=Isolation[kind])["isolation_rooms"] == rooms


@pytest.mark.parametrize(("age", "child"), [(-1, 0), (0, 1), (13, 1), (14, 0)])
def test_a_child_is_below_the_age_of_the_policy(age, child):
    """An unknown age is no child."""
    assert row(age=age)["child"] == child


def test_weights_are_shares():
    """Only the proportions of the weights matter."""
    assert row()["weights"].sum() == pytest.approx(1)
    assert row({"score": {"weights": {"nursing": 80}}})["weights"][0] == pytest.approx(80 / 150)


def test_a_tier_left_out_has_no_rank():
    """The ranks follow the order of the policy."""
    rank = row({"tiers": {"order": ["own", "similar", "allied"]}})["tier_rank"]
    assert [int(rank[tier]) for tier in Tier] == [0, OFF, 2, 1, OFF]
