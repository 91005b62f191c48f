"""`yipan run` as a whole: everything comes up, what is killed comes back, and nothing is left when it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from yipan.kernel.errors import Unavailable
from yipan.server import run
from yipan.server.progress import Show
from yipan.server.run import Supervisor, health_of
from yipan.server.tests.test_web import database_url, free_port

PATIENCE = 120.0


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def offspring(pid: int) -> dict[int, str]:
    """Every process below `pid` and its command line."""
    found: dict[int, str] = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found[int(child)] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        found |= offspring(int(child))
    return found


def test_ports_of_a_killed_run_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that outlive their killed supervisor delay the next start; without that reason none waits."""
    with socket.create_server(("127.0.0.1", 0)) as leftover:
        monkeypatch.setenv("YIPAN_PORT", str(leftover.getsockname()[1]))
        monkeypatch.setenv("YIPAN_HL7_PORT", str(free_port()))
        with pytest.raises(Unavailable, match="port_in_use"):
            run.require_ports(0.0)
        monkeypatch.setattr(run.time, "sleep", lambda seconds: leftover.close())
        run.require_ports(60.0)


def test_a_database_that_cannot_start_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk keeps the database down: that is told, the other processes stay, and it is tried again later."""
    outcomes = [Unavailable("database_did_not_start", log="x"), Unavailable("database_did_not_start", log="x"), True]

    class Failing:
        def ensure(self) -> bool:
            outcome = outcomes.pop(0)
            if isinstance(outcome, Unavailable):
                raise outcome
            return outcome

    class Heard:
        lines: list[str] = []

        def line(self, text: str) -> None:
            self.lines.append(text)

        note = line

    monkeypatch.setattr(run, "DATABASE_WAIT", 0.0)
    with contextlib.ExitStack() as stack:
        supervisor = run.Supervisor(tmp_path, Heard(), stack, run.Ending())  # type: ignore[arg-type]
        supervisor._server = Failing()  # type: ignore[assignment]
        for _ in range(3):
            supervisor._look_after_database()
    assert outcomes == []
    assert len(Heard.lines) == 3
    assert Heard.lines[-1] == "database_restarted"


def test_an_end_that_was_asked_for_is_not_forgotten(tmp_path: Path) -> None:
    """Python drops what is raised while it tidies up; the next look ends the run all the same."""
    ending = run.Ending()

    class Tidied:
        def __del__(self) -> None:
            with contextlib.suppress(KeyboardInterrupt):  # as Python does here by itself, with a warning
                ending.hear(signal.SIGINT, None)

    with contextlib.ExitStack() as stack:
        supervisor = Supervisor(tmp_path, Show(), stack, ending)
        tidied = Tidied()
        del tidied
        with pytest.raises(KeyboardInterrupt):
            supervisor._tick()


def test_a_process_that_is_being_started_is_known_before_the_end() -> None:
    """A signal in between interrupts nothing; it counts when the block is over."""
    ending, known = run.Ending(), []

    def start() -> None:
        with ending.later():
            ending.hear(signal.SIGTERM, None)
            known.append("worker")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert known == ["worker"]
    with pytest.raises(KeyboardInterrupt):
        ending.hear(signal.SIGTERM, None)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """What is started hears Ctrl-C, also when a shell started the tests in the background and ignores it for them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.django_db(transaction=True)
def test_everything_starts_comes_back_and_stops(tmp_path: Path) -> None:
    """Health becomes `ok`; a killed worker is replaced and told; Ctrl-C ends all processes with exit code 0."""
    port = free_port()
    variables = {
        **os.environ,
        "LC_ALL": "C.UTF-8",
        "YIPAN_DATABASE_URL": database_url(),
        "YIPAN_STATE": str(tmp_path / "state"),
        "YIPAN_PORT": str(port),
        "YIPAN_HL7_PORT": str(free_port()),
        "YIPAN_DEMO": "0",
    }
    said = tmp_path / "said"
    with said.open("wb") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "yipan.server.cli", "run"], env=variables, stdout=output, stderr=output
        )
    try:
        until(lambda: "Stop with Ctrl-C." in said.read_text(), "it did not become ready")
        assert f"http://127.0.0.1:{port}" in said.read_text()
        assert "yipan-demo" not in said.read_text()
        assert health_of(f"http://127.0.0.1:{port}")["status"] == "ok"
        everybody = offspring(supervisor.pid)
        (worker,) = (pid for pid, command in everybody.items() if command.strip().endswith(" worker"))
        os.kill(worker, signal.SIGKILL)
        until(lambda: "worker ended unexpectedly (code -9)" in said.read_text(), "nobody noticed")
        until(
            lambda: any(c.strip().endswith(" worker") and p != worker for p, c in offspring(supervisor.pid).items()),
            "the worker did not come back",
        )
        everybody |= offspring(supervisor.pid)
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(60) == 0
        assert said.read_text().splitlines()[-1] == f"Stopped. The data are kept in {tmp_path / 'state'}."
        assert [pid for pid in everybody if Path(f"/proc/{pid}").exists()] == []
        assert "Traceback" not in said.read_text()
    finally:
        supervisor.kill()
        supervisor.wait()


def test_the_journal_is_archived_only_where_an_archive_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process more with YIPAN_WAL_ARCHIVE, none without."""
    supervisor = Supervisor(Path(), Show(), ExitStack(), run.Ending())
    monkeypatch.delenv("YIPAN_WAL_ARCHIVE", raising=False)
    assert "archive" not in [job.name for job in supervisor._jobs()]
    monkeypatch.setenv("YIPAN_WAL_ARCHIVE", "/somewhere")
    assert [job.arguments for job in supervisor._jobs() if job.name == "archive"] == [("backup", "archive")]


def test_devices_are_answered_only_where_a_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process more with YIPAN_DICOM_PORT, none without: it would take 85 MB for nothing."""
    supervisor = Supervisor(Path(), Show(), ExitStack(), run.Ending())
    monkeypatch.delenv("YIPAN_DICOM_PORT", raising=False)
    assert "dicom" not in [job.name for job in supervisor._jobs()]
    monkeypatch.setenv("YIPAN_DICOM_PORT", "11112")
    assert [job.arguments for job in supervisor._jobs() if job.name == "dicom"] == [("dicom", "listen")]
