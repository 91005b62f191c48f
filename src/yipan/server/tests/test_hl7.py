"""The listener looks after the processes that apply."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from yipan.server import children, environment, hl7
from yipan.server.children import Children, Job

PATIENCE = 30.0


@pytest.fixture
def applying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    """Processes that stand in for those that apply, looked after as the listener does it."""
    monkeypatch.setattr(hl7, "WATCH_SECONDS", 0.01)
    monkeypatch.setattr(children, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(Job, "command", lambda job: [sys.executable, "-c", "import time; time.sleep(600)"])
    jobs = hl7.jobs()
    looked_after, ending = Children(jobs, os.environ), threading.Event()
    looked_after.start()
    watching = threading.Thread(target=hl7._watch, args=(looked_after, ending))
    watching.start()
    yield looked_after
    ending.set()
    watching.join(PATIENCE)
    looked_after.stop()


def test_a_killed_applier_is_started_again(applying: Children) -> None:
    """kill -9 of a process that applies: the listener starts another one in its place."""
    name, pid = next(iter(applying.pids().items()))
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while applying.pids()[name] in (None, pid):
        assert time.monotonic() < deadline, "nobody applies any more"
        time.sleep(0.01)
    assert len(applying.pids()) == len(hl7.jobs())


def test_as_many_appliers_as_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """YIPAN_HL7_APPLIERS says how many; each is a job of its own name."""
    monkeypatch.setenv("YIPAN_HL7_APPLIERS", "3")
    assert environment.appliers() == 3
    assert len({job.name for job in hl7.jobs()}) == 3
