"""Child processes: started again when they die, stopped when asked, gone when their supervisor is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from yipan.server import children
from yipan.server.children import Child, Children, Job

PATIENCE = 20.0


def until(condition: object, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


@pytest.fixture
def pipe() -> Iterator[int]:
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    yield reading
    os.close(reading)
    os.close(writing)


def child(code: str, lifeline: int) -> Child:
    return Child("test", [sys.executable, "-c", textwrap.dedent(code)], dict(os.environ), lifeline)


def test_a_dead_child_comes_back_after_a_growing_pause(pipe: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each death is told once with its code, and the pause doubles up to its limit."""
    monkeypatch.setattr(children, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(children, "LONGEST_WAIT", 0.03)
    failing = child("raise SystemExit(3)", pipe)
    failing._wait = children.FIRST_WAIT
    failing.start()
    deaths: list[tuple[int, float]] = []
    deadline = time.monotonic() + PATIENCE
    while len(deaths) < 4 and time.monotonic() < deadline:
        if death := failing.watch():
            deaths.append(death)
    assert deaths == [(3, 0.01), (3, 0.02), (3, 0.03), (3, 0.03)]


def test_a_child_that_does_not_listen_is_killed(pipe: int, tmp_path: Path) -> None:
    """After the time to stop has passed, even a child that ignores SIGTERM is gone."""
    ready = tmp_path / "ready"
    deaf = child(
        f"""
        import pathlib, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        pathlib.Path({str(ready)!r}).touch()
        time.sleep(600)
        """,
        pipe,
    )
    deaf.start()
    until(ready.exists, "the child did not start")
    pid = deaf.pid
    assert pid is not None
    deaf.ask_to_stop()
    deaf.wait_or_kill(time.monotonic() + 0.1)
    assert not alive(pid)


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    """A supervisor that gets no chance to stop anything (kill -9) still leaves no child behind."""
    told = tmp_path / "pid"
    worker = (
        "import os, pathlib, time; from yipan.server import lifeline; lifeline.hold();"
        f"p = pathlib.Path({str(told)!r}); p.with_suffix('.new').write_text(str(os.getpid()));"
        "p.with_suffix('.new').rename(p); time.sleep(600)"
    )
    supervisor = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time\n"
            "from yipan.server.children import Children, Job\n"
            f"Job.command = lambda self: [sys.executable, '-c', {worker!r}]\n"
            "Children([Job('test', ())], os.environ).start()\n"
            "time.sleep(600)\n",
        ]
    )
    try:
        until(told.exists, "the child did not start")
        pid = int(told.read_text())
        assert alive(pid)
    finally:
        supervisor.kill()
        supervisor.wait()
    until(lambda: not alive(pid), "the child outlived its supervisor")


def test_stopping_asks_all_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All children get their signal before anybody is waited for, and end with their own exit code."""
    code = (
        "import pathlib, signal, sys, time;"
        "signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path(sys.argv[1] + '.stopped').touch(), sys.exit(0)));"
        "pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
    )
    monkeypatch.setattr(Job, "command", lambda self: [sys.executable, "-c", code, *self.arguments])
    paths = [tmp_path / name for name in ("a", "b")]
    both = Children([Job(path.name, (str(path),)) for path in paths], os.environ)
    both.start()
    until(lambda: all(path.exists() for path in paths), "the children did not start")
    pids = [pid for pid in both.pids().values() if pid is not None]
    both.stop()
    assert [path.with_suffix(".stopped").exists() for path in paths] == [True, True]
    assert not any(alive(pid) for pid in pids)


def test_ctrl_c_reaches_the_supervisor_alone(pipe: int) -> None:
    """Children are in sessions of their own, so that the terminal's signal does not end them in any order."""
    sleeper = child("import time; time.sleep(600)", pipe)
    sleeper.start()
    assert sleeper.pid is not None
    assert os.getsid(sleeper.pid) == sleeper.pid
    os.kill(sleeper.pid, signal.SIGKILL)
    sleeper.wait_or_kill(time.monotonic() + PATIENCE)
