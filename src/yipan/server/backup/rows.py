"""What is in a database, as a backup notes it down and a restore compares it."""

from __future__ import annotations

import psycopg
from psycopg import sql


def tables(session: psycopg.Connection) -> list[tuple[str, str]]:
    """Schema and name of every ordinary table of the database that is not PostgreSQL's own."""
    return session.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        " ORDER BY 1, 2"
    ).fetchall()


def counts(session: psycopg.Connection) -> dict[str, int]:
    """Rows of each table, by `schema.table`."""
    found = {}
    for table in tables(session):
        row = session.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*table))).fetchone()
        found[".".join(table)] = row[0] if row else 0
    return found


def migrations(session: psycopg.Connection) -> list[str]:
    """Migrations that were applied, as `app.name`; none in a database that Yipan never used."""
    if ("public", "django_migrations") not in tables(session):
        return []
    return [name for (name,) in session.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")]


def transaction_numbers(session: psycopg.Connection) -> list[tuple[str, str, str]]:
    """Schema, table and name of each column that holds the number of a transaction (xid8)."""
    return session.execute(
        "SELECT c.table_schema, c.table_name, c.column_name FROM information_schema.columns c"
        " JOIN pg_tables t ON (t.schemaname, t.tablename) = (c.table_schema, c.table_name)"
        " WHERE c.udt_name = 'xid8' AND c.table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3"
    ).fetchall()
