"""A database server of its own that forgets nothing, and Yipan's processes on it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from yipan.server.embedded import Server

PATIENCE = 120.0


@contextmanager
def database(directory: Path) -> Iterator[str]:
    """An embedded server with its ordinary, durable settings, migrated; Django is set up on it."""
    with Server(directory / "state") as server:
        os.environ["YIPAN_DATABASE_URL"] = server.url
        os.environ["YIPAN_STATE"] = str(directory / "state")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yipan.server.settings")
        os.environ["YIPAN_SECRET_KEY"] = "benchmarks-only"
        os.environ["YIPAN_DEMO"] = "0"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        from yipan.base.vault import keys

        keys.make()
        yield server.url


@contextmanager
def running(*arguments: str, ready: Callable[[], object], **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """`yipan …` in a session of its own until the block ends; the block begins when `ready()` raises no OSError."""
    process = subprocess.Popen(
        [sys.executable, "-m", "yipan.server.cli", *arguments],
        env={**os.environ, **variables},
        start_new_session=True,
    )
    try:
        wait(ready, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait(ready: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Until `ready()` raises no OSError any more."""
    deadline = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, "the process ended"
        try:
            ready()
        except OSError:
            assert time.monotonic() < deadline, "the process does not answer"
            time.sleep(0.1)
        else:
            return


def listens(port: int) -> Callable[[], object]:
    return lambda: socket.create_connection(("127.0.0.1", port), 1).close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
