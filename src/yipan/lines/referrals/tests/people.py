"""People with accounts, for the tests of pages."""

from __future__ import annotations

import itertools

from django.contrib.auth.models import User
from django.test import Client

from yipan.base.access import Role
from yipan.base.access.models import Grant
from yipan.base.network.models import Organisation

_numbers = itertools.count(1)


def signed_in(organisation: Organisation, *roles: Role, language: str = "en") -> Client:
    """A browser in which somebody with these roles at an organisation is signed in."""
    user = User.objects.create_user(f"referrer{next(_numbers)}", first_name="Test person")
    for role in roles:
        Grant.objects.create(user=user, role=role, organisation=organisation)
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    return client
