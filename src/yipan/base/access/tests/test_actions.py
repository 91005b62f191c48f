"""What administrators do with users."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from yipan.base.access import SYSTEM, Role, actions
from yipan.base.access.actor import Actor
from yipan.base.access.models import Grant
from yipan.base.access.queries import actor_of, users
from yipan.base.access.tests.samples import PASSWORD, Net, acting, network, person
from yipan.base.audit.models import Entry
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def net() -> Net:
    return network()


@pytest.fixture
def admin(net: Net) -> Actor:
    """Administrator of the northern hospital only."""
    return acting("admin", Role.ADMINISTRATOR, net.north)


def stored() -> tuple[Any, ...]:
    """Everything that these actions could change."""
    people = User.objects.order_by("pk").values_list("username", "first_name", "password", "is_active")
    grants = Grant.objects.order_by("pk").values_list("user_id", "role", "organisation_id", "ward_id")
    return list(people), list(grants), Entry.objects.count()


def test_new_user_with_a_role(net: Net, admin: Actor) -> None:
    """A new user can sign in and acts in the hospital where the role was given; both steps are in the trail."""
    new = actions.create_user(actor=admin, username="zhou", name="周敏", password=PASSWORD)
    actions.grant(actor=admin, user_id=new.pk, role="ward_nurse", organisation_id=net.north.pk, ward_id=net.ward.pk)
    assert authenticate(username="zhou", password=PASSWORD) == new
    assert actor_of(new) == Actor(new.pk, "周敏", ((Role.WARD_NURSE, net.north.path, net.ward.pk),))
    assert set(Entry.objects.values_list("action", flat=True)) == {"user.create", "user.grant"}


@pytest.mark.parametrize(
    ("given", "error", "code"),
    [
        ({"username": "ad min"}, InvalidInput, "user_name_invalid"),
        ({"username": ""}, InvalidInput, "user_name_invalid"),
        ({"username": "x" * 151}, InvalidInput, "user_name_invalid"),
        ({"username": "admin"}, Conflict, "user_name_taken"),
        ({"password": "short"}, InvalidInput, "password_weak"),
    ],
)
def test_unusable_new_users(admin: Actor, given: dict[str, str], error: type[Exception], code: str) -> None:
    """Names and passwords that do not do are refused, and nothing is stored."""
    before = stored()
    with pytest.raises(error, match=code):
        actions.create_user(actor=admin, **({"username": "new", "name": "", "password": PASSWORD} | given))
    assert stored() == before


def test_grants_only_in_the_own_hospital(net: Net, admin: Actor) -> None:
    """An administrator gives no role beside or above the own hospital, and no ward or role that does not fit."""
    user = person("zhou")
    before = stored()
    for place in (net.south, net.group):
        with pytest.raises(Refused):
            actions.grant(actor=admin, user_id=user.pk, role="doctor", organisation_id=place.pk)
    for wrong, error in (
        ({"role": "interface"}, "role_unknown"),
        ({"ward_id": UUID(int=1)}, "ward_elsewhere"),
        ({"organisation_id": UUID(int=1)}, "organisation_unknown"),
        ({"user_id": 0}, "user_unknown"),
    ):
        given: dict[str, Any] = {"user_id": user.pk, "role": "doctor", "organisation_id": net.north.pk}
        with pytest.raises((InvalidInput, NotFound), match=error):
            actions.grant(actor=admin, **(given | wrong))
    assert stored() == before


def test_ward_of_another_hospital(net: Net) -> None:
    """A ward is limited to the organisation that it belongs to."""
    user = person("zhou")
    with pytest.raises(InvalidInput, match="ward_elsewhere"):
        actions.grant(
            actor=SYSTEM, user_id=user.pk, role="ward_nurse", organisation_id=net.south.pk, ward_id=net.ward.pk
        )


def test_same_role_once(net: Net, admin: Actor) -> None:
    """A role that somebody has cannot be given again."""
    user = person("zhou", Role.DOCTOR, net.north)
    with pytest.raises(Conflict, match="role_held_already"):
        actions.grant(actor=admin, user_id=user.pk, role="doctor", organisation_id=net.north.pk)


def test_person_with_roles_elsewhere_is_out_of_reach(net: Net, admin: Actor) -> None:
    """Who also has a role in another hospital cannot be taken over by resetting the password."""
    user = person("zhou", Role.DOCTOR, net.north)
    Grant.objects.create(user=user, role=Role.ADMINISTRATOR, organisation=net.group)
    before = stored()
    with pytest.raises(Refused, match="user_has_roles_elsewhere"):
        actions.reset_password(actor=admin, user_id=user.pk)
    with pytest.raises(Refused, match="user_has_roles_elsewhere"):
        actions.set_active(actor=admin, user_id=user.pk, active=False)
    assert stored() == before


def test_doctor_cannot_administer(net: Net) -> None:
    """Without the role every action is refused and nothing changes."""
    doctor, user = acting("doctor", Role.DOCTOR, net.group), person("zhou", Role.DOCTOR, net.north)
    grant = Grant.objects.get(user=user)
    before = stored()
    for attempt in (
        lambda: actions.create_user(actor=doctor, username="x", name="", password=PASSWORD),
        lambda: actions.grant(actor=doctor, user_id=user.pk, role="manager", organisation_id=net.north.pk),
        lambda: actions.revoke(actor=doctor, grant_id=grant.pk),
        lambda: actions.reset_password(actor=doctor, user_id=user.pk),
        lambda: actions.set_active(actor=doctor, user_id=user.pk, active=False),
        lambda: users(doctor),
    ):
        with pytest.raises(Refused):
            attempt()
    assert stored() == before


def test_own_rights_stay(net: Net, admin: Actor) -> None:
    """Nobody locks themselves out: not by taking the own role away, not by deactivating oneself."""
    before = stored()
    with pytest.raises(Conflict, match="not_your_own_rights"):
        actions.revoke(actor=admin, grant_id=Grant.objects.get(user_id=admin.user_id).pk)
    with pytest.raises(Conflict, match="not_your_own_rights"):
        actions.set_active(actor=admin, user_id=admin.user_id or 0, active=False)
    assert stored() == before


def test_taking_a_role_away(net: Net, admin: Actor) -> None:
    """After revoking, the person may nothing any more; taking it away again finds nothing."""
    user = person("zhou", Role.DOCTOR, net.north)
    grant = Grant.objects.get(user=user)
    actions.revoke(actor=admin, grant_id=grant.pk)
    assert actor_of(user).grants == ()
    with pytest.raises(NotFound, match="grant_unknown"):
        actions.revoke(actor=admin, grant_id=grant.pk)


def test_reset_password(net: Net, admin: Actor) -> None:
    """The new password works, the old one no longer, and the trail does not contain it."""
    user = person("zhou", Role.DOCTOR, net.north)
    password = actions.reset_password(actor=admin, user_id=user.pk)
    assert authenticate(username="zhou", password=password) == user
    assert authenticate(username="zhou", password=PASSWORD) is None
    assert password not in str(Entry.objects.values_list("data", flat=True))


def test_deactivated_user(net: Net, admin: Actor) -> None:
    """A deactivated user cannot sign in and has no rights left until activated again."""
    user = person("zhou", Role.DOCTOR, net.north)
    actions.set_active(actor=admin, user_id=user.pk, active=False)
    user.refresh_from_db()
    assert authenticate(username="zhou", password=PASSWORD) is None
    assert actor_of(user).grants == ()
    actions.set_active(actor=admin, user_id=user.pk, active=True)
    assert authenticate(username="zhou", password=PASSWORD) == user


def test_own_password(net: Net) -> None:
    """A person changes the own password by knowing the old one; a weak new one is refused."""
    doctor = acting("doctor", Role.DOCTOR, net.north)
    before = stored()
    with pytest.raises(InvalidInput, match="password_wrong"):
        actions.change_own_password(actor=doctor, old="wrong", new="green-tree-91")
    with pytest.raises(InvalidInput, match="password_weak"):
        actions.change_own_password(actor=doctor, old=PASSWORD, new="12345678")
    assert stored() == before
    actions.change_own_password(actor=doctor, old=PASSWORD, new="green-tree-91")
    assert authenticate(username="doctor", password="green-tree-91")
