"""People with accounts, for the tests of pages."""

from __future__ import annotations

import itertools

from django.contrib.auth.models import User
from django.test import Client

from yipan.base.access import Role
from yipan.base.access.models import Grant
from yipan.base.network.models import Organisation, Ward

_numbers = itertools.count(1)


def signed_in(organisation: Organisation, role: Role, ward: Ward | None = None, *, language: str = "en") -> Client:
    """A browser in which somebody with this role is signed in, in a language."""
    user = User.objects.create_user(f"{role}{next(_numbers)}", first_name=f"Test {role}")
    Grant.objects.create(user=user, role=role, organisation=organisation, ward=ward)
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    return client
