"""What an actor may do, and where."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.access import ANONYMOUS, SYSTEM, Actor, Role, interface_actor, matrix, scope
from yipan.base.access.actor import roots
from yipan.base.access.models import Grant
from yipan.base.access.tests.samples import network, person
from yipan.kernel.errors import Refused

WARD, OTHER = UUID(int=1), UUID(int=2)
NORTH = Actor(1, "周敏", ((Role.COORDINATOR, "0001.0002.", None),))
NURSE = Actor(2, "何静", ((Role.WARD_NURSE, "0001.0002.", WARD),))

paths = st.lists(st.integers(1, 3), max_size=4).map(lambda parts: "".join(f"{part:04d}." for part in parts))


@pytest.fixture(autouse=True)
def _verbs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "_verbs", dict(matrix._verbs))
    matrix.declare("tea.make", {Role.COORDINATOR, Role.WARD_NURSE, Role.INTERFACE})
    matrix.declare("tea.pour", {Role.WARD_NURSE, Role.COORDINATOR}, by_ward=True)
    matrix.declare("tea.ban", {Role.MANAGER})


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("0001.0002.", True),
        ("0001.0002.0007.", True),
        ("0001.", False),
        ("0001.0003.", False),
        ("", False),
        (None, True),
    ],
)
def test_subtree(path: str | None, may: bool) -> None:
    """A grant covers its organisation and all below it, nothing beside or above; None asks for anywhere."""
    assert NORTH.may("tea.make", path) is may


def test_role_counts() -> None:
    """The right place with the wrong role is not enough."""
    assert not NORTH.may("tea.ban", "0001.0002.")
    assert NORTH.paths("tea.ban") == ()


def test_ward_grants() -> None:
    """A grant for one ward counts in the hospital for plain verbs, and only in that ward for verbs tied to wards."""
    assert NURSE.may("tea.make", "0001.0002.")
    assert NURSE.may("tea.pour", "0001.0002.", ward_id=WARD)
    assert not NURSE.may("tea.pour", "0001.0002.", ward_id=OTHER)
    assert not NURSE.may("tea.pour", "0001.0002.")
    assert not NURSE.may("tea.pour", "0001.0003.", ward_id=WARD)
    assert NORTH.may("tea.pour", "0001.0002.", ward_id=OTHER)


def test_refusal_names_the_roles() -> None:
    """The refusal says which roles could."""
    with pytest.raises(Refused) as caught:
        NORTH.require("tea.ban", "0001.0002.")
    assert caught.value.code == "not_allowed_here"
    assert caught.value.params["roles"] == str(Role.MANAGER.label)


def test_nobody_system_and_feeds() -> None:
    """Nobody may nothing, the system all that is declared, a feed the inbound verbs, everywhere or below its path."""
    assert not ANONYMOUS.may("tea.make")
    assert SYSTEM.may("tea.ban", "")
    assert SYSTEM.paths("tea.ban") == ("",)
    with pytest.raises(matrix.UndeclaredVerb):
        SYSTEM.may("tea.spill")
    assert interface_actor("HIS").may("tea.make", "0009.")
    assert not interface_actor("HIS").may("tea.ban", "0009.")
    narrow = interface_actor("HIS", "0001.")
    assert narrow.may("tea.make", "0001.0002.")
    assert not narrow.may("tea.make", "0009.")


@given(st.lists(paths))
def test_roots_cover_the_same(given_paths: list[str]) -> None:
    """Leaving out what lies inside another changes nothing about what is covered, and leaves nothing inside another."""
    kept = roots(given_paths)
    assert all(any(path.startswith(root) for root in kept) for path in given_paths)
    assert not any(a != b and a.startswith(b) for a in kept for b in kept)


@given(paths, st.lists(paths, max_size=3))
def test_may_and_paths_agree(path: str, held: list[str]) -> None:
    """`may` at a path is the same as lying below one of `paths`."""
    actor = Actor(1, "", tuple((Role.COORDINATOR, h, None) for h in held))
    assert actor.may("tea.make", path) == any(path.startswith(root) for root in actor.paths("tea.make"))


@pytest.mark.django_db
def test_scope_filters_rows() -> None:
    """The condition lets through the rows of the subtree only, none without a grant, all for the system."""
    net = network()
    for name, place in (("a", net.north), ("b", net.south)):
        person(name, Role.DOCTOR, place)
    grants = Grant.objects.order_by("user__username")

    def seen(actor: Actor) -> list[str]:
        rows = grants.filter(scope(actor, "tea.make", "organisation__path"))
        return list(rows.values_list("user__username", flat=True))

    assert seen(Actor(1, "", ((Role.COORDINATOR, net.north.path, None),))) == ["a"]
    assert seen(Actor(1, "", ((Role.COORDINATOR, net.group.path, None),))) == ["a", "b"]
    assert seen(Actor(1, "", ((Role.MANAGER, net.group.path, None),))) == []
    assert seen(interface_actor("HIS")) == seen(SYSTEM) == ["a", "b"]


@pytest.mark.django_db
def test_scope_by_ward() -> None:
    """For a verb tied to wards a ward's grant shows that ward's rows only; without a ward field it is a mistake."""
    net = network()
    person("a", Role.DOCTOR, net.north, net.ward)
    person("b", Role.DOCTOR, net.north)
    nurse = Actor(2, "", ((Role.WARD_NURSE, net.north.path, net.ward.pk),))
    rows = Grant.objects.filter(scope(nurse, "tea.pour", "organisation__path", ward_field="ward_id"))
    assert [grant.user.username for grant in rows] == ["a"]
    with pytest.raises(ValueError, match=r"tea\.pour"):
        scope(nurse, "tea.pour", "organisation__path")
    assert User.objects.count() == 2
