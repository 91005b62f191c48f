"""`yipan backup archive`: carry PostgreSQL's journal away as it is written, sealed, for as long as it runs.

`pg_receivewal` streams it into the state directory; whole segments are sealed into the archive at once, the one that is
being written every few seconds. A replication slot keeps what was not fetched yet. So a lost machine costs the last
seconds, and a restore can stop at any moment between.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import signal
import subprocess
import threading
import time
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from yipan import __version__
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, Unavailable
from yipan.server import environment
from yipan.server.backup import folder, programs, sealed, source, wal
from yipan.server.backup.keys import Key
from yipan.server.backup.source import Source

log = logging.getLogger(__name__)

SLOT = "yipan_archive"
STAGING = "wal-staging"
LOOK_SECONDS = 1.0
CATCH_UP_SECONDS = 10.0
SEAL_SECONDS = 5.0  # how much of the newest journal a lost machine may cost
MOST_STAGED = 64  # segments of 16 MB that wait for an archive that cannot be written; the server keeps the others
LOST = ("has already been removed", "can no longer get changes", "has been invalidated", "can no longer access")


class Archiver:
    """Fetches the journal of `origin` into `archive` by way of `staging`."""

    def __init__(self, origin: Source, archive: Path, staging: Path, key: Key) -> None:
        self._origin, self._archive, self._staging, self._key = origin, archive, staging, key
        self._child: subprocess.Popen[bytes] | None = None
        self._sealed: dict[str, int] = {}  # what was sealed of a segment that is being written: its time of change
        for directory in (archive, staging):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._said = staging / "messages"

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`. What cannot be written now is tried again."""
        waited = SEAL_SECONDS
        try:
            while not stop.is_set():
                self._keep_fetching()
                try:
                    self.seal(partial=waited >= SEAL_SECONDS)
                except OSError as error:
                    log.error("the WAL archive cannot be written: %s", error)
                waited = 0.0 if waited >= SEAL_SECONDS else waited + LOOK_SECONDS
                stop.wait(LOOK_SECONDS)
        finally:
            self._catch_up()
            self._end()
            self.seal(partial=True)

    def seal(self, *, partial: bool) -> list[Path]:
        """Seal every whole segment and, with `partial`, the one that is being written; return what was written."""
        written = []
        for path in sorted(self._staging.iterdir()):
            if wal.SEGMENT.fullmatch(path.name) or wal.HISTORY.fullmatch(path.name):
                written.append(self._seal(path))
                path.unlink()
                (self._archive / f"{path.name}{wal.PARTIAL}{wal.SUFFIX}").unlink(missing_ok=True)
                self._sealed.pop(path.name + wal.PARTIAL, None)
            elif partial and path.suffix == wal.PARTIAL:
                changed = path.stat().st_mtime_ns
                if self._sealed.get(path.name) != changed:
                    written.append(self._seal(path))
                    self._sealed[path.name] = changed
        return written

    def _seal(self, path: Path) -> Path:
        target = self._archive / f"{path.name}{wal.SUFFIX}"
        half = target.with_name(target.name + folder.HALF)
        about = {"what": "wal", "created": clock.now().isoformat(), "yipan": __version__, "name": path.name}
        with path.open("rb") as plain, half.open("wb") as file:
            writer = sealed.Writer(file, self._key, about)
            shutil.copyfileobj(plain, writer, sealed.CHUNK)
            writer.finish()
            file.flush()
            folder.sync(half)
        half.rename(target)
        folder.sync(self._archive)
        return target

    def _keep_fetching(self) -> None:
        """Start `pg_receivewal` when it does not run, and stop it while too much waits."""
        if len(list(self._staging.iterdir())) > MOST_STAGED:
            self._end()
            return
        if self._child is not None and self._child.poll() is None:
            return
        said = self._said.read_text(errors="replace") if self._child is not None else ""
        if said:
            log.warning("the journal is fetched again: %s", said.strip().splitlines()[-1])
        self._make_slot(anew=any(words in said for words in LOST))
        where, variables = programs.connection(self._origin.url)
        command = [programs.find("pg_receivewal", server=self._origin.major), "--dbname", where, "--no-password"]
        command += ["--directory", str(self._staging), "--slot", SLOT, "--no-loop", "--status-interval=1"]
        with self._said.open("wb") as messages:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=messages, stderr=messages, env=variables
            )

    def _catch_up(self) -> None:
        """Before an orderly end: wait until what is committed by now was fetched. A dead server is not waited for."""
        deadline = time.monotonic() + CATCH_UP_SECONDS
        fetched = (
            "SELECT coalesce(bool_or(write_lsn >= %s::pg_lsn), false) FROM pg_stat_replication r"
            " JOIN pg_replication_slots s ON s.active_pid = r.pid WHERE s.slot_name = %s"
        )
        with contextlib.suppress(Unavailable, psycopg.Error), source.connect(self._origin.url) as connection:
            position = connection.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
            while connection.execute(fetched, [position and position[0], SLOT]).fetchone() != (True,):
                if time.monotonic() > deadline:
                    log.warning("the end of the journal was not fetched in time")
                    return
                time.sleep(0.1)

    def _make_slot(self, *, anew: bool) -> None:
        """The slot that makes the server keep what was not fetched; `anew` when it gave that up meanwhile."""
        with source.connect(self._origin.url) as connection:
            if anew:
                log.error("part of the journal was lost before it was fetched: make a backup now (yipan backup)")
                connection.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
                for path in self._staging.glob(f"*{wal.PARTIAL}"):
                    path.unlink()
            there = connection.execute("SELECT 1 FROM pg_replication_slots WHERE slot_name = %s", [SLOT]).fetchone()
            if there is None:
                make = sql.SQL("SELECT pg_create_physical_replication_slot({}, true)")
                connection.execute(make.format(sql.Literal(SLOT)))

    def _end(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            self._child.wait(30)
        self._child = None


def thin(archive: Path, oldest: Path) -> int:
    """Remove what was archived before the oldest backup that is kept was begun; how many files that were.

    A backup carries the journal of its own time, so nothing that was complete before it is needed.
    """
    began, removed = _created(oldest), 0
    for path in archive.glob(f"*{wal.SUFFIX}"):
        if wal.SEGMENT.fullmatch(wal.segment(path)) and _created(path) < began:
            path.unlink()
            removed += 1
    return removed


def _created(path: Path) -> datetime:
    return datetime.fromisoformat(sealed.about(path)["created"])


def serve() -> None:
    """Archive the journal of this installation until SIGTERM or Ctrl-C.

    Raises InvalidInput("wal_no_archive" or "backup_needs_replication").
    """
    state = environment.state_directory()
    origin = source.of(state)
    place = wal.directory(origin.system)
    if place is None:
        raise InvalidInput("wal_no_archive")
    if not origin.may_replicate:
        raise InvalidInput("backup_needs_replication")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Archiver(origin, place, state / STAGING, Key.for_sealing()).run(stop)
