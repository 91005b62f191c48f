"""`yipan migrate` beside running pages: they go on, it steps back, and no large table is written anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from yipan.kernel.errors import Unavailable
from yipan.server import direct, migrating
from yipan.server.tests import old_version
from yipan.server.tests.test_migration_rules import FIRST_RELEASE

HELD = "LOCK TABLE {} IN ACCESS SHARE MODE"


def use(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


@contextmanager
def made(name: str, template: str = "template0") -> Iterator[None]:
    """A database that Django uses while the block lasts; then it is dropped.

    Without FORCE, which a role that owns no autovacuum worker is refused; a plain DROP ends such a worker itself.
    """
    usual = connection.settings_dict["NAME"]
    with psycopg.connect(**{**direct.parameters(), "dbname": "postgres"}, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name}")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        use(name)
        try:
            yield
        finally:
            use(usual)
            admin.execute(f"DROP DATABASE {name}")


@pytest.fixture(scope="module")
def first_release(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A filled database of the first release, to be copied."""
    name = f"test_release_{os.getpid()}"
    with django_db_blocker.unblock(), made(name):
        old_version.build(FIRST_RELEASE)
        connection.close()
        connection.close_pool()
        yield name


@pytest.fixture
def old_database(first_release: str, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), made(f"test_upgrade_{os.getpid()}", first_release):
        yield


def files() -> dict[str, int]:
    """The file that each large table lies in: another one when it was rewritten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relname = ANY(%s)", [list(old_version.LARGE)]
        )
        return dict(cursor.fetchall())


def waiting() -> list[Any]:
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def test_tables_change_beside_running_pages(old_database: None) -> None:
    """From the first release to now, while boards are read and beds booked and a long page holds every table: nobody
    fails, whoever comes meanwhile is served, no large table is rewritten, and old pages still work afterwards.
    """
    before = files()
    assert waiting()
    with old_version.at_work() as pages, direct.connect() as long_page:
        pages.go_on()
        long_page.execute("BEGIN")
        long_page.execute(HELD.format(", ".join(old_version.LARGE)))
        pauses: list[float] = []

        def step_back(pause: float) -> None:
            pauses.append(pause)
            pages.go_on()
            if len(pauses) == 2:
                long_page.execute("COMMIT")

        migrating.migrate(tell=step_back, rest=lambda pause: None)
        assert len(pauses) >= 2
        pages.go_on()
    assert waiting() == []
    assert files() == before


def test_it_gives_up_in_words(old_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables that stay in use: after all attempts a sentence, the table is as it was, and the next call finishes."""
    monkeypatch.setattr(migrating, "PAUSES", (0.0,))
    monkeypatch.setattr(migrating, "LOCK_MILLISECONDS", 50)
    with direct.connect() as long_page:
        long_page.execute("BEGIN")
        long_page.execute(HELD.format(", ".join(old_version.LARGE)))
        with pytest.raises(Unavailable, match="migration_blocked"):
            migrating.migrate()
        assert waiting()
    migrating.migrate()
    assert waiting() == []
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_half_built_index_is_removed(transactional_db: None) -> None:
    """What an interrupted CREATE INDEX CONCURRENTLY left behind is dropped before the next attempt."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE half (a int)")
        cursor.execute("INSERT INTO half VALUES (1), (1)")
        try:
            with direct.connect() as other, pytest.raises(psycopg.errors.UniqueViolation):
                other.execute("CREATE UNIQUE INDEX CONCURRENTLY half_once ON half (a)")
            migrating._drop_unusable_indexes()
            cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'half_once'")
            assert cursor.fetchone() == (0,)
        finally:
            cursor.execute("DROP TABLE half")
