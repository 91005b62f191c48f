"""The database that is backed up: how to reach it, and what it allows."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import psycopg

from yipan.kernel.errors import InvalidInput, Unavailable
from yipan.server import external
from yipan.server.embedded.server import administrator

URL = "YIPAN_BACKUP_URL"
PHYSICAL, LOGICAL = "physical", "logical"
EMBEDDED, EXTERNAL = "embedded", "external"


@dataclass(frozen=True, slots=True)
class Source:
    """`url` as the role that makes backups. `major` is the server's version; `system` names its cluster."""

    url: str
    origin: str
    major: int
    system: str
    may_replicate: bool

    def kind(self, wanted: str | None) -> str:
        """`physical` when the role may replicate, else `logical`; or what is wanted, when it is possible.

        Raises InvalidInput("backup_needs_replication").
        """
        if wanted == PHYSICAL and not self.may_replicate:
            raise InvalidInput("backup_needs_replication")
        return wanted or (PHYSICAL if self.may_replicate else LOGICAL)


def of(state: Path) -> Source:
    """The database of this installation: as superuser when it is the embedded one, else as YIPAN_BACKUP_URL says.

    YIPAN_DATABASE_URL is set already (`session.database_variables`). Raises Unavailable when nobody answers.
    """
    told = os.environ["YIPAN_DATABASE_URL"]
    ours = administrator(state, told)
    url = ours or os.environ.get(URL) or told
    with connect(url) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, system_identifier::text,"
            " (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user)"
            " FROM pg_control_system()"
        ).fetchone()
    assert row is not None
    return Source(url, EMBEDDED if ours else EXTERNAL, *row)


def connect(url: str) -> psycopg.Connection:
    """A connection, each statement its own transaction. Raises Unavailable("database_unreachable")."""
    try:
        return psycopg.connect(url, connect_timeout=10, autocommit=True, application_name="yipan backup")
    except psycopg.ProgrammingError as error:
        raise Unavailable("database_url_invalid", variable="YIPAN_DATABASE_URL", why=str(error)) from None
    except psycopg.OperationalError as error:
        why = str(error).strip().splitlines()[0]
        raise Unavailable("database_unreachable", where=external.place_of(url), why=why) from None
