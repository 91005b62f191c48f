"""Migrations after the first release must not lock the board; each dangerous kind of statement is recognised."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython

from yipan.server.migration_rules import dangers

FIRST_RELEASE = {
    "access": "0004_roles_of_examinations",
    "audit": "0003_lists",
    "network": "0005_policy_evidence",
    "patients": "0007_second_wall",
    "spine": "0009_patient_period",
    "beds": "0002_live_bookings",
    "exams": "0011_critical_without_order",
    "appointments": "0001_initial",
    "dispatch": "0001_initial",
    "referrals": "0001_initial",
    "interop": "0004_open_columns_gone",
    "planning": "0001_initial",
    "server": "0001_initial",
    "vault": "0002_how_long",
}
"""No installation is older than this; what comes after it is applied beside running processes. Until the first release
is made, a migration that breaks a rule moves its app forward here."""

ALLOWED: dict[tuple[str, str], str] = {}
"""Migrations that break a rule for a good reason: (app, name) → the reason."""


@pytest.mark.parametrize(
    ("rule", "sql"),
    [
        ("index_locks", 'CREATE INDEX "x" ON "spine_event" ("at")'),
        ("index_locks", 'CREATE UNIQUE INDEX "x" ON "spine_event" ("at")'),
        ("index_locks", "DROP INDEX IF EXISTS x"),
        ("index_locks", 'ALTER TABLE "spine_booking" ADD CONSTRAINT "x" UNIQUE ("at")'),
        ("index_locks", 'ALTER TABLE "spine_booking" ADD CONSTRAINT x EXCLUDE USING gist (a WITH =)'),
        ("retypes", 'ALTER TABLE "spine_booking" ALTER COLUMN "state" TYPE text USING "state"::text'),
        ("scans", 'ALTER TABLE "spine_booking" ALTER COLUMN "state" SET NOT NULL'),
        ("scans", 'ALTER TABLE "spine_booking" ADD CONSTRAINT "x" CHECK ("a" > 0)'),
        ("scans", 'ALTER TABLE "spine_booking" ADD CONSTRAINT "x" FOREIGN KEY ("a") REFERENCES "b" ("id")'),
        ("rewrites", "ALTER TABLE spine_event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()"),
        ("rewrites", "ALTER TABLE spine_event ADD COLUMN a int GENERATED ALWAYS AS (b) STORED"),
        ("rewrites", "VACUUM FULL spine_event"),
        ("rewrites", "ALTER TABLE spine_event SET UNLOGGED"),
        ("forgets_default", 'ALTER TABLE "spine_event" ADD COLUMN "a" integer NOT NULL'),
        ("forgets_default", 'ALTER TABLE "spine_event" ALTER COLUMN "a" DROP DEFAULT'),
        ("removes", 'ALTER TABLE "spine_booking" DROP COLUMN "a" CASCADE'),
        ("removes", 'ALTER TABLE "spine_booking" RENAME COLUMN "a" TO "b"'),
        ("removes", 'DROP TABLE "spine_booking" CASCADE'),
        ("locks", "LOCK TABLE spine_booking"),
        ("fills", "UPDATE spine_booking SET a = 1"),
        ("fills", "-- fill\nDELETE FROM spine_event WHERE a = 1"),
    ],
)
def test_what_would_lock_or_break_is_recognised(rule: str, sql: str) -> None:
    """Each kind of dangerous statement on a large table is named by its rule."""
    assert [found for found, _ in dangers([sql])] == [rule]


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE INDEX CONCURRENTLY "x" ON "spine_event" ("at")',
        "DROP INDEX CONCURRENTLY IF EXISTS x",
        'ALTER TABLE "spine_booking" ADD COLUMN "a" integer NULL',
        'ALTER TABLE "spine_booking" ADD COLUMN "a" varchar(64) DEFAULT \'\' NOT NULL',
        'ALTER TABLE "spine_booking" ADD CONSTRAINT "x" CHECK ("a" > 0) NOT VALID',
        'ALTER TABLE "spine_booking" VALIDATE CONSTRAINT "x"',
        'ALTER TABLE "spine_booking" ADD CONSTRAINT "x" UNIQUE USING INDEX "y"',
        'ALTER TABLE "network_ward" ALTER COLUMN "floor" TYPE bigint',
        'CREATE TABLE "n" ("id" int); CREATE INDEX "x" ON "n" ("id"); ALTER TABLE "n" ADD CONSTRAINT "y" CHECK (true)',
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE spine_booking SET a = 1; END $$",
    ],
)
def test_what_is_harmless_passes(sql: str) -> None:
    """Statements that take a short lock only, new tables, small tables and bodies of functions are no danger."""
    assert dangers([sql]) == []


def later_migrations() -> list[tuple[str, str]]:
    """Everything of ours after the first release, in the order of application."""
    loader = MigrationLoader(None)
    first = set(FIRST_RELEASE.items())
    known = set().union(*(loader.graph.forwards_plan(node) for node in first))
    nodes = [n for n in loader.graph.nodes if n[0] in FIRST_RELEASE and n not in known]
    return sorted(nodes, key=lambda node: len(loader.graph.forwards_plan(node)))


@pytest.mark.django_db
@pytest.mark.parametrize("node", later_migrations(), ids="/".join)
def test_a_migration_does_not_lock_the_board(node: tuple[str, str]) -> None:
    """Its SQL holds nothing dangerous, and it runs no code that no one can judge; or its reason is written down."""
    loader = MigrationLoader(connection)
    migration = loader.graph.nodes[node]
    state = loader.project_state(node, at_end=False)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state, editor, collect_sql=True)
    code = [o for o in migration.operations if isinstance(o, RunPython)]
    if node not in ALLOWED:
        assert dangers(editor.collected_sql) == []
        assert code == [], "rows are filled in by a background job"


def test_every_app_has_a_place_in_the_first_release() -> None:
    """An app of ours that is missing here would escape the check."""
    from django.apps import apps

    loader = MigrationLoader(None)
    ours = {a.label for a in apps.get_app_configs() if a.name.startswith("yipan.")} & {
        app for app, _ in loader.graph.nodes
    }
    assert ours == set(FIRST_RELEASE)
