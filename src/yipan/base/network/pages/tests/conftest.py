"""The sample network and people who look at it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from yipan.base.network import importing
from yipan.base.network.models import Organisation
from yipan.base.network.tests.sample import NETWORK, Editor

Browser = Callable[..., Client]


@pytest.fixture
def stored(db) -> None:
    importing.import_network(NETWORK, actor=Editor())


@pytest.fixture
def browser(db) -> Browser:
    """A browser in which somebody with a role at an organisation is logged in."""

    def log_in(role: str, at: str, language: str = "en") -> Client:
        person = User.objects.create(username=f"{role}-{at}-{User.objects.count()}")
        organisation = Organisation.objects.get(code=at)
        apps.get_model("access", "Grant").objects.create(user=person, role=role, organisation=organisation)
        client = Client(headers={"accept-language": language})
        client.force_login(person)
        return client

    return log_in


@pytest.fixture
def manager(stored, browser: Browser) -> Client:
    """A manager of the whole network."""
    return browser("manager", "G")
