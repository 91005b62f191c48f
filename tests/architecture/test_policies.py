"""No table that speaks of a patient is forgotten by the second wall."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

from yipan.base.access import matrix
from yipan.base.access.persons import ROLES

pytestmark = pytest.mark.django_db

OPEN: dict[str, str] = {}
"""Tables with a reference to a patient that persons may read whole, and why: none."""

REFERENCES = """
SELECT c.relname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND (
  c.relname ~ 'patient' OR a.attname ~ 'patient' OR a.attname IN ('request_id', 'booking_id')
  OR EXISTS (
    SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey)
    AND (SELECT t.relrowsecurity OR t.relname ~ 'patient' FROM pg_class t WHERE t.oid = k.confrelid)
  )
)
"""
GUARDED = """
SELECT c.relname FROM pg_class c WHERE c.relrowsecurity
AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
"""


def names(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


def test_every_table_that_speaks_of_a_patient_has_policies() -> None:
    """Who names a patient, a request, a booking or any guarded row has policies, or a reason here."""
    speaking = names(REFERENCES)
    assert {"patients_patient", "spine_booking", "spine_event", "beds_placement", "audit_entry"} < speaking
    assert speaking - names(GUARDED) == set(OPEN)


def test_a_new_table_that_names_a_patient_is_noticed() -> None:
    """A table with a patient's identifier, or one that points to a guarded table, fails the walk."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE exams_order (id bigint, patient_id uuid)")
        cursor.execute("CREATE TABLE exams_note (id bigint, told uuid REFERENCES spine_booking)")
    assert names(REFERENCES) - names(GUARDED) - set(OPEN) == {"exams_order", "exams_note"}


def test_guarded_tables_belong_to_whoever_policies_do_not_bind() -> None:
    """Worker, listener and command line own the tables and are not bound; the role of persons owns nothing."""
    assert names("SELECT relname FROM pg_class WHERE relforcerowsecurity") == set()
    assert names(f"SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) IN {ROLES}") == set()
    assert names(f"SELECT rolname FROM pg_roles WHERE rolname IN {ROLES}") == set(ROLES)
    mighty = f"SELECT rolname FROM pg_roles WHERE rolname IN {ROLES} AND (rolsuper OR rolbypassrls OR rolcanlogin)"
    assert names(mighty) == set()


def test_persons_may_use_every_table_and_empty_none() -> None:
    """What no policy guards works as without the wall: tables and sequences have their rights, TRUNCATE nobody."""
    rights = """
    SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND CASE c.relkind
      WHEN 'r' THEN NOT has_table_privilege('yipan_person', c.oid, 'SELECT')
        OR NOT has_table_privilege('yipan_person', c.oid, 'INSERT')
        OR NOT has_table_privilege('yipan_person', c.oid, 'UPDATE')
        OR has_table_privilege('yipan_person', c.oid, 'TRUNCATE')
      WHEN 'S' THEN NOT has_sequence_privilege('yipan_person', c.oid, 'USAGE')
      ELSE false END
    """
    assert names(rights) == set()


def test_passages_are_those_of_the_matrix() -> None:
    """Every passage through the wall in the code is declared with its reason, and none is declared for nothing."""
    import_module("yipan.server.urls")  # the pages of the server declare theirs when they are read
    source = Path(__file__).resolve().parents[2] / "src" / "yipan"
    code = "\n".join(p.read_text() for p in source.rglob("*.py") if "tests" not in p.parts)
    used = set(re.findall(r'wall\.passage\("([^"]+)"\)', code))
    assert used == set(matrix.passages())
    assert all(len(reason) > 20 for reason in matrix.passages().values())


def test_every_kind_of_rows_is_opened_by_some_verb() -> None:
    """A policy that asks for a kind of rows which no verb opens would lock everybody out."""
    assert {v.opens for v in matrix.verbs() if v.opens} == set(matrix.REALMS)
