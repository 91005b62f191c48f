"""The MLLP listener: takes frames, hands each message to `handle`, writes back what it returns.

One slow, silent or broken peer never stops the others, and nothing that a peer sends ends the listener. Contents of
messages are never logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from yipan.codecs.hl7v2 import ack, head
from yipan.codecs.hl7v2.framing import MAX_FRAME, Decoder, frame
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, Unavailable, YipanError
from yipan.kernel.ids import new_id

_CHUNK = 65536
HEADER = 65536
"""Bytes of a message that is too large, or never ends, that are looked at for its header."""
log = logging.getLogger(__name__)

Handle = Callable[[bytes, str], Awaitable[bytes | None]]
"""Stores one message from one peer (address and port) and returns the acknowledgement, or None when none is wanted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may use. Sizes in bytes, times in seconds."""

    max_frame: int = MAX_FRAME
    connections: int = 512
    idle: float = 600.0
    """Without a byte between two messages."""
    frame: float = 60.0
    """From the first byte of a message to its last, and for writing an answer."""
    handle: float = 60.0
    """For `handle` to return."""
    linger: float = 30.0
    """For a peer whose message was refused to finish sending and read why."""
    grace: float = 15.0
    """At shutdown, for messages that have begun to arrive or are being worked on."""


async def serve(
    host: str,
    port: int,
    handle: Handle,
    *,
    tls: ssl.SSLContext | None = None,
    limits: Limits = Limits(),
    describe: Callable[[YipanError], str] = str,
) -> None:
    """Listen until cancelled, then end in good order. Arguments and errors are those of `listen`."""
    listener = await listen(host, port, handle, tls=tls, limits=limits, describe=describe)
    try:
        await asyncio.Event().wait()
    finally:
        await listener.close()


async def listen(
    host: str,
    port: int,
    handle: Handle,
    *,
    tls: ssl.SSLContext | None = None,
    limits: Limits = Limits(),
    describe: Callable[[YipanError], str] = str,
) -> Listener:
    """Open the port and return the running listener.

    An exception from `handle` is answered with AE (or CE), and the connection stays. `describe` turns an error into the
    sentence that such an answer carries. Raises Unavailable `mllp_port` when the port cannot be opened.
    """
    listener = Listener(handle, limits, describe)
    try:
        await listener.start(host, port, tls)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable("mllp_port", host=host, port=port, reason=reason) from error
    return listener


class Listener:
    """A running listener; made by `listen`."""

    def __init__(self, handle: Handle, limits: Limits, describe: Callable[[YipanError], str]) -> None:
        self.handle, self.limits, self.describe = handle, limits, describe
        self.closing = False
        self._peers: set[asyncio.Task[None]] = set()
        self._conversations: set[_Conversation] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        """Open the port. Raises OSError when that fails."""
        self._server = await asyncio.start_server(self._accept, host, port, ssl=tls)

    @property
    def port(self) -> int:
        """The port in use: the one that the system chose when 0 was asked for."""
        assert self._server is not None, "start first"
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Take no new connections, let messages in hand finish within the grace time, then end every connection."""
        if self._server is not None:
            self._server.close()
        self.closing = True
        for conversation in self._conversations:
            conversation.end()
        if self._peers:
            _, late = await asyncio.wait(self._peers, timeout=self.limits.grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio runs every connection as a task"
        peer = ":".join(str(part) for part in (writer.get_extra_info("peername") or ("unknown",))[:2])
        if self.closing or len(self._peers) >= self.limits.connections:
            log.warning("%s turned away: %d connections are open", peer, len(self._peers))
            writer.close()
            return
        conversation = _Conversation(reader, writer, peer, self)
        self._peers.add(task)
        self._conversations.add(conversation)
        try:
            await conversation.run()
        except (OSError, TimeoutError) as error:
            log.info("%s: connection lost: %s", peer, error)
            # A peer that reads nothing would hold a closed connection and its answers for ever.
            writer.transport.abort()
        except asyncio.CancelledError:
            if not self.closing:
                raise
            log.warning("%s: cut off at shutdown", peer)
        finally:
            self._peers.discard(task)
            self._conversations.discard(conversation)
            writer.close()


class _Conversation:
    """One connection, message after message."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str, listener: Listener
    ) -> None:
        self._reader, self._writer, self._peer, self._listener = reader, writer, peer, listener
        self._limits = listener.limits
        self._decoder = Decoder(self._limits.max_frame)
        self._deadline: float | None = None
        self._idle: asyncio.Timeout | None = None

    def end(self) -> None:
        """The listener closes: a peer that is between two messages sends no more of them."""
        if self._idle is not None:
            self._idle.reschedule(asyncio.get_running_loop().time())

    async def run(self) -> None:
        """Until the peer leaves, passes a limit, or the listener closes between two messages."""
        try:
            while data := await self._receive():
                for message in self._decoder.feed(data):
                    self._deadline = None
                    await self._write(await self._answer(message))
        except YipanError as error:
            log.warning("%s refused: %s", self._peer, error)
            outcome = ack.Outcome.REJECT if isinstance(error, InvalidInput) else ack.Outcome.ERROR
            beginning = self._decoder.unfinished[:HEADER]
            self._decoder = Decoder(self._limits.max_frame)
            await self._write(self._failure(beginning, outcome, error))
            await self._hear_out()
        if self._decoder.is_open:
            log.warning("%s: a message was not finished", self._peer)

    async def _hear_out(self) -> None:
        """Let the peer finish and read its answer: closing on bytes not yet read would throw the answer away (RFC 1122,
        4.2.2.13). What comes is dropped, for a limited time.
        """
        if self._writer.can_write_eof():
            self._writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.linger):
                while await self._receive_idle():
                    continue

    async def _receive(self) -> bytes:
        """More bytes; none when the peer left or it is time to end. Raises Unavailable for a frame never closed."""
        if not self._decoder.is_open:
            return await self._receive_idle()
        now = asyncio.get_running_loop().time()
        self._deadline = self._deadline or now + self._limits.frame
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._reader.read(_CHUNK)
        except TimeoutError:
            raise Unavailable("mllp_open_frame", seconds=self._limits.frame) from None

    async def _receive_idle(self) -> bytes:
        """Between two messages: also ends when the listener closes."""
        if self._listener.closing:
            return b""
        try:
            async with asyncio.timeout(self._limits.idle) as self._idle:
                return await self._reader.read(_CHUNK)
        except TimeoutError:
            return b""
        finally:
            self._idle = None

    async def _answer(self, message: bytes) -> bytes | None:
        """The framed answer. Whatever `handle` raises becomes a negative one, so that the sender keeps the message."""
        try:
            async with asyncio.timeout(self._limits.handle):
                answer = await self._listener.handle(message, self._peer)
            return None if answer is None else frame(answer)
        except YipanError as error:
            log.warning("%s: not taken: %s", self._peer, error.code)
            return self._failure(message, ack.Outcome.ERROR, error)
        except Exception:
            log.exception("%s: a message could not be stored", self._peer)
            return self._failure(message, ack.Outcome.ERROR, Unavailable("mllp_not_stored"))

    def _failure(self, message: bytes, outcome: ack.Outcome, error: YipanError) -> bytes | None:
        answer = ack.immediate(
            head(message),
            outcome,
            error=error,
            text=self._listener.describe(error),
            control_id=new_id().hex[:20],
            at=clock.now(),
        )
        return None if answer is None else frame(answer)

    async def _write(self, data: bytes | None) -> None:
        if data is not None:
            self._writer.write(data)
            async with asyncio.timeout(self._limits.frame):
                await self._writer.drain()
