"""Sessions as the live-updates process reads them."""

from __future__ import annotations

import pytest
from django.test import Client

from yipan.base.access import SYSTEM, Role, actions
from yipan.base.access.sessions import actor_of_session, paths_of_session
from yipan.base.access.tests.samples import PASSWORD, network, person

pytestmark = pytest.mark.django_db


def test_session_leads_to_the_paths() -> None:
    """A signed-in browser's key gives the subtrees of the user, without those inside another."""
    net = network()
    user = person("zhou", Role.DOCTOR, net.group)
    user.grants.create(role=Role.MANAGER, organisation=net.south)
    client = Client()
    assert client.login(username="zhou", password=PASSWORD)
    key = client.session.session_key or ""
    assert paths_of_session(key) == (net.group.path,)
    actor = actor_of_session(key)
    assert actor is not None
    assert actor.user_id == user.pk


@pytest.mark.parametrize("key", ["", "nonsense", "x" * 32])
def test_unknown_sessions(key: str) -> None:
    """An unknown key is nobody."""
    assert paths_of_session(key) is None


def test_session_ends_with_password_and_account() -> None:
    """After a reset of the password, or after deactivation, the old session is nobody's."""
    net = network()
    for username, end in (
        ("one", lambda user: actions.reset_password(actor=SYSTEM, user_id=user.pk)),
        ("two", lambda user: actions.set_active(actor=SYSTEM, user_id=user.pk, active=False)),
    ):
        user = person(username, Role.DOCTOR, net.north)
        client = Client()
        client.login(username=username, password=PASSWORD)
        key = client.session.session_key or ""
        assert paths_of_session(key) == (net.north.path,)
        end(user)
        assert paths_of_session(key) is None
