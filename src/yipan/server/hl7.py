"""The process that hospital systems send HL7 v2 messages to, and that applies what was stored."""

from __future__ import annotations

import asyncio
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
from yipan.ui import messages

STORING_THREADS = 2
"""One batch of messages is read and sealed while the one before is written to the disk."""
GRACE_SECONDS = 10.0


def serve() -> None:
    """Listen until SIGTERM or Ctrl-C. A message that was acknowledged is stored, whatever happens then."""
    ending = threading.Event()
    applying = threading.Thread(target=listening.run, args=(ending, direct.connect), name="apply", daemon=True)
    applying.start()
    try:
        asyncio.run(_listen())
    finally:
        ending.set()
        applying.join(GRACE_SECONDS)


async def _listen() -> None:
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
                await stop.wait()
        finally:
            await listener.close()


def tls_context() -> ssl.SSLContext | None:
    """TLS when YIPAN_HL7_CERT and YIPAN_HL7_KEY are set; YIPAN_HL7_CA asks the sender for a certificate too."""
    cert, key, authority = (os.environ.get(f"YIPAN_HL7_{name}") for name in ("CERT", "KEY", "CA"))
    if not cert or not key:
        return None
    return server_context(Path(cert), Path(key), Path(authority) if authority else None)
