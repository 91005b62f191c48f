"""The process that devices ask for their worklist. It runs where YIPAN_DICOM_PORT names a port."""

from __future__ import annotations

import os
import signal
import ssl
import threading
from pathlib import Path

from django.utils import translation

from yipan.interop.dicom import worklist
from yipan.interop.mllp.tls import server_context
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.server import environment, presence
from yipan.ui import messages


def serve() -> None:
    """Answer until SIGTERM or Ctrl-C. Raises InvalidInput without a port, Unavailable when it cannot be opened."""
    address = environment.dicom_address()
    if address is None:
        raise InvalidInput("dicom_port_missing", variable="YIPAN_DICOM_PORT")
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    worklist.quiet()
    service = worklist.listen(
        *address, environment.dicom_title(), environment.dicom_charset(), tls=tls_context(), describe=in_english
    )
    try:
        with presence.shown("dicom"):
            ending.wait()
    finally:
        service.close()


def in_english(error: YipanError) -> str:
    """The sentence of an error for a device's log: what every device can show."""
    with translation.override("en"):
        return messages.of_error(error)


def tls_context() -> ssl.SSLContext | None:
    """TLS when YIPAN_DICOM_CERT and YIPAN_DICOM_KEY are set; YIPAN_DICOM_CA asks the device for a certificate too."""
    cert, key, authority = (os.environ.get(f"YIPAN_DICOM_{name}") for name in ("CERT", "KEY", "CA"))
    if not cert or not key:
        return None
    return server_context(Path(cert), Path(key), Path(authority) if authority else None)
