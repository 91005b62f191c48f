"""Row changes that nobody told of: a trigger on the tables that matter writes them into the trail.

Every change that Yipan makes leaves an entry or an event, with its actor, in the same transaction. So when a
transaction that changed a watched row commits without one, somebody was there with SQL of their own, and the database
itself records the row, the old and new values and its user. The trigger is deferred to the commit and costs two
look-ups by index where an entry is found. Why not a copy of every row version: docs/adr/0005-rows-changed-outside.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from yipan.base.audit import journals

FUNCTION = "audit_row_changed"
ROW, EMPTIED = "audit_watch", "audit_watch_emptied"

BODY = """
DECLARE
  before jsonb; after jsonb; told jsonb; subject jsonb;
BEGIN
  IF {told} THEN
    RETURN NULL;
  END IF;
  IF TG_OP IN ('UPDATE', 'DELETE') THEN before := to_jsonb(old) - string_to_array(TG_ARGV[3], ','); END IF;
  IF TG_OP IN ('INSERT', 'UPDATE') THEN after := to_jsonb(new) - string_to_array(TG_ARGV[3], ','); END IF;
  IF before = after THEN
    RETURN NULL;
  END IF;
  subject := coalesce(after, before, '{{}}');
  SELECT jsonb_object_agg(name, CASE WHEN name = ANY (string_to_array(TG_ARGV[2], ',')) THEN '[]'::jsonb
                                     ELSE jsonb_build_array(before -> name, after -> name) END)
    INTO told FROM jsonb_object_keys(subject) AS name WHERE before -> name IS DISTINCT FROM after -> name;
  INSERT INTO audit_entry (at, actor_kind, actor_name, action, object_type, object_id, patient_id, organisation_path,
                           data, address)
  VALUES (clock_timestamp(), 'database', left(session_user, 120), 'row.' || lower(TG_OP), left(TG_TABLE_NAME, 64),
          left(coalesce(subject ->> TG_ARGV[0], ''), 64), nullif(subject ->> TG_ARGV[1], '')::uuid, '',
          jsonb_build_object('application', current_setting('application_name', true),
                             'changed', coalesce(told, '{{}}')),
          inet_client_addr());
  RETURN NULL;
END
"""
# An own entry of the database tells nothing of Yipan's actors, so it does not excuse the next row.
TOLD = "EXISTS (SELECT FROM {table} WHERE xid = pg_current_xact_id(){unless})"


@dataclass(frozen=True, slots=True)
class Watched:
    """A table whose rows are watched.

    `key` and `patient` name the columns of the row's and its patient's identifier ("" for none). Values of `private`
    columns are left out of the entry, because readers of the trail need not see patients; changes of `ignored` columns
    alone are not told.
    """

    table: str
    key: str = "id"
    patient: str = ""
    private: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[str, str, str, str]:
        return self.key, self.patient, ",".join(self.private), ",".join(self.ignored)


_watched: dict[str, Watched] = {}


def watch(*tables: Watched) -> None:
    """Watch these tables from the next migration on; called by the room that owns them when it loads."""
    for watched in tables:
        if _watched.setdefault(watched.table, watched) != watched:
            raise ValueError(f"the table {watched.table!r} is watched already, in another way")


def every() -> tuple[Watched, ...]:
    return tuple(_watched[table] for table in sorted(_watched))


def install(**_: Any) -> None:
    """Bring function and triggers up to date after a migration; does nothing where they are."""
    with connection.cursor() as cursor:
        body = _body(cursor)
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = %s AND pronamespace = current_schema()::regnamespace",
            [FUNCTION],
        )
        if (body,) not in cursor.fetchall():
            cursor.execute("SELECT quote_ident(current_schema())")
            (schema,) = cursor.fetchone()
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                f" SET search_path = {schema}, pg_temp AS $audit${body}$audit$"
            )
        there = installed(cursor)
        for watched in every():
            if there.get((watched.table, ROW), ("",))[0] != watched.arguments and _exists(cursor, watched.table):
                _install(cursor, watched)


def installed(cursor: Any) -> dict[tuple[str, str], tuple[tuple[str, ...], bool]]:
    """(table, trigger) → its arguments and whether it is on, of this room's triggers."""
    cursor.execute(
        "SELECT tgrelid::regclass::text, tgname, encode(tgargs, 'escape'), tgenabled IN ('O', 'A') FROM pg_trigger"
        " WHERE tgname = ANY(%s)",
        [[ROW, EMPTIED]],
    )
    return {(table, name): (tuple(given.split("\\000")[:-1]), on) for table, name, given, on in cursor.fetchall()}


def _body(cursor: Any) -> str:
    """The function's text, for the journals whose tables are there by now."""
    own = {"audit": " AND actor_kind <> 'database'"}
    tables = [j for j in journals.every() if _exists(cursor, j.table)]
    return BODY.format(told=" OR ".join(TOLD.format(table=j.table, unless=own.get(j.code, "")) for j in tables))


def _exists(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    return bool(cursor.fetchone()[0])


def _install(cursor: Any, watched: Watched) -> None:
    given = ", ".join("'" + text.replace("'", "''") + "'" for text in watched.arguments)
    cursor.execute(
        f"DROP TRIGGER IF EXISTS {ROW} ON {watched.table};"
        f"DROP TRIGGER IF EXISTS {EMPTIED} ON {watched.table};"
        f"CREATE CONSTRAINT TRIGGER {ROW} AFTER INSERT OR UPDATE OR DELETE ON {watched.table}"
        f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {FUNCTION}({given});"
        f"CREATE TRIGGER {EMPTIED} AFTER TRUNCATE ON {watched.table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}({given})"
    )
