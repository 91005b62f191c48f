"""Make one backup while everybody works on."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from yipan import __version__
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.server.backup import checking, folder, kept, programs, rows, source
from yipan.server.backup.checking import Report
from yipan.server.backup.keys import Key
from yipan.server.backup.parts import PartsWriter
from yipan.server.backup.sealed import Writer
from yipan.server.backup.source import LOGICAL, PHYSICAL, Source
from yipan.server.embedded.place import base_of

LOCK = 0x5949_5041_4E42  # "YIPANB": PostgreSQL's advisory lock that one backup holds
DATABASE = {PHYSICAL: checking.TAR, LOGICAL: checking.DUMP}
MEGABYTE = 1 << 20
SAMPLE_SECONDS = 0.2


@dataclass(slots=True)
class Facts:
    """What is known when the database is copied. Everything committed before `covers` is in the backup."""

    covers: datetime
    begins: str = ""  # WAL position where replay of a physical copy begins, and where it is consistent
    ends: str = ""
    counts: dict[str, int] = field(default_factory=dict)


def take(directory: Path, state: Path, *, wanted: str | None, key: Key, report: Report) -> tuple[Path, dict[str, Any]]:
    """Write a backup into `directory`, read it back, and only then give it its name. Returns path and manifest.

    Raises Conflict("backup_running") while another one is made of this database, Unavailable when the database or a
    program fails, InvalidInput when the kind that is wanted is not possible; no file is left then.
    """
    origin = source.of(state)
    kind = origin.kind(wanted)
    began = clock.now()
    path = directory.absolute() / folder.name(began)
    with source.connect(origin.url) as session:
        if session.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone() != (True,):
            raise Conflict("backup_running")
        with folder.new_file(path) as file:
            sealer = Writer(file, key, {**_header(origin, kind, began), "migrations": rows.migrations(session)})
            parts = PartsWriter(sealer)
            _carry_files(parts, state, origin)
            with parts.part(DATABASE[kind]) as sink:
                copy = _physical if kind == PHYSICAL else _logical
                facts = Facts(covers=clock.now())
                for block in copy(origin, session, facts, report):
                    sink.write(block)
            manifest = _manifest(facts, parts)
            with parts.part(checking.MANIFEST) as sink:
                sink.write(json.dumps(manifest, indent=1).encode())
            parts.end()
            sealer.finish()
        half = Path(file.name)
        try:
            checking.check(half, key=key, report=report)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
        return folder.complete(half), manifest


def _header(origin: Source, kind: str, began: datetime) -> dict[str, Any]:
    return {
        "what": "backup",
        "created": began.isoformat(),
        "yipan": __version__,
        "kind": kind,
        "origin": origin.origin,
        "postgres": origin.major,
        "system": origin.system,
    }


def _carry_files(parts: PartsWriter, state: Path, origin: Source) -> None:
    carried = [(f"state/{name}", path) for name, path in kept.files(state)]
    if origin.origin == source.EMBEDDED:
        base = base_of(state.resolve(), kept.DATABASE)
        carried += [(f"server/{path.name}", path) for path in sorted(base.glob(kept.PASSWORDS))]
    for name, path in carried:
        with parts.part(name) as sink:
            sink.write(path.read_bytes())


def _manifest(facts: Facts, parts: PartsWriter) -> dict[str, Any]:
    return {
        "covers": facts.covers.isoformat(),
        "begins": facts.begins,
        "ends": facts.ends,
        "counts": facts.counts,
        "parts": {name: digest.plain() for name, digest in parts.digests.items()},
    }


def _physical(origin: Source, session: psycopg.Connection, facts: Facts, report: Report) -> Iterator[bytes]:
    """The whole cluster as a tar stream, with the WAL that makes it consistent and PostgreSQL's own list of digests.

    A temporary slot keeps the server from recycling that WAL meanwhile. What was committed before a moment whose WAL
    position lies before the end of the copy is in it: `covers` is the last such moment that was looked at.
    """
    with session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        facts.counts = rows.counts(session)
    session.execute("SELECT pg_create_physical_replication_slot('yipan_backup_' || pg_backend_pid(), true, true)")
    (total,) = session.execute("SELECT sum(pg_database_size(oid)) FROM pg_database").fetchone() or (0,)
    where, variables = programs.connection(origin.url)
    command = [programs.find("pg_basebackup", server=origin.major), "--dbname", where, "--no-password", "--verbose"]
    command += ["--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--manifest-checksums=SHA256"]
    samples = [(clock.now(), _position(session))]
    done, due = 0, 0.0
    with programs.running(command, variables) as output:
        for block in output.blocks():
            yield block
            done += len(block)
            if time.monotonic() > due:
                samples.append((clock.now(), _position(session)))
                due = time.monotonic() + SAMPLE_SECONDS
                report("backup_copying", done // MEGABYTE, max(int(total), done) // MEGABYTE)
        facts.begins, facts.ends = _ends(output.said())
    end = _number(facts.ends)
    facts.covers = max(at for at, position in samples if _number(position) <= end)


def _logical(origin: Source, session: psycopg.Connection, facts: Facts, report: Report) -> Iterator[bytes]:
    """PostgreSQL's own dump of the database in one snapshot, in which the rows are counted too."""
    with session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot, total = session.execute(
            "SELECT pg_export_snapshot(), pg_database_size(current_database())"
        ).fetchone() or ("", 0)
        facts.counts = rows.counts(session)
        where, variables = programs.connection(origin.url)
        command = [programs.find("pg_dump", server=origin.major), "--dbname", where, "--no-password"]
        command += ["--format=custom", "--compress=0", f"--snapshot={snapshot}"]
        done = 0
        with programs.running(command, variables) as output:
            for block in output.blocks():
                yield block
                done += len(block)
                report("backup_copying", done // MEGABYTE, max(int(total), done) // MEGABYTE)


def _position(session: psycopg.Connection) -> str:
    (position,) = session.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone() or ("0/0",)
    return str(position)


def _ends(said: str) -> tuple[str, str]:
    """Where the copy begins and ends in the WAL, from what `pg_basebackup --verbose` says."""
    begins = re.search(r"write-ahead log start point: (\S+)", said)
    ends = re.search(r"write-ahead log end point: (\S+)", said)
    if begins is None or ends is None:
        raise programs.failed("pg_basebackup", said)
    return begins[1], ends[1]


def _number(position: str) -> int:
    high, low = position.split("/")
    return (int(high, 16) << 32) + int(low, 16)
