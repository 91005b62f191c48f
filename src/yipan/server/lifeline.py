"""A child process ends when its supervisor is gone, however that went: it holds the reading end of a pipe."""

from __future__ import annotations

import os
import signal
import threading

VARIABLE = "YIPAN_LIFELINE"


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
