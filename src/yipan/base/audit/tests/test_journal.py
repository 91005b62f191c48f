"""Entries are written once and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from yipan.base import audit
from yipan.base.audit.journal import from_address
from yipan.base.audit.models import Entry
from yipan.kernel import clock

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@dataclass
class Someone:
    user_id: int | None = 7
    name: str = "周敏"
    kind: str = "person"


@pytest.mark.django_db
def test_entry_says_who_what_when_where() -> None:
    """Everything given is stored, with the clock's instant and the request's address."""
    patient = UUID(int=5)
    with clock.using(clock.FrozenClock(NOW)), from_address("10.1.2.3"):
        audit.record(Someone(), "patient.read", "patient", patient, patient_id=patient, path="0001.", data={"why": "x"})
    entry = Entry.objects.get()
    assert (entry.at, entry.actor_user_id, entry.actor_name, entry.actor_kind) == (NOW, 7, "周敏", "person")
    assert (entry.action, entry.object_type, entry.object_id) == ("patient.read", "patient", str(patient))
    assert (entry.patient_id, entry.organisation_path, entry.data) == (patient, "0001.", {"why": "x"})
    assert entry.address == "10.1.2.3"


@pytest.mark.django_db
def test_address_that_is_none_is_left_out() -> None:
    """A socket path or nonsense in place of an address does not stop the work."""
    with from_address("unix:/run/socket"):
        audit.record(Someone(), "a", "b", 1)
    assert Entry.objects.get().address is None


@pytest.mark.django_db
def test_undone_acts_leave_no_entry() -> None:
    """An entry belongs to the transaction of its act."""
    with transaction.atomic():
        audit.record(Someone(), "a", "b", 1)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor_name = 'x'", "DELETE FROM audit_entry"])
def test_database_refuses_changes(statement: str) -> None:
    """Not even raw SQL changes or removes an entry."""
    audit.record(Someone(), "a", "b", 1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.get().actor_name == "周敏"


@pytest.mark.django_db(transaction=True)
def test_database_refuses_to_be_emptied() -> None:
    """TRUNCATE is refused outside databases made for tests; shown in one of another name with the same triggers."""
    from importlib import import_module

    guard = import_module("yipan.base.audit.migrations.0001_initial").GUARD
    settings = connection.get_connection_params()
    keys = {k: settings[k] for k in ("user", "password", "host", "port") if settings.get(k)}
    name = f"audit_check_{settings['dbname']}"
    with psycopg.connect(**keys, dbname=settings["dbname"], autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            with psycopg.connect(**keys, dbname=name, autocommit=True) as other:
                other.execute("CREATE TABLE audit_entry (id int)")
                other.execute(guard)
                other.execute("INSERT INTO audit_entry VALUES (1)")
                with pytest.raises(psycopg.Error, match="append-only"):
                    other.execute("TRUNCATE audit_entry")
                assert other.execute("SELECT count(*) FROM audit_entry").fetchone() == (1,)
        finally:
            server.execute(f'DROP DATABASE "{name}"')
