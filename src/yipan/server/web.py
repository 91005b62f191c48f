"""The process that browsers talk to, and its workers."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
import time

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from yipan.server import environment
from yipan.server.metrics.sharing import shared

STOP_SECONDS = 10
WAKE_SECONDS = 0.5
MOST_REQUESTS = 10_000  # at once in one process; each open stream of live updates counts as one


class WebServer(Granian):  # type: ignore[misc, valid-type]  # chosen at import by the kind of Python
    """Granian waits for open connections when it stops; streams of live updates never end by themselves.

    It also forgets that it was told to stop when that comes in the moment in which it notices a dead worker: its loop
    is woken by an event, and clears the event after it has looked. So it is woken until it stops.
    """

    def signal_handler_interrupt(self, *args: object, **more: object) -> None:
        super().signal_handler_interrupt(*args, **more)
        threading.Thread(target=self._wake, name="wake", daemon=True).start()

    def _wake(self) -> None:
        while True:
            time.sleep(WAKE_SECONDS)
            self.main_loop_interrupt.set()

    def _stop_workers(self) -> None:
        if seconds := environment.drain_seconds():
            self._tell(signal.SIGUSR2)  # say that others should be asked …
            time.sleep(seconds)  # … and answer until the balancer has noticed
        self._tell(signal.SIGUSR1)
        super()._stop_workers()

    def _tell(self, number: signal.Signals) -> None:
        for worker in self.wrks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.inner.pid, number)


def serve() -> None:
    """Serve pages, static files and live updates until SIGTERM or Ctrl-C."""
    host, port = environment.web_address()
    _allow_many_connections()
    with shared(environment.state_directory() / f"metrics-{port}"):
        _server(host, port).serve()


def _server(host: str, port: int) -> WebServer:
    return WebServer(
        "yipan.server.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=environment.web_workers(),
        http=HTTPModes.http1,
        websockets=False,
        backpressure=MOST_REQUESTS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    )


def _allow_many_connections() -> None:
    """Many systems let a process open 1,024 files unless it asks for more; each stream is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_REQUESTS if hard == resource.RLIM_INFINITY else min(2 * MOST_REQUESTS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
