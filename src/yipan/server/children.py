"""The processes beside the supervisor: started together, started again when one dies, stopped in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yipan.server import lifeline

FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
GOOD_LIFE = 60.0  # after this long alive the next death counts as a first one
STOP_SECONDS = 15.0
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: a name for people and the arguments of `yipan`."""

    name: str
    arguments: tuple[str, ...]

    def command(self) -> list[str]:
        return [sys.executable, "-m", "yipan.server.cli", *self.arguments]


class Child:
    """One process that should always run."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], lifeline_end: int) -> None:
        self.name = name
        self._command = list(command)
        self._environment = {**environment, lifeline.VARIABLE: str(lifeline_end)}
        self._lifeline_end = lifeline_end
        self._process: subprocess.Popen[bytes] | None = None
        self._wait = FIRST_WAIT
        self._started = 0.0
        self._due = 0.0

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            env=self._environment,
            start_new_session=True,
            pass_fds=[self._lifeline_end],
        )
        self._started = time.monotonic()

    def watch(self) -> tuple[int, float] | None:
        """Start it again when its pause is over. On noticing a death: its exit code and the length of the pause."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self.start()
            return None
        code = self._process.poll()
        if code is None:
            return None
        if now - self._started > GOOD_LIFE:
            self._wait = FIRST_WAIT
        pause, self._wait = self._wait, min(self._wait * 2, LONGEST_WAIT)
        self._process, self._due = None, now + pause
        return code, pause

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        """Wait until it ended; what does not end in time is killed, with whatever it started."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None


class Children:
    """All of them. The supervisor calls `watch` about once a second."""

    def __init__(self, jobs: Sequence[Job], environment: Mapping[str, str]) -> None:
        reading, self._writing = os.pipe()
        os.set_inheritable(reading, True)
        self._reading = reading
        self._all = [Child(job.name, job.command(), environment, reading) for job in jobs]

    def start(self) -> None:
        for child in self._all:
            child.start()

    def pids(self) -> dict[str, int | None]:
        return {child.name: child.pid for child in self._all}

    def watch(self, tell: Callable[[str, int, float], None]) -> None:
        """Start again what died; `tell(name, exit code, seconds until it starts again)` for each death."""
        for child in self._all:
            if (death := child.watch()) is not None:
                tell(child.name, *death)

    def stop(self) -> None:
        """Ask all to stop, wait, and kill what does not listen."""
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._all:
            child.ask_to_stop()
        for child in self._all:
            child.wait_or_kill(deadline)
        os.close(self._writing)
        os.close(self._reading)
