"""A real PostgreSQL server named by YIPAN_DATABASE_URL: can Yipan work with it?"""

from __future__ import annotations

import time

import psycopg
from psycopg.conninfo import conninfo_to_dict

from yipan.kernel.errors import Unavailable

OLDEST = 15
EXTENSIONS = ("btree_gist", "pg_trgm")
PATIENCE_SECONDS = 10.0


def check(url: str, *, patience: float = PATIENCE_SECONDS) -> None:
    """Connect, and see that the version and the extensions suffice. Nothing stays changed.

    A server that is just starting is given `patience` seconds. Raises Unavailable with what to do.
    """
    with _connect(url, patience) as connection:
        version = connection.info.server_version // 10000
        if version < OLDEST:
            raise Unavailable("database_too_old", version=version, oldest=OLDEST)
        encoding = connection.execute("SHOW server_encoding").fetchone()
        if encoding != ("UTF8",):
            raise Unavailable("database_not_utf8", encoding=encoding[0] if encoding else "?")
        for extension in EXTENSIONS:
            _check_extension(connection, extension)
        _check_roles(connection)


def _connect(url: str, patience: float) -> psycopg.Connection:
    deadline = time.monotonic() + patience
    while True:
        try:
            return psycopg.connect(url, connect_timeout=5)
        except psycopg.ProgrammingError as error:
            raise Unavailable("database_url_invalid", variable="YIPAN_DATABASE_URL", why=_first_line(error)) from None
        except psycopg.OperationalError as error:
            starting = "starting up" in str(error) or "not yet accepting" in str(error)
            if not starting or time.monotonic() > deadline:
                raise Unavailable("database_unreachable", where=place_of(url), why=_first_line(error)) from None
            time.sleep(0.2)


def _check_extension(connection: psycopg.Connection, extension: str) -> None:
    """Try it in a transaction that is rolled back; the database's owner may create both, for they are trusted."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    except psycopg.Error as error:
        raise Unavailable("database_lacks_extension", extension=extension, why=_first_line(error)) from None


def _check_roles(connection: psycopg.Connection) -> None:
    """Whether the user may take on the roles of persons, or may make them; tried and rolled back."""
    from yipan.base.access import persons  # loads a part of Django, which only a start needs

    try:
        with connection.transaction(force_rollback=True):
            connection.execute(persons.MAKE)
            for role in persons.ROLES:
                connection.execute("SELECT set_config('role', %s, true), set_config('role', 'none', true)", [role])
    except psycopg.Error as error:
        what = {"roles": ", ".join(persons.ROLES), "user": connection.info.user, "commands": persons.BY_HAND}
        raise Unavailable("database_lacks_roles", why=_first_line(error), **what) from None


def place_of(url: str) -> str:
    """Host and database of a URL as a person would say them, without the password."""
    parts = conninfo_to_dict(url)
    host, port = parts.get("host") or "localhost", parts.get("port") or 5432
    return f"{host}:{port}/{parts.get('dbname') or ''}"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
