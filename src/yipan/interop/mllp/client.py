"""Sends messages over one MLLP connection and waits for each answer."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator

from yipan.codecs.hl7v2 import Message, ack, head
from yipan.codecs.hl7v2.framing import Decoder, frame
from yipan.kernel.errors import InvalidInput, Unavailable

_SILENCE = 1.0
"""Seconds to wait for an answer that comes only in some cases (MSH-15 ER or SU)."""


def send(
    host: str,
    port: int,
    messages: Iterable[bytes],
    tls: ssl.SSLContext | None = None,
    timeout: float = 30.0,
) -> Iterator[tuple[bytes, bytes | None]]:
    """Send each message and yield it with its acknowledgement, None when none came and none had to come.

    `timeout` in seconds, for connecting and for each answer. Raises Unavailable: `mllp_unreachable`, `mllp_no_answer`,
    `mllp_broken`.
    """
    try:
        connection = socket.create_connection((host, port), timeout)
        if tls is not None:
            connection = tls.wrap_socket(connection, server_hostname=host)
    except OSError as error:
        raise Unavailable("mllp_unreachable", host=host, port=port, reason=error.strerror or str(error)) from error
    with connection:
        answers = _Answers(connection)
        for message in messages:
            try:
                connection.sendall(frame(message))
                answer = answers.to(head(message), timeout)
            except TimeoutError as error:
                raise Unavailable("mllp_no_answer", host=host, port=port, seconds=timeout) from error
            except OSError as error:
                reason = error.strerror or str(error)
                raise Unavailable("mllp_broken", host=host, port=port, reason=reason) from error
            yield message, answer


def accepted(message: bytes, answer: bytes | None) -> bool:
    """True for AA and CA, and for silence where the sender of the message asked to hear only of failures or nothing."""
    if answer is not None:
        return ack.read_answer(answer).accepted
    header = head(message)
    return not ack.is_wanted(header, ack.immediate_level(header), ack.Outcome.ACCEPT)


class _Answers:
    """What the other side sends back on one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._decoder = Decoder()
        self._waiting: list[bytes] = []

    def to(self, message: Message, timeout: float) -> bytes | None:
        """The answer to `message`; answers to others, which came late, are passed over.

        Raises TimeoutError when one had to come and did not, OSError when the connection broke.
        """
        level = ack.immediate_level(message)
        wanted = [ack.is_wanted(message, level, outcome) for outcome in ack.Outcome]
        if not any(wanted):
            return None
        deadline = time.monotonic() + (timeout if all(wanted) else min(timeout, _SILENCE))
        try:
            while True:
                answer = self._next(deadline)
                if _answers(answer, message):
                    return answer
        except TimeoutError:
            if all(wanted):
                raise
            return None

    def _next(self, deadline: float) -> bytes:
        while not self._waiting:
            self._connection.settimeout(max(0.001, deadline - time.monotonic()))
            data = self._connection.recv(65536)
            if not data:
                raise ConnectionResetError("closed by the other side")
            self._waiting += self._decoder.feed(data)
        return self._waiting.pop(0)


def _answers(answer: bytes, message: Message) -> bool:
    """Whether `answer` names `message` in MSA-2, or nothing at all."""
    try:
        named = ack.read_answer(answer).control_id
    except InvalidInput:
        return True
    return named is None or named.strip() == message.control_id
