"""Start, watch and stop the embedded PostgreSQL server."""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from yipan.kernel.errors import Unavailable
from yipan.server.embedded import cluster, postmaster
from yipan.server.embedded.place import Place, has_data, make_directory, prepare
from yipan.server.embedded.postmaster import Postmaster

OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "max_slot_wal_keep_size": "4GB",  # an archive that nobody fills must not fill the disk
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "autovacuum_naptime": "10s",  # after a load, and on the first day, plans without statistics are slow ones
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    # No rows and no statements in the log: they hold people's names and numbers.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200"}

START_SECONDS = 60.0
RECOVERY_SECONDS = 1800.0
ORPHAN_SECONDS = 10.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.05
NOT_OPEN = "not accepting connections"  # while a journal is replayed and nobody may look
LARGEST_LOG = 10_000_000


class Server:
    """One embedded server, held by one process at a time.

    `state` is the directory of Yipan's state and `name` that of the server in it. With `forgetful` nothing is forced to
    the disk: for tests. `options` are settings of PostgreSQL for this run. `say` gets codes of what takes long
    (`database_make`, `database_start`, `database_recover`).
    """

    def __init__(
        self,
        state: Path,
        name: str = "database",
        *,
        forgetful: bool = False,
        options: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda code: None,
    ) -> None:
        self._state = state.absolute()
        self._name = name
        self._forgetful = forgetful
        self._options = {**OPTIONS, **(FORGETFUL if forgetful else {}), **(options or {})}
        self._say = say
        self._lock: IO[str] | None = None
        self._place: Place | None = None
        self._sockets: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._patient_until = math.inf

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, or take over one that is running, and return its URL.

        Raises Unavailable when another process holds this server (`already_running`), or when it cannot be started.
        """
        make_directory(self._state)
        self._state = self._state.resolve()
        self._take_lock()
        try:
            self._place = prepare(self._state, self._name)
            if not (self._place.data / "PG_VERSION").exists():
                self._say("database_make")
                cluster.make(self._place, forgetful=self._forgetful)
            self.ensure()
            assert self._sockets is not None
            cluster.provision(self._place, self._sockets)
        except BaseException:
            self.stop()
            raise
        return self.url

    @property
    def url(self) -> str:
        """URL of the database for the role that owns it, which is no superuser."""
        assert self._place is not None
        assert self._sockets is not None
        password = quote(self._place.password(cluster.ROLE))
        return f"postgresql://{cluster.ROLE}:{password}@/{cluster.DATABASE}?host={quote(str(self._sockets), safe='')}"

    def ensure(self) -> bool:
        """Start the server if it does not run, and wait until it answers. True when it had to be started."""
        place = self._known_place()
        if self._child is not None:
            self._child.poll()  # a dead child stays in the table of processes until somebody asks for it
        if (live := postmaster.running(place.data)) is not None and live.sockets == self._sockets:
            return False
        deadline = time.monotonic() + START_SECONDS
        if live is None:
            self._say("database_start")
            self._patient_until = time.monotonic() + 1.0
            self._clear_remains(place)
            self._launch(place)
        else:
            self._sockets = live.sockets
        while not self._answers(place, deadline):
            if self._child is not None and self._child.poll() is not None:
                if time.monotonic() > deadline or not _worth_retrying(place.log):
                    raise Unavailable("database_did_not_start", log=str(place.log))
                time.sleep(0.5)  # an orphan of a killed server still holds the shared memory
                self._launch(place)
            time.sleep(POLL_SECONDS)
        return live is None

    def process(self) -> Postmaster | None:
        """The server's process, or None when it does not run."""
        return None if self._place is None else postmaster.running(self._place.data)

    def stop(self) -> None:
        """Stop the server (PostgreSQL's fast shutdown) and let go of it. Nothing happens to one that others hold."""
        if self._lock is None:
            return
        if (live := self.process()) is not None and not self._end(live.pid, signal.SIGINT, STOP_SECONDS):
            self._end(live.pid, signal.SIGQUIT, STOP_SECONDS)
        if self._sockets is not None and self._place is not None and self._sockets.parent != self._place.base:
            with contextlib.suppress(OSError):
                self._sockets.rmdir()
        self._child = self._sockets = None
        self._lock.close()
        self._lock = None

    def _end(self, pid: int, number: signal.Signals, seconds: float) -> bool:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._child is not None:
                self._child.poll()
            if self.process() is None:
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _known_place(self) -> Place:
        if self._place is None:
            raise RuntimeError("the server was never started")
        return self._place

    def _take_lock(self) -> None:
        path = self._state / f"{self._name}.lock"
        try:
            self._lock = path.open("a")
        except OSError:
            raise Unavailable("directory_unwritable", path=str(path), variable="YIPAN_STATE") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            raise Unavailable("already_running", path=str(self._state)) from None

    def _clear_remains(self, place: Place) -> None:
        """Wait for the processes that a killed server left behind, then remove what they can no longer need.

        The directory of the socket is this server's own. The lock file of the data goes only when it names a stranger:
        PostgreSQL also reads in it which shared memory to look at.
        """
        deadline = time.monotonic() + ORPHAN_SECONDS
        while (left := postmaster.orphans(place.data)) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        if left:
            return
        for path in (place.base / "run").glob(".s.PGSQL.*"):
            path.unlink(missing_ok=True)
        if postmaster.claimed_by_stranger(place.data):
            (place.data / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self, place: Place) -> None:
        if self._sockets is None or not self._sockets.is_dir():
            self._sockets = place.sockets()
        command = [place.program("postgres"), "-D", str(place.data), "-k", str(self._sockets)]
        for name, value in self._options.items():
            command += ["-c", f"{name}={value}"]
        if place.log.exists() and place.log.stat().st_size > LARGEST_LOG:
            place.log.replace(place.log.with_suffix(".log.1"))
        with place.log.open("ab") as log:
            self._child = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, **place.account.child()
            )

    def _answers(self, place: Place, deadline: float) -> bool:
        assert self._sockets is not None
        try:
            cluster.connect(place, self._sockets).close()
        except psycopg.OperationalError as error:
            text = str(error)
            if "starting up" in text or "recovery" in text or "not yet accepting" in text or NOT_OPEN in text:
                deadline += RECOVERY_SECONDS
                self._tell_recovery()
            elif "authentication failed" in text:
                raise Unavailable("database_password_lost", path=str(place.base)) from None
            if time.monotonic() > deadline:
                raise Unavailable("database_did_not_start", log=str(place.log)) from None
            return False
        return True

    def _tell_recovery(self) -> None:
        """Say once that the server replays its journal, when that takes longer than people expect."""
        if time.monotonic() > self._patient_until:
            self._patient_until = math.inf
            self._say("database_recover")


def running_url(state: Path, name: str = "database") -> str | None:
    """URL of a server that another process holds, or None when it does not run (yet)."""
    server = Server(state, name)
    server._place = prepare(state.resolve(), name)
    if (live := server.process()) is None:
        return None
    server._sockets = live.sockets
    return server.url


def administrator(state: Path, url: str, name: str = "database") -> str | None:
    """URL of the superuser in Yipan's database, when `url` names the embedded server of `state`; else None."""
    try:
        ours = has_data(state.resolve(), name) and running_url(state, name) == url
    except Unavailable:
        return None
    if not ours:
        return None
    password = quote(prepare(state.resolve(), name).password(cluster.ADMINISTRATOR))
    return url.replace(url.split("@")[0], f"postgresql://{cluster.ADMINISTRATOR}:{password}", 1)


def _worth_retrying(log: Path) -> bool:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2000))
        tail = file.read()
    return b"pre-existing shared memory block" in tail or b"lock file" in tail
