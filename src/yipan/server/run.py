"""`yipan run`: everything that Yipan needs on one machine, started, watched and stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from yipan.kernel.errors import Unavailable
from yipan.server import environment, external, production, variables
from yipan.server.children import Children, Job
from yipan.server.cli import OTHER_NETWORK
from yipan.server.embedded import Server
from yipan.server.embedded.place import make_directory
from yipan.server.progress import Show
from yipan.server.speech import say, set_up_words

READY_SECONDS = 60.0
HANDOVER_SECONDS = 20.0
MARK = "running"
"""A file in the state directory while Yipan runs; found at a start, it tells that the run before was killed."""
TICK_SECONDS = 0.2
DATABASE_WAIT, LONGEST_DATABASE_WAIT = 1.0, 30.0
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending:
    """Whether somebody asked for the end. What is going on is interrupted; and it is remembered, for an exception that
    is raised while Python tidies up after itself, in `__del__` and the like, is dropped."""

    def __init__(self) -> None:
        self._asked = self._later = False

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal. Raises KeyboardInterrupt."""
        self._asked = True
        if not self._later:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def later(self) -> Iterator[None]:
        """What is begun in the block is finished first: who is just starting must be known, to be stopped."""
        self._later = True
        try:
            yield
        finally:
            self._later = False
        self.look()

    def look(self) -> None:
        """Raise KeyboardInterrupt when it was asked for."""
        if self._asked:
            raise KeyboardInterrupt


def run() -> None:
    """Start everything and stay until Ctrl-C or SIGTERM. Raises Unavailable with what is in the way."""
    ending = Ending()
    for number in ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, ending.hear)
    state = environment.state_directory()
    make_directory(state)
    set_up_words()
    os.environ.setdefault("YIPAN_SECRET_KEY", environment.secret_key(state))
    variables.check(os.environ)
    production.check_environment()
    environment.country()
    mark = state / MARK
    require_ports(HANDOVER_SECONDS if mark.exists() else 0.0)
    mark.touch()
    show = Show()
    for code, params in variables.unknown(os.environ):
        show.line(say(code, **params))
    with contextlib.ExitStack() as stack:
        try:
            Supervisor(state, show, stack, ending).run()
        except KeyboardInterrupt:
            for number in ENDS:
                signal.signal(number, signal.SIG_IGN)  # one is enough; a second must not interrupt the stopping
            show.line(say("step_stopping"))
    mark.unlink(missing_ok=True)
    show.line(say("step_stopped", path=str(state)))


def require_ports(patience: float) -> None:
    """Wait so many seconds for the ports: the processes of a run that was killed may still be finishing.

    Raises Unavailable when one stays in use.
    """
    deadline = time.monotonic() + patience
    for address, variable in (
        (environment.web_address(), "YIPAN_PORT"),
        (environment.hl7_address(), "YIPAN_HL7_PORT"),
        *([(dicom, "YIPAN_DICOM_PORT")] if (dicom := environment.dicom_address()) else []),
    ):
        while True:
            try:
                environment.require_free(address, variable)
                break
            except Unavailable:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(TICK_SECONDS)


class Supervisor:
    """One run. Whatever was started is registered in `stack`, which stops it in reverse order."""

    def __init__(self, state: Path, show: Show, stack: contextlib.ExitStack, ending: Ending) -> None:
        self._state = state
        self._show = show
        self._stack = stack
        self._ending = ending
        self._server: Server | None = None
        self._children: Children | None = None
        self._has_demo = False
        self._database_due, self._database_wait = 0.0, DATABASE_WAIT

    def run(self) -> None:
        told = self._variables(self._database())
        with self._show.step(say("step_migrate")):
            self._finish(["migrate"], told, "migration_failed", quiet=True)
        if environment.wants_demo():
            self._show.line(say("step_demo"))
            self._has_demo = self._finish(["demo", "load"], told, "demo_failed", also=OTHER_NETWORK) == 0
        told["YIPAN_DEMO"] = "1" if self._has_demo else "0"
        with self._show.step(say("step_processes")):
            self._children = Children(self._jobs(), told)
            self._stack.callback(self._children.stop)
            with self._ending.later():
                self._children.start()
            waiting = self._wait_until_ready()
        self._greet(waiting)
        while True:
            self._tick()

    def _database(self) -> str:
        """URL of the database to use, which answers."""
        if url := os.environ.get("YIPAN_DATABASE_URL"):
            with self._show.step(say("database_check", where=external.place_of(url))):
                external.check(url)
            return url
        self._server = Server(self._state, say=self._tell_database)
        self._stack.callback(self._server.stop)
        with self._show.step(say("database_start")):
            return self._server.start()

    def _variables(self, url: str) -> dict[str, str]:
        return {
            # Each thread of glibc keeps memory of its own for later; ten idle ones keep a hundred megabytes.
            "MALLOC_ARENA_MAX": "2",
            **os.environ,
            "YIPAN_DATABASE_URL": url,
            "YIPAN_STATE": str(self._state),
            "YIPAN_SECRET_KEY": environment.secret_key(self._state),
        }

    def _jobs(self) -> list[Job]:
        jobs = [Job("web", ("web",)), Job("worker", ("worker",)), Job("hl7", ("hl7", "listen"))]
        if environment.dicom_address():
            jobs.append(Job("dicom", ("dicom", "listen")))
        if os.environ.get("YIPAN_WAL_ARCHIVE"):
            jobs.append(Job("archive", ("backup", "archive")))
        if self._has_demo:
            jobs.append(Job("demo", ("demo", "feed")))
        return jobs

    def _finish(
        self, arguments: list[str], variables: dict[str, str], code: str, *, quiet: bool = False, also: int = 0
    ) -> int:
        """Run a `yipan` command to its end and return its exit code, 0 or `also`.

        Raises Unavailable(code) for any other, after showing what a quiet command said.
        """
        output = subprocess.PIPE if quiet else None
        job = Job(arguments[0], tuple(arguments))
        with subprocess.Popen(
            job.command(), env=variables, stdout=output, stderr=output and subprocess.STDOUT
        ) as child:
            said, _ = child.communicate()
        if child.returncode not in (0, also):
            sys.stderr.write((said or b"").decode(errors="replace"))
            raise Unavailable(code)
        return child.returncode

    def _wait_until_ready(self) -> list[str]:
        """Wait until `/healthz` is content; the parts that are not ready when patience ends."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            health = health_of(environment.web_url())
            if health.get("status") == "ok":
                return []
            if time.monotonic() > deadline:
                parts = health.get("parts", {})
                return [name for name, part in parts.items() if not part.get("ok")] or ["web"]
            self._tick()

    def _greet(self, waiting: list[str]) -> None:
        if waiting:
            self._show.line(say("not_ready_in_time", parts=", ".join(waiting)))
        host, port = environment.hl7_address()
        self._show.line("")
        self._show.line(say("ready_address", url=environment.web_url()))
        self._show.line(say("ready_hl7", host=host, port=str(port)))
        if dicom := environment.dicom_address():
            title = environment.dicom_title()
            self._show.line(say("ready_dicom", host=dicom[0], port=str(dicom[1]), title=title))
        if self._has_demo:
            from yipan.server import demo

            self._show.line(say("ready_logins"))
            for line in demo.logins():
                self._show.line(f"  {line}")
        self._show.line(say("ready_stop"))

    def _tick(self) -> None:
        """Look after the database and the processes, then rest a moment."""
        self._ending.look()
        self._look_after_database()
        if self._children is not None:
            with self._ending.later():
                self._children.watch(self._tell_death)
        time.sleep(TICK_SECONDS)

    def _look_after_database(self) -> None:
        """Start the database again when it ended. When it cannot start (a full disk), say so and try again later."""
        if self._server is None or time.monotonic() < self._database_due:
            return
        try:
            if self._server.ensure():
                self._show.note("database_restarted")
            self._database_wait = DATABASE_WAIT
        except Unavailable as error:
            self._show.line(say(error.code, **error.params))
            self._database_due = time.monotonic() + self._database_wait
            self._database_wait = min(self._database_wait * 2, LONGEST_DATABASE_WAIT)

    def _tell_database(self, code: str) -> None:
        if code != "database_start":  # the step says so itself
            self._show.note(code)

    def _tell_death(self, name: str, code: int, pause: float) -> None:
        self._show.line(say("child_died", name=name, code=code, seconds=f"{pause:.0f}"))


def health_of(url: str) -> dict[str, Any]:
    """What `/healthz` says, or an empty dict while nobody answers."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310 - our own address
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with contextlib.suppress(ValueError):
            return dict(json.load(error))
    except (OSError, ValueError):
        pass
    return {}
