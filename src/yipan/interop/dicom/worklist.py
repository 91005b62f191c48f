"""The worklist as a service: C-ECHO, and C-FIND of the Modality Worklist Information Model (PS3.4 Annex K).

A device is known by its AE title, which it tells when it connects; it is told what is planned on itself and nothing
else. Contents of questions and answers are never logged.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection
from pydicom import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind, Verification  # type: ignore[attr-defined]
from pynetdicom.transport import ThreadedAssociationServer

from yipan.codecs.dicom.worklist import answer, answer_charset, read_query
from yipan.kernel.errors import NotFound, Unavailable, YipanError
from yipan.lines.exams.wire import worklist

log = logging.getLogger(__name__)

SUCCESS, PENDING, CANCELLED = 0x0000, 0xFF00, 0xFE00
NOT_UNDERSTOOD, FAILED, UNKNOWN_DEVICE, BUSY = 0xA900, 0xC001, 0xC002, 0xA700
"""Statuses of C-FIND (PS3.4, table K.4-1; C000 to CFFF are failures of our own kind)."""
COMMENT_LENGTH = 64
CONNECTIONS = 64
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Listening:
    """A running service; `port` is the one in use."""

    server: ThreadedAssociationServer
    port: int

    def close(self) -> None:
        """Take no new associations, end those that are open."""
        self.server.ae.shutdown()


def listen(
    host: str,
    port: int,
    title: str,
    charset: str,
    *,
    tls: ssl.SSLContext | None = None,
    describe: Callable[[YipanError], str] = str,
) -> Listening:
    """Open the port and answer in threads until `close`. `describe` gives the sentence of an error comment.

    Raises Unavailable `dicom_port`.
    """
    entity = AE(ae_title=title)
    entity.maximum_associations = CONNECTIONS
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = SECONDS
    entity.add_supported_context(Verification)
    entity.add_supported_context(ModalityWorklistInformationFind)
    handlers: list[Any] = [(evt.EVT_C_ECHO, _echo), (evt.EVT_C_FIND, _find, [charset, describe])]
    try:
        server = entity.start_server((host, port), block=False, evt_handlers=handlers, ssl_context=tls)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable("dicom_port", host=host, port=port, reason=reason) from error
    assert server is not None, "without block=True it is one"
    assert server.socket is not None, "it listens"
    return Listening(server, int(server.socket.getsockname()[1]))


def _echo(event: evt.Event) -> int:
    return SUCCESS


def _find(
    event: evt.Event, charset: str, describe: Callable[[YipanError], str]
) -> Iterator[tuple[int | Dataset, Dataset | None]]:
    """The answers to one question, then its end. A failure is told to the device, with a comment people can read."""
    title = event.assoc.requestor.ae_title
    try:
        query = read_query(event.identifier)
        items = worklist.asked(title, first=query.first_day, last=query.last_day)
    except NotFound as error:
        log.warning("%s: no device with this AE title asks for a worklist", title[:16])
        yield _failure(UNKNOWN_DEVICE, describe(error)), None
        return
    except YipanError as error:
        yield _failure(NOT_UNDERSTOOD, describe(error)), None
        return
    except DatabaseError as error:
        log.warning("%s: the worklist cannot be read: %s", title[:16], type(error).__name__)
        yield _failure(BUSY, "database"), None
        return
    except Exception:
        log.exception("%s: the worklist cannot be told", title[:16])
        yield _failure(FAILED, "error"), None
        return
    finally:
        connection.close()  # of this association's thread
    told = answer_charset(query, charset)
    for item in filter(query.matches, items):
        if event.is_cancelled:
            yield CANCELLED, None
            return
        yield PENDING, answer(query, item, told)


def _failure(status: int, comment: str) -> Dataset:
    """A status with its comment, (0000,0902): at most 64 characters, and only such as every device can show."""
    told = Dataset()
    told.Status = status
    told.ErrorComment = comment.encode("ascii", "replace").decode()[:COMMENT_LENGTH]
    return told


def quiet() -> None:
    """pynetdicom's own log would tell names of patients at level DEBUG: nothing below warnings."""
    logging.getLogger("pynetdicom").setLevel(logging.WARNING)
