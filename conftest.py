"""What every test under src/ and tests/ stands on."""

from __future__ import annotations

import gc

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, not about the code.
settings.register_profile("yipan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("yipan")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays to the end: looking for garbage in it again and again took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def empty(case: TransactionTestCase) -> None:
    """Empty the tables without Django's signal after it: it makes hundreds of permissions anew that nobody here has."""
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Let the test runner empty the journals between transactional tests; nothing else may, and a test shows it."""
    TransactionTestCase._fixture_teardown = empty
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass, tgname FROM pg_trigger"
            " WHERE NOT tgisinternal AND (tgtype & 32) > 0 AND tgenabled <> 'D'"
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
