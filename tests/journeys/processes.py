"""The server's own processes, started on the tests' database as the supervisor starts them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.db import connections

PATIENCE = 60.0
STOP_SECONDS = 15.0


def database_url() -> str:
    """The tests' database, for another process."""
    told = connections["default"].settings_dict
    assert told["NAME"].startswith("test_"), "pytest-django made no database for these tests"
    login = quote(told["USER"]) + (":" + quote(told["PASSWORD"]) if told["PASSWORD"] else "")
    return f"postgresql://{login}@/{told['NAME']}?host={quote(told['HOST'], safe='')}&port={told['PORT'] or 5432}"


def free_port() -> int:
    """A port of the loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(part: str, url: str, port: int, hl7_port: int, ready: Callable[[], object]) -> Iterator[None]:
    """`yipan <part>` until the block ends; the block begins when `ready()` no longer raises OSError."""
    variables = {
        **os.environ,
        "YIPAN_DATABASE_URL": url,
        "YIPAN_PORT": str(port),
        "YIPAN_HL7_PORT": str(hl7_port),
        "YIPAN_SECRET_KEY": settings.SECRET_KEY,
        "YIPAN_DEMO": "0",
    }
    command = [sys.executable, "-m", "yipan.server.cli", *part.split()]
    process = subprocess.Popen(command, env=variables, start_new_session=True)
    try:
        _wait(process, part, ready)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answers(port: int) -> Callable[[], object]:
    """A probe: does the web process answer `/healthz`?"""

    def ask() -> None:
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        browser.request("GET", "/healthz")
        browser.getresponse().read()

    return ask


def listens(port: int) -> Callable[[], object]:
    """A probe: is the port open?"""
    return lambda: socket.create_connection(("127.0.0.1", port), 1).close()


def _wait(process: subprocess.Popen[bytes], part: str, ready: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, f"yipan {part} ended"
        try:
            ready()
        except OSError:
            assert time.monotonic() < deadline, f"yipan {part} does not answer"
            time.sleep(0.05)
        else:
            return
