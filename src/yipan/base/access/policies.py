"""Row policies of PostgreSQL as operations of migrations: what `persons.PERSON` may see and write of a table.

A condition is SQL over the table's columns. What it asks of the person stands in brackets of its own, `(SELECT
yipan_sites('care'))`, so that PostgreSQL asks once for each statement and not for each row. The owner of the
tables, which is who does everything but persons' requests, is not bound by policies. What no policy allows is refused.
"""

from __future__ import annotations

from django.db import migrations

from yipan.base.access.persons import PERSON


def guard(table: str) -> migrations.RunSQL:
    """From here on persons see and write nothing of the table but what a policy allows."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
    )


def allow(table: str, name: str, commands: str, condition: str, *, to: str = PERSON) -> migrations.RunSQL:
    """A policy for each command ("SELECT INSERT UPDATE DELETE", or "ALL"): rows for which the condition holds may be
    seen, written, changed (before and after) or removed."""
    made, dropped = [], []
    for command in commands.split():
        policy = f"{name}_{command.lower()}"
        clause = "WITH CHECK" if command == "INSERT" else "USING"
        made.append(f"CREATE POLICY {policy} ON {table} FOR {command} TO {to} {clause} ({condition})")
        dropped.append(f"DROP POLICY {policy} ON {table}")
    return migrations.RunSQL(";\n".join(made), ";\n".join(dropped))


def within(realm: str, column: str) -> str:
    """The condition that a site is one of the person's, for a column with the identifier of a site."""
    return f"{column} = ANY ((SELECT yipan_sites('{realm}'))::uuid[])"
