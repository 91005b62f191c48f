"""Rows that somebody changes with SQL of their own are in the trail; what Yipan itself tells of is not told twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from yipan.base import audit
from yipan.base.audit import watching
from yipan.base.audit.findings import Finding, Kind
from yipan.base.audit.models import Entry
from yipan.base.audit.tests.test_journal import Someone
from yipan.base.audit.verifying import verify
from yipan.base.audit.watching import Watched

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]


def sql(text: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def committed() -> list[Entry]:
    """What the triggers write at the commit, without one."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("SET CONSTRAINTS ALL DEFERRED")
    return list(Entry.objects.filter(actor_kind="database").order_by("id"))


@pytest.fixture
def person() -> User:
    """A user whom an act of Yipan made, told before."""
    user = User.objects.create(username="li", first_name="李", password="secret-hash")
    committed()
    with connection.cursor() as cursor:  # as if that had been another transaction, long ago
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER; DELETE FROM audit_entry")
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    return user


def test_a_row_changed_by_sql_is_told(person: User) -> None:
    """The entry says which row, the old and new values, and the database user."""
    sql("UPDATE auth_user SET is_superuser = true WHERE id = %s", person.pk)
    (entry,) = committed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        assert (entry.actor_name, entry.actor_kind) == (cursor.fetchone()[0], "database")
    assert (entry.action, entry.object_type, entry.object_id) == ("row.update", "auth_user", str(person.pk))
    assert entry.data["changed"] == {"is_superuser": [False, True]}


def test_rows_added_and_removed_by_sql_are_told(person: User) -> None:
    """INSERT and DELETE are told too."""
    sql("DELETE FROM auth_user WHERE id = %s", person.pk)
    User.objects.create(username="wang")
    assert [entry.action for entry in committed()] == ["row.delete", "row.insert"]


def test_private_values_stay_out_of_the_trail(person: User) -> None:
    """That a password was changed is told, the value before and after is not."""
    sql("UPDATE auth_user SET password = 'other-hash' WHERE id = %s", person.pk)
    (entry,) = committed()
    assert entry.data["changed"] == {"password": []}
    assert "hash" not in str(entry.data)


def test_what_yipan_tells_is_not_told_twice(person: User) -> None:
    """A change in a transaction with an entry of its own, before or after it, is covered by that entry's actor."""
    sql("UPDATE auth_user SET first_name = 'x' WHERE id = %s", person.pk)
    audit.record(Someone(), "user.update", "user", person.pk)
    assert committed() == []


def test_changes_that_change_nothing_are_not_told(person: User) -> None:
    """An update to the same values, or of an ignored column alone, is no change."""
    sql("UPDATE auth_user SET first_name = first_name, last_login = now() WHERE id = %s", person.pk)
    assert committed() == []


def test_what_is_rolled_back_is_not_told(person: User) -> None:
    """A change that never was leaves nothing."""
    with transaction.atomic():
        sql("UPDATE auth_user SET first_name = 'x' WHERE id = %s", person.pk)
        transaction.set_rollback(True)
    assert committed() == []


def test_triggers_that_are_off_are_found(person: User) -> None:
    """Verification tells of a table that is no longer watched."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE auth_user DISABLE TRIGGER audit_watch")
    assert Finding(Kind.GUARD_OFF, {"table": "auth_user"}) in list(verify())
    sql("DROP TRIGGER audit_watch ON auth_user")
    assert Finding(Kind.GUARD_OFF, {"table": "auth_user"}) in list(verify())


def test_installing_again_mends_what_is_missing(person: User) -> None:
    """The next migration brings a dropped or outdated trigger back."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("DROP TRIGGER audit_watch ON auth_user")
    watching.install()
    sql("UPDATE auth_user SET first_name = 'x' WHERE id = %s", person.pk)
    assert [entry.action for entry in committed()] == ["row.update"]


def test_a_table_is_watched_in_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same again is harmless, another way is a mistake."""
    monkeypatch.setattr(watching, "_watched", {})
    watching.watch(Watched("tea"), Watched("tea"))
    with pytest.raises(ValueError, match="tea"):
        watching.watch(Watched("tea", key="code"))
