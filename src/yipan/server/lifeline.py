"""A child process ends when its supervisor is gone, however that went.

A child holds the reading end of a pipe; whoever works for a child that may be killed looks for its parent.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable

VARIABLE = "YIPAN_LIFELINE"
PARENT_SECONDS = 1.0
FINISH_SECONDS = 10.0
"""For requests in hand. Whoever starts Yipan again waits a little longer for its ports."""


def hold() -> None:
    """In a child: end this process as Ctrl-C would, as soon as the supervisor's end of the pipe is closed."""
    number = os.environ.pop(VARIABLE, None)
    if number is None:
        return
    descriptor = int(number)
    os.set_inheritable(descriptor, False)

    def watch() -> None:
        while os.read(descriptor, 64):
            continue
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


async def end_with_parent(before: Callable[[], None]) -> None:
    """Once the process that made this one is gone call `before`, then end as if told to, and at the latest after a
    while: nobody is left who would kill it, and it would keep the port. It may have gone before this was called.
    """
    parent = multiprocessing.parent_process()
    while parent is None or os.getppid() == parent.pid:
        await asyncio.sleep(PARENT_SECONDS)
    end = threading.Timer(FINISH_SECONDS, os._exit, [1])
    end.daemon = True
    end.start()
    before()
    os.kill(os.getpid(), signal.SIGTERM)
