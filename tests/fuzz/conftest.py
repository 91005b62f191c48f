"""One hospital for all tests of a module; whatever an example did to it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from tests.fuzz import world as worlds
from tests.fuzz.undoing import undone
from tests.fuzz.world import World
from yipan.kernel import clock


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        override_settings(PASSWORD_HASHERS=quick),
        django_db_blocker.unblock(),
        clock.using(worlds.clock_at_noon()),
        undone(),
    ):
        yield worlds.build()
