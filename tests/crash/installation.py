"""One installation as a hospital starts it, `yipan run` with its own PostgreSQL, and the ways to kill its parts."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.journeys.processes import free_port
from yipan.server.embedded import postmaster
from yipan.server.embedded.server import running_url
from yipan.server.run import health_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
TICK, LONG_TICK = 0.05, 0.5
PARTS = ("web", "worker", "hl7", "postgres", "supervisor")
TOGETHER = "everything"


class Installation:
    """A running Yipan below `folder`, which the database's user must be able to reach."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.state = folder / "var"
        self.port, self.hl7_port = free_port(), free_port()
        self.chance = chance
        self.starts = 0
        self.kills: dict[str, int] = {}
        self._said = folder / "said.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """`yipan run`, until it is ready."""
        with self._said.open("ab") as said:
            command = [sys.executable, "-m", "yipan.server.cli", "run"]
            self._process = subprocess.Popen(
                command, env=self._variables(), cwd=ROOT, stdout=said, stderr=said, start_new_session=True
            )
        self.starts += 1
        self.wait_until_ready()

    def stop(self) -> int:
        """As systemd does: SIGTERM, which is not ignored in the background of a shell as Ctrl-C is; the exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._kill(PARTS)
            return self._process.wait(PATIENCE)

    def kill(self, what: str) -> None:
        """kill -9 of one part, of several joined by "+", or of everything at once; a dead supervisor starts again."""
        parts = PARTS if what == TOGETHER else tuple(what.split("+"))
        self._kill(parts)
        self.kills[what] = self.kills.get(what, 0) + 1
        if "supervisor" in parts:
            assert self._process is not None
            self._process.wait(PATIENCE)
            self.start()

    def _kill(self, parts: tuple[str, ...]) -> None:
        victims = [pid for part in parts for pid in self.pids(part)]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def pids(self, part: str) -> list[int]:
        """The processes of a part. Of pages and listener either the parent, or who works for it, or both."""
        assert self._process is not None
        if part == "supervisor":
            return [self._process.pid]
        if part == "postgres":
            live = postmaster.running(self.state / "database" / "data")
            return [] if live is None else [live.pid]
        ends = {"web": "web", "worker": "worker", "hl7": "hl7 listen"}[part]
        found = [pid for pid in children(self._process.pid) if command_of(pid).endswith(f" {ends}")]
        if part in ("web", "hl7"):
            family = [[pid, *children(pid)] for pid in found]
            return [pid for whole in family for pid in self.chance.choice([whole, whole[:1], whole[1:] or whole])]
        return found

    def wait_until_ready(self) -> None:
        """Until every part is well, as `/healthz` sees it."""
        until(
            lambda: health_of(self.address).get("status") == "ok",
            lambda: f"not ready:\n{self.said()[-3000:]}",
            self,
            tick=LONG_TICK,
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def url(self) -> str:
        """URL of its database."""
        url = running_url(self.state)
        assert url is not None, "the database does not run"
        return url

    def said(self) -> str:
        """What it wrote to the terminal."""
        return self._said.read_text(errors="replace")

    def furnish(self, messages: int, bookings: int, senders: int) -> dict[str, Any]:
        """Write the hospital of `tests.crash.hospital` into it."""
        command = [sys.executable, "-m", "tests.crash.hospital", str(messages), str(bookings), str(senders)]
        variables = {**self._variables(), "YIPAN_DATABASE_URL": self.url()}
        done = subprocess.run(command, env=variables, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        return dict(json.loads(done.stdout))

    def program(self, module: str) -> subprocess.Popen[str]:
        """Another program on this database; it talks through its standard input and output."""
        return subprocess.Popen(
            [sys.executable, "-m", module],
            env={**self._variables(), "YIPAN_DATABASE_URL": self.url()},
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def _variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YIPAN_")}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C.UTF-8",
            "YIPAN_STATE": str(self.state),
            "YIPAN_PORT": str(self.port),
            "YIPAN_HL7_PORT": str(self.hl7_port),
            "YIPAN_SECRET_KEY": "crash-" * 9,
            "YIPAN_DEMO": "0",
        }


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def command_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    return ""


def until(
    condition: Callable[[], bool],
    what: Callable[[], object],
    alive: Installation | None = None,
    progress: Callable[[], int] = lambda: 0,
    tick: float = TICK,
) -> None:
    """Wait for a condition; fail with what it was when the installation ended, or nothing moved for too long."""
    deadline, last = time.monotonic() + PATIENCE, progress()
    while not condition():
        assert alive is None or alive.is_alive, f"yipan run ended; {what()}"
        if (now := progress()) != last:
            deadline, last = time.monotonic() + PATIENCE, now
        assert time.monotonic() < deadline, what()
        time.sleep(tick)
