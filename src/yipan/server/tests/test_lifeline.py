"""Processes whose parent was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]]).wait()"
CHILD = """
import asyncio, os, signal
from yipan.server import lifeline

signal.alarm(60)  # should it not end, the machine is not left with it
lifeline.PARENT_SECONDS, lifeline.FINISH_SECONDS = 0.01, 0.05
if {stubborn}:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

async def serve():
    looking = asyncio.create_task(lifeline.end_with_parent(os.getppid(), lambda: print("streams closed", flush=True)))
    print("serving", flush=True)
    await asyncio.Event().wait()

asyncio.run(serve())
"""


def told_by_an_orphan(*, stubborn: bool) -> list[str]:
    """What a child says until it has ended, after its parent was killed; `stubborn` children do not heed SIGTERM."""
    command = [sys.executable, "-c", PARENT, CHILD.format(stubborn=stubborn)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        first = parent.stdout.readline().strip()
        os.kill(parent.pid, signal.SIGKILL)
        return [first, *parent.communicate(timeout=30)[0].split("\n")]  # the pipe ends with the child, which holds it


def test_an_orphan_ends_in_order() -> None:
    """A process whose parent was killed closes its streams and ends."""
    assert told_by_an_orphan(stubborn=False) == ["serving", "streams closed", ""]


def test_an_orphan_that_cannot_finish_ends_all_the_same() -> None:
    """One that still has requests in hand ends after a while: it would keep the port for ever."""
    assert told_by_an_orphan(stubborn=True) == ["serving", "streams closed", ""]
