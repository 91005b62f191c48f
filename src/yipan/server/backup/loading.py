"""A dump back into an empty database."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from psycopg import sql

from yipan.kernel.errors import Conflict, Unavailable
from yipan.server import external
from yipan.server.backup import checking, programs, rows, source
from yipan.server.backup.checking import BLOCK, Content, Report
from yipan.server.backup.parts import PartReader


def require_empty(url: str) -> int:
    """The major version of the server at `url`.

    Raises what `external.check` raises, and Conflict("restore_database_not_empty") when the database has tables.
    """
    external.check(url)
    with source.connect(url) as connection:
        if rows.tables(connection):
            raise Conflict("restore_database_not_empty", where=external.place_of(url))
        return connection.info.server_version // 10000


def load(path: Path, url: str, *, carry: Callable[[PartReader], None], report: Report) -> Content:
    """Load the dump of a backup into the empty database at `url`, in one transaction: all of it or nothing.

    The whole file is read and checked before anything is written; parts other than the dump go to `carry`. Raises what
    `checking.read` raises, Conflict when the database is not empty, Unavailable("backup_program_failed").
    """
    major = require_empty(url)
    content = checking.check(path, report=report)
    where, variables = programs.connection(url)
    command = [programs.find("pg_restore", server=major, at_least=content.about["postgres"]), "--dbname", where]
    command += ["--no-password", "--single-transaction", "--exit-on-error"]
    command += ["--no-owner", "--no-privileges", "--no-comments"]  # the one who restores owns everything

    def handle(part: PartReader) -> None:
        if part.name == checking.DUMP:
            _feed(part, command, variables)
        else:
            carry(part)

    checking.read(path, handle, report=report)
    _forget_transactions(url)
    _compare(url, content)
    with source.connect(url) as connection:
        connection.execute("ANALYZE")  # a dump has no statistics, and whoever restores is in a hurry
    return content


def _feed(part: PartReader, command: list[str], variables: dict[str, str]) -> None:
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=errors, stderr=errors, env=variables) as child:
            assert child.stdin is not None
            try:
                while block := part.read(BLOCK):
                    child.stdin.write(block)
                child.stdin.close()
            except BrokenPipeError:  # it says why below
                pass
            except BaseException:
                child.kill()
                raise
        if child.returncode != 0:
            errors.seek(0)
            raise programs.failed(command[0], errors.read().decode(errors="replace"))


def _forget_transactions(url: str) -> None:
    """Let every row seem older than all that happens from now on.

    Rows remember the transaction that wrote them, so that readers find what is new. The numbers of another server mean
    nothing here, and larger ones would look new for ever.
    """
    with source.connect(url) as connection, connection.transaction():
        for schema, table, column in rows.transaction_numbers(connection):
            names = {"table": sql.Identifier(schema, table), "column": sql.Identifier(column)}
            connection.execute(sql.SQL("ALTER TABLE {table} DISABLE TRIGGER USER").format(**names))
            connection.execute(sql.SQL("UPDATE {table} SET {column} = '3'").format(**names))
            connection.execute(sql.SQL("ALTER TABLE {table} ENABLE TRIGGER USER").format(**names))


def _compare(url: str, content: Content) -> None:
    """Count the rows again. Raises Unavailable("restore_differs")."""
    with source.connect(url) as connection:
        have = rows.counts(connection)
    for table, want in content.manifest["counts"].items():
        if have.get(table) != want:
            raise Unavailable("restore_differs", table=table, have=have.get(table, 0), want=want)
