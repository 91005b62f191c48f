"""Adding a person from the command line."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from yipan.kernel.errors import InvalidInput, NotFound
from yipan.server.people import add_user, demo_logins_work
from yipan.spine.testing import small_network

pytestmark = pytest.mark.django_db


def test_a_person_gets_one_role_in_one_organisation() -> None:
    """The new person can log in and holds the role."""
    organisation = small_network().organisation
    add_user(username="li", name="李静", role="doctor", organisation=organisation.code, password="correct horse")
    person = User.objects.get(username="li")
    assert person.check_password("correct horse")
    assert [(g.role, g.organisation_id) for g in person.grants.all()] == [("doctor", organisation.pk)]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"organisation": "nowhere"}, NotFound),
        ({"role": "king"}, InvalidInput),
        ({"password": "1234"}, InvalidInput),
    ],
)
def test_a_wrong_part_leaves_nobody_behind(changes: dict[str, str], error: type[Exception]) -> None:
    """An unknown organisation or role, or a weak password: nobody is added."""
    given = {"username": "li", "name": "李静", "role": "doctor", "password": "correct horse"}
    given |= {"organisation": small_network().organisation.code} | changes
    with pytest.raises(error):
        add_user(**given)
    assert not User.objects.filter(username="li").exists()


def test_demo_logins_are_told_from_real_ones() -> None:
    """A hospital's own coordinator does not make Yipan print the demo's password."""
    assert not demo_logins_work()
    User.objects.create_user("coordinator", password="something else")
    assert not demo_logins_work()
