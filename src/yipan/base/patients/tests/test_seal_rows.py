"""The migration that seals rows of older versions, on tables that look as those did."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from yipan.base.patients.models import Identifier, Merge, Patient, number_digest, phone_digest
from yipan.base.vault.fields import Sealed

OLD = """
CREATE TEMP TABLE patients_patient (id uuid, phone text, phone_sealed bytea DEFAULT '', phone_digest bytea,
  address text, address_sealed bytea DEFAULT '', contact_name text, contact_name_sealed bytea DEFAULT '',
  contact_phone text, contact_phone_sealed bytea DEFAULT '');
CREATE TEMP TABLE patients_identifier (id uuid, value text, value_sealed bytea, value_digest bytea);
CREATE TEMP TABLE patients_merge (id uuid, moved jsonb, moved_sealed bytea);
CREATE TEMP TABLE patients_duplicatecandidate (id uuid, reasons jsonb);
INSERT INTO patients_patient SELECT lpad(i::text, 32, '0')::uuid, '1380000' || (1000 + i), '', NULL, '大桥路 ' || i,
  '', '', '', '', '' FROM generate_series(1, 25) AS i;
INSERT INTO patients_identifier SELECT id, 'A' || right(id::text, 2) FROM patients_patient;
INSERT INTO patients_merge SELECT id,
  '{"filled": {"phone": {"was": "", "became": "13800001001"}}}' FROM patients_patient;
INSERT INTO patients_duplicatecandidate SELECT id,
  '[{"code": "identifier_conflict", "system": "H1", "value": "A01"}, {"code": "sex_same"}]' FROM patients_patient;
"""

pytestmark = pytest.mark.django_db


def rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def plain(model: Any, column: str, pk: UUID, data: Any) -> Any:
    """What today's code reads from a column that the migration filled."""
    row = model(id=pk)
    setattr(row, column, Sealed(bytes(data)))
    return getattr(row, column)


def test_rows_are_sealed_as_the_code_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every old value reads the same afterwards, is found by its digest, stands open nowhere, and twice is once."""
    migration = import_module("yipan.base.patients.migrations.0004_seal_rows")
    monkeypatch.setattr(migration, "BATCH", 10)
    with connection.cursor() as cursor:
        cursor.execute(OLD)
    with connection.schema_editor(atomic=False) as editor:
        migration.seal_rows(None, editor)
    tables = ("patients_patient", "patients_identifier", "patients_merge", "patients_duplicatecandidate")
    everything = {table: rows(f"SELECT * FROM {table} ORDER BY id") for table in tables}
    assert not [v for v in ("1380000", "大桥路", "'A01", "'A25", "became") if v in str(everything)]
    pk, phone, mark, address, contact = rows(
        "SELECT id, phone_sealed, phone_digest, address_sealed, contact_phone_sealed FROM patients_patient ORDER BY id"
    )[24]
    assert plain(Patient, "phone", pk, phone) == "13800001025"
    assert (plain(Patient, "address", pk, address), bytes(contact)) == ("大桥路 25", b"")
    assert bytes(mark) == phone_digest("13800001025")
    pk, value, mark = rows("SELECT id, value_sealed, value_digest FROM patients_identifier ORDER BY id")[24]
    assert (plain(Identifier, "value", pk, value), bytes(mark)) == ("A25", number_digest("A25"))
    pk, moved = rows("SELECT id, moved_sealed FROM patients_merge ORDER BY id")[24]
    assert plain(Merge, "moved", pk, moved)["filled"]["phone"]["became"] == "13800001001"
    reasons = json.loads(rows("SELECT reasons::text FROM patients_duplicatecandidate")[0][0])
    assert reasons[0] == {"code": "identifier_conflict", "system": "H1", "digest": (number_digest("A01") or b"").hex()}
    with connection.schema_editor(atomic=False) as editor:
        migration.seal_rows(None, editor)
    assert {table: rows(f"SELECT * FROM {table} ORDER BY id") for table in tables} == everything
