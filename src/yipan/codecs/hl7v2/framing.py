"""MLLP frames: 0x0B, the message, 0x1C 0x0D (HL7 Minimal Lower Layer Protocol, release 1)."""

from __future__ import annotations

from collections.abc import Iterator

from yipan.kernel.errors import InvalidInput

START, END = b"\x0b", b"\x1c\x0d"
MAX_FRAME = 16 * 1024 * 1024
"""Default limit of one message, in bytes."""


def frame(message: bytes) -> bytes:
    """The message in its frame. Raises InvalidInput `mllp_not_framable` when it holds framing bytes itself."""
    if START in message or END in message:
        raise InvalidInput("mllp_not_framable")
    return START + message + END


class Decoder:
    """Takes bytes as they arrive and gives back whole messages.

    Bytes between frames are noise and are dropped. A start byte inside a frame begins it anew: the sender broke off,
    was never answered, and sends again.
    """

    def __init__(self, max_frame: int = MAX_FRAME) -> None:
        self._max = max_frame
        self._buffer = bytearray()
        self._open = False
        self._searched = 0

    @property
    def is_open(self) -> bool:
        """True inside a frame that has not been closed."""
        return self._open

    @property
    def unfinished(self) -> bytes:
        """What has come of the open frame."""
        return bytes(self._buffer) if self._open else b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add bytes and yield the messages that they complete, in order; to be iterated to its end.

        Raises InvalidInput `mllp_too_large` when a frame grows beyond the limit, after the messages before it; the
        decoder then keeps the beginning in `unfinished` and must not be fed again.
        """
        self._buffer += data
        while self._find_start():
            end = self._buffer.find(END, self._searched)
            size = len(self._buffer) if end < 0 else end
            if size > self._max:
                raise InvalidInput("mllp_too_large", limit=self._max, size=size)
            if end < 0:
                # The end mark may arrive in two pieces: look at the last byte again.
                self._searched = max(0, size - 1)
                return
            message = bytes(self._buffer[:end])
            del self._buffer[: end + len(END)]
            self._open = False
            yield message[message.rfind(START) + 1 :]

    def _find_start(self) -> bool:
        """Drop noise up to the next start byte; True when a frame is open."""
        if not self._open:
            start = self._buffer.find(START)
            self._open = start >= 0
            del self._buffer[: start + 1 if self._open else len(self._buffer)]
            self._searched = 0
        return self._open
