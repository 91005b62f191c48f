"""The process that hospital systems send HL7 v2 messages to, and its children that apply what was stored."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yipan.interop import inbound, listening
from yipan.interop.gathering import Gathering
from yipan.interop.mllp.server import listen
from yipan.interop.mllp.tls import server_context
from yipan.server import direct, environment, presence
from yipan.server.children import Children, Job
from yipan.ui import messages

STORING_THREADS = 1
"""With more, batches become smaller, and each costs the same work: on two cores that is slower."""
GRACE_SECONDS = 10.0
WATCH_SECONDS = 0.5
NICENESS = 5

log = logging.getLogger(__name__)


def serve() -> None:
    """Listen until SIGTERM or Ctrl-C. A message that was acknowledged is stored, whatever happens then.

    What was stored is applied by processes of their own, so that neither takes processor time from the other's.
    """
    ending, listening_now = threading.Event(), threading.Event()
    applying = Children(jobs(), os.environ)
    watching = threading.Thread(target=_look_after, args=(applying, listening_now, ending), name="watch", daemon=True)
    watching.start()
    try:
        asyncio.run(_listen(listening_now))
    finally:
        ending.set()
        listening_now.set()
        watching.join(GRACE_SECONDS)
        applying.stop()


def jobs() -> list[Job]:
    """The processes that apply."""
    return [Job(f"apply {number}", ("hl7", "apply")) for number in range(1, environment.appliers() + 1)]


def apply() -> None:
    """Apply stored messages until SIGTERM or Ctrl-C, after those who store and those who look at pages."""
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    _give_way()
    with presence.shown("apply"):
        listening.run(ending, direct.connect)


def _give_way() -> None:
    """Take the processor after those who store and those who look at pages."""
    os.nice(NICENESS)
    # Where Linux groups processes by session, niceness counts within a group only; the group has one of its own.
    group = Path("/proc/self/autogroup")
    with contextlib.suppress(OSError, ValueError):
        group.write_text(str(int(group.read_text().split()[-1]) + NICENESS))


def _look_after(applying: Children, listening_now: threading.Event, ending: threading.Event) -> None:
    """Start them once somebody listens, so that they do not keep senders waiting; then again when one died."""
    listening_now.wait()
    if not ending.is_set():
        applying.start()
        _watch(applying, ending)


def _watch(applying: Children, ending: threading.Event) -> None:
    """Start an applying process again when it died."""
    while not ending.wait(WATCH_SECONDS):
        applying.watch(lambda name, code, pause: log.error("%s ended (%d); again in %g s", name, code, pause))


async def _listen(listening_now: threading.Event) -> None:
    """Store messages in threads; the event loop stays free for those who are still sending."""
    host, port = environment.hl7_address()
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with ThreadPoolExecutor(STORING_THREADS, thread_name_prefix="store") as threads:
        gathering = Gathering(inbound.receive_all, threads, STORING_THREADS)
        listener = await listen(host, port, gathering.take, tls=tls_context(), describe=messages.of_error)
        try:
            with presence.shown("hl7"):
                listening_now.set()
                await stop.wait()
        finally:
            await listener.close()


def tls_context() -> ssl.SSLContext | None:
    """TLS when YIPAN_HL7_CERT and YIPAN_HL7_KEY are set; YIPAN_HL7_CA asks the sender for a certificate too."""
    cert, key, authority = (os.environ.get(f"YIPAN_HL7_{name}") for name in ("CERT", "KEY", "CA"))
    if not cert or not key:
        return None
    return server_context(Path(cert), Path(key), Path(authority) if authority else None)
