"""Make a database cluster, and the role and database that Yipan uses in it."""

from __future__ import annotations

import locale
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from yipan.kernel.errors import Unavailable
from yipan.server.embedded.place import Place

ADMINISTRATOR = "postgres"
ROLE = "yipan"
DATABASE = "yipan"
CHARACTER_TYPES = ("C.UTF-8", "C.utf8", "en_US.UTF-8")


def make(place: Place, *, forgetful: bool = False) -> None:
    """Run `initdb` with checksums and password authentication. Interrupted half-way, it leaves nothing behind."""
    new = place.base / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    password = place.base / "initdb.password"
    try:
        for path in (new, password):
            path.mkdir(mode=0o700) if path is new else path.touch(mode=0o600)
            place.account.own(path)
        password.write_text(place.password(ADMINISTRATOR))
        command = _initdb(place, new, password) + (["--no-sync"] if forgetful else [])
        child = subprocess.run(command, check=False, capture_output=True, **place.account.child())
    finally:
        password.unlink(missing_ok=True)
    if child.returncode != 0:
        place.log.write_bytes(child.stdout + child.stderr)
        raise Unavailable("database_did_not_start", log=str(place.log))
    new.rename(place.data)


def _initdb(place: Place, data: Path, password: Path) -> list[str]:
    """Texts sort by code point on every machine; the character type makes Chinese characters count as letters."""
    return [
        place.program("initdb"),
        f"--pgdata={data}",
        f"--username={ADMINISTRATOR}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        f"--locale={_character_type()}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]


def _character_type() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in CHARACTER_TYPES:
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def provision(place: Place, sockets: Path) -> None:
    """Make the roles and the database if they are not there. `ROLE` owns its database and is no superuser."""
    from yipan.base.access import persons  # loads a part of Django, which only a start needs

    with connect(place, sockets) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            statement = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(ROLE), sql.Literal(place.password(ROLE))))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            statement = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))
        connection.execute(persons.MAKE)
        roles = sql.SQL(", ").join(map(sql.Identifier, persons.ROLES))
        connection.execute(sql.SQL("GRANT {} TO {}").format(roles, sql.Identifier(ROLE)))


def connect(place: Place, sockets: Path) -> psycopg.Connection:
    """A connection of the administrator, each statement its own transaction."""
    return psycopg.connect(
        host=str(sockets),
        port=5432,
        user=ADMINISTRATOR,
        password=place.password(ADMINISTRATOR),
        dbname="postgres",
        connect_timeout=5,
        autocommit=True,
    )
