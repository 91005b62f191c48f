"""Actors of users, and who is visible to whom."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yipan.base.access import ANONYMOUS, Role, queries
from yipan.base.access.tests.samples import acting, network, person
from yipan.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


def test_actor_takes_one_query() -> None:
    """The actor of a request costs one query, whatever the number of roles."""
    net = network()
    user = person("zhou", Role.DOCTOR, net.north)
    user.grants.create(role=Role.MANAGER, organisation=net.south)
    with CaptureQueriesContext(
        connection,
    ) as made:
        actor = queries.actor_of(user)
    assert len(made) == 1
    assert actor.roles == {Role.DOCTOR, Role.MANAGER}
    assert queries.actor_of(AnonymousUser()) is ANONYMOUS


def test_administrator_sees_the_own_people() -> None:
    """Visible are users of the own hospital and those without any role; others do not exist for this reader."""
    net = network()
    admin = acting("admin", Role.ADMINISTRATOR, net.north)
    person("doctor", Role.DOCTOR, net.north)
    person("fresh")
    stranger = person("stranger", Role.DOCTOR, net.south)
    assert [user.username for user in queries.users(admin)] == ["admin", "doctor", "fresh"]
    assert [user.username for user in queries.users(admin, "doc")] == ["doctor"]
    with pytest.raises(NotFound, match="user_unknown"):
        queries.user(admin, stranger.pk)
