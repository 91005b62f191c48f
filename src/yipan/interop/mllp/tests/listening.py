"""A listener in a thread of its own, for tests of what talks to it; certificates made on the spot."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from yipan.codecs.hl7v2 import ack, head
from yipan.interop.mllp.server import Handle, Limits, listen
from yipan.kernel.ids import new_id

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl command to make a certificate")


def message(control_id: str = "M1", accept: str = "", application: str = "", version: str = "2.5") -> bytes:
    """A small ADT message."""
    header = f"MSH|^~\\&|HIS|CITY|YIPAN|NET|20260301||ADT^A08|{control_id}|P|{version}|||{accept}|{application}"
    return f"{header}\rPID|1||P1\r".encode()


def reply(raw: bytes, outcome: ack.Outcome = ack.Outcome.ACCEPT, text: str | None = None) -> bytes | None:
    """The acknowledgement of a message."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return ack.immediate(head(raw), outcome, text=text, control_id=new_id().hex[:20], at=at)


async def accept_all(raw: bytes, peer: str) -> bytes | None:
    return reply(raw)


@contextmanager
def running(handle: Handle, tls: ssl.SSLContext | None = None, limits: Limits = Limits()) -> Iterator[int]:
    """A listener while the block runs; gives its port."""
    started = threading.Event()
    ports: list[int] = []
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        listener = await listen("127.0.0.1", 0, handle, tls=tls, limits=limits)
        stop = asyncio.Event()
        ports.append(listener.port)
        ends.append((asyncio.get_running_loop(), stop))
        started.set()
        await stop.wait()
        await listener.close()

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    started.wait(10)
    try:
        yield ports[0]
    finally:
        loop, stop = ends[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*make.split(), *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key
