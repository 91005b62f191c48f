"""Processes whose parent was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, multiprocessing, os, signal, sys, time
from yipan.server import lifeline

def child(stubborn, late):
    signal.alarm(60)  # should it not end, the machine is not left with it
    lifeline.PARENT_SECONDS, lifeline.FINISH_SECONDS = 0.01, 0.05
    if stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("begun", flush=True)
    while late and os.getppid() == multiprocessing.parent_process().pid:
        time.sleep(0.01)
    asyncio.run(serve())

async def serve():
    looking = asyncio.create_task(lifeline.end_with_parent(lambda: print("streams closed", flush=True)))
    print("serving", flush=True)
    await asyncio.Event().wait()

if __name__ == "__main__":
    how = ("stubborn" in sys.argv, "late" in sys.argv)
    multiprocessing.get_context("spawn").Process(target=child, args=how).start()
    time.sleep(60)
"""


@pytest.mark.parametrize(
    "how",
    [
        pytest.param("", id="in order"),
        pytest.param("stubborn", id="with requests in hand: it would keep the port for ever"),
        pytest.param("late", id="whose parent was gone before it served"),
    ],
)
def test_an_orphan_closes_its_streams_and_ends(how: str, tmp_path: Path) -> None:
    """A web process whose parent was killed ends, whatever it was doing and however early that was."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with subprocess.Popen([sys.executable, program, how], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        for _ in range(1 if how == "late" else 2):
            parent.stdout.readline()
        os.kill(parent.pid, signal.SIGKILL)
        rest = parent.communicate(timeout=30)[0]  # the pipe ends with the child, which holds it
    assert rest.split() == ["serving"] * (how == "late") + ["streams", "closed"]
