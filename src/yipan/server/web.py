"""The process that browsers talk to, and its workers."""

from __future__ import annotations

import contextlib
import os
import signal

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from yipan.server import environment

STOP_SECONDS = 10


class WebServer(Granian):  # type: ignore[misc, valid-type]  # chosen at import by the kind of Python
    """Granian waits for open connections when it stops; streams of live updates never end by themselves."""

    def _stop_workers(self) -> None:
        for worker in self.wrks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.inner.pid, signal.SIGUSR1)
        super()._stop_workers()


def serve() -> None:
    """Serve pages, static files and live updates until SIGTERM or Ctrl-C."""
    host, port = environment.web_address()
    WebServer(
        "yipan.server.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=environment.web_workers(),
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    ).serve()
