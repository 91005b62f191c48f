"""The tree, the policy in force, and how far it is."""

from __future__ import annotations

import pytest
from django.db import transaction

from yipan.base.network import importing, queries
from yipan.base.network.models import Organisation, Site, Walk, Ward
from yipan.base.network.tests.sample import NETWORK, Editor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stored(db):
    importing.import_network(NETWORK, actor=Editor())


def organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def test_the_tree_counts_everything_below():
    """A group shows the beds of its hospitals."""
    nodes = [(n.organisation.code, n.depth, n.sites, n.wards, n.beds) for n in queries.tree([""])]
    assert nodes == [("G", 0, 2, 3, 5), ("H", 1, 2, 3, 5)]


def test_the_tree_shows_only_the_subtrees_asked_for():
    """Somebody with rights in the hospital sees the hospital as the top; without any right nothing."""
    hospital = organisation("H")
    assert [(n.organisation.code, n.depth) for n in queries.tree([hospital.path])] == [("H", 0)]
    assert queries.tree([]) == []


def test_a_subtree_is_its_root_and_all_below():
    """Siblings whose number begins with the same digits are not below."""
    Organisation.objects.create(code="K", name="旁", kind="hub", parent=organisation("G"))
    assert {o.code for o in queries.subtree(organisation("G").path)} == {"G", "H", "K"}
    assert {o.code for o in queries.subtree(organisation("H").path)} == {"H"}


def test_each_key_comes_from_the_nearest_organisation_that_decides_it():
    """A hospital without a policy follows its group; its own newest version counts for the keys it names."""
    policy, version = queries.placement_policy(organisation("H").path)
    assert (policy.reserve.default_beds, version) == (2, "G v1")
    importing.add_policy(organisation("H").pk, {"reserve": {"default_beds": 4}}, Editor())
    importing.add_policy(organisation("H").pk, {"times": {"hold_minutes": 20}}, Editor())
    policy, version = queries.placement_policy(organisation("H").path)
    assert (policy.reserve.default_beds, policy.times.hold_minutes, version) == (2, 20, "G v1, H v2")
    assert queries.placement_policy(organisation("G").path)[1] == "G v1"
    assert [p.version for p in queries.policy_history(organisation("H"))] == [2, 1]


def test_a_policy_is_read_once_and_again_after_every_change(django_assert_num_queries):
    """What is in force is kept for a version of the network: asking again reads the version only, until it changes."""
    path = organisation("H").path
    before = queries.placement_policy(path)
    with django_assert_num_queries(1):
        assert queries.placement_policy(path) == before
    importing.add_policy(organisation("G").pk, {"reserve": {"default_beds": 9}}, Editor())
    assert queries.placement_policy(path)[0].reserve.default_beds == 9
    Organisation.objects.filter(code="G").update(code="GG")
    assert queries.placement_policy(path)[1] == "GG v2"


def test_what_came_to_nothing_is_not_in_force():
    """A policy that is undone is not kept for the version that is in force again."""
    path = organisation("H").path
    before = queries.placement_policy(path)
    with transaction.atomic():
        importing.add_policy(organisation("H").pk, {"reserve": {"default_beds": 9}}, Editor())
        assert queries.placement_policy(path)[0].reserve.default_beds == 9
        transaction.set_rollback(True)
    assert queries.placement_policy(path) == before


def test_without_any_policy_the_defaults_are_in_force():
    """A network that wrote no policy runs with the engine's."""
    from yipan.engine.placement.policy import Policy

    other = Organisation.objects.create(code="X", name="外", kind="partner")
    assert queries.placement_policy(other.path) == (Policy(), "default")


def test_measured_walks_come_before_the_rule():
    """A stored time counts both ways, unless the way back is stored too; else building and floor decide."""
    one, other = Ward.objects.get(code="NEU1"), Ward.objects.get(code="NSU1")
    assert queries.travel(one, other) == queries.travel(other, one) == queries.Travel(4.5, "walk", measured=True)
    Walk.objects.create(from_ward=other, to_ward=one, minutes=6)
    assert queries.travel(other, one).minutes == 6
    Walk.objects.all().delete()
    estimate = queries.travel(one, other)
    assert (estimate.measured, estimate.minutes) == (False, pytest.approx(6 + 1.5 + 3.3 + 1.5 + 0.6, abs=0.06))
    assert queries.travel(one, one).minutes == 0


def test_between_sites_the_road_counts():
    """A stored road comes first, then coordinates; without coordinates nobody knows."""
    one, other = Ward.objects.get(code="NEU1"), Ward.objects.get(code="NEU2W")
    assert queries.travel(other, one) == queries.Travel(25.0, "road", measured=True)
    one.site.roads.all().delete()
    assert queries.travel(one, other) == queries.Travel(None, "road")
    Site.objects.filter(code="S2").update(latitude=27.5, longitude=111.45)
    minutes = queries.travel(Ward.objects.get(code="NEU1"), Ward.objects.get(code="NEU2W")).minutes
    assert minutes == pytest.approx(3 + 19.7 * 1.4 / 45 * 60, abs=1)
