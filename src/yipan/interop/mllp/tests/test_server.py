"""The listener: every message gets its answer, and no peer disturbs another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from yipan.codecs.hl7v2.ack import Answer, read_answer
from yipan.codecs.hl7v2.framing import Decoder, frame
from yipan.interop.mllp.server import Handle, Limits, Listener, listen, serve
from yipan.interop.mllp.tests.listening import accept_all, certificate, message, needs_openssl, reply
from yipan.interop.mllp.tls import client_context, server_context
from yipan.kernel.errors import InvalidInput, Unavailable


class Peer:
    """The other end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._decoder = Decoder()
        self._answers: list[bytes] = []

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> Answer | None:
        """The next answer, None when the connection ended."""
        while not self._answers:
            data = await self.reader.read(65536)
            if not data:
                return None
            self._answers += self._decoder.feed(data)
        return read_answer(self._answers.pop(0))

    async def ask(self, raw: bytes) -> str | None:
        self.send(frame(raw))
        answer = await self.answer()
        return answer.code if answer else None


@asynccontextmanager
async def listening(handle: Handle = accept_all, limits: Limits = Limits(), **more: object) -> AsyncIterator[Listener]:
    listener = await listen("127.0.0.1", 0, handle, limits=limits, **more)  # type: ignore[arg-type]
    try:
        yield listener
    finally:
        await listener.close()


async def connect(listener: Listener, **more: object) -> Peer:
    return Peer(*await asyncio.open_connection("127.0.0.1", listener.port, **more))  # type: ignore[arg-type]


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run an asynchronous test, at most 20 seconds."""

    async def limited() -> None:
        async with asyncio.timeout(20):
            await test()

    asyncio.run(limited())


def test_messages_in_one_packet_are_answered_in_order() -> None:
    """Messages sent without waiting are each handled once, in order, and answered in that order."""
    seen: list[tuple[bytes, str]] = []

    async def handle(raw: bytes, peer: str) -> bytes | None:
        seen.append((raw, peer))
        return reply(raw)

    async def test() -> None:
        async with listening(handle) as listener:
            peer = await connect(listener)
            sent = [message(f"M{n}") for n in range(20)]
            peer.send(b"noise" + b"\r\n".join(frame(m) for m in sent))
            answers = [await peer.answer() for _ in sent]
            assert [a.control_id for a in answers if a] == [f"M{n}" for n in range(20)]
            assert [raw for raw, _ in seen] == sent
            assert seen[0][1].startswith("127.0.0.1:")

    run(test)


def test_many_connections() -> None:
    """A hundred peers talk at the same time, also when each message arrives in small pieces."""

    async def test() -> None:
        async with listening() as listener:

            async def one(number: int) -> str | None:
                peer = await connect(listener)
                framed = frame(message(f"M{number}"))
                for start in range(0, len(framed), 30):
                    peer.send(framed[start : start + 30])
                    await peer.writer.drain()
                answer = await peer.answer()
                return answer.control_id if answer else None

            assert await asyncio.gather(*(one(n) for n in range(100))) == [f"M{n}" for n in range(100)]

    run(test)


def test_no_answer_is_written_when_there_is_none() -> None:
    """A message whose handler returns None leaves the connection silent and open."""

    async def test() -> None:
        async with listening() as listener:
            peer = await connect(listener)
            peer.send(frame(message("M1", "NE", "NE")))
            peer.send(frame(message("M2", "AL", "NE")))
            answer = await peer.answer()
            assert answer is not None
            assert (answer.control_id, answer.code) == ("M2", "CA")

    run(test)


@pytest.mark.parametrize(
    ("error", "code"),
    [(RuntimeError("secret"), "mllp_not_stored"), (Unavailable("database_gone"), "database_gone")],
)
def test_failing_handler(error: Exception, code: str) -> None:
    """A handler that raises is answered with AE that names the error, not its innards, and the connection goes on."""

    async def handle(raw: bytes, peer: str) -> bytes | None:
        if b"|M1|" in raw:
            raise error
        return reply(raw)

    async def test() -> None:
        async with listening(handle, describe=lambda e: f"sentence of {e.code}") as listener:
            peer = await connect(listener)
            peer.send(frame(message("M1")))
            answer = await peer.answer()
            assert answer == Answer("AE", "M1", f"sentence of {code}")
            peer.send(frame(message("M1", "AL", "NE")))
            answer = await peer.answer()
            assert answer is not None
            assert answer.code == "CE"
            assert await peer.ask(message("M2")) == "AA"

    run(test)


def test_handler_that_hangs() -> None:
    """A handler that takes too long is cancelled and answered with AE."""
    cancelled = asyncio.Event()

    async def handle(raw: bytes, peer: str) -> bytes | None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return None

    async def test() -> None:
        async with listening(handle, Limits(handle=0.05)) as listener:
            peer = await connect(listener)
            assert await peer.ask(message()) == "AE"
            assert cancelled.is_set()

    run(test)


def test_too_large_message() -> None:
    """A message over the limit gets AR with its control id, the connection ends, the listener and others go on."""
    handled: list[bytes] = []

    async def handle(raw: bytes, peer: str) -> bytes | None:
        handled.append(raw)
        return reply(raw)

    async def test() -> None:
        async with listening(handle, Limits(max_frame=500)) as listener:
            other, peer = await connect(listener), await connect(listener)
            peer.send(frame(message("M1")) + b"\x0b" + message("M2") + b"x" * 1000)
            first, second = await peer.answer(), await peer.answer()
            assert first is not None
            assert second is not None
            assert (first.code, second.code, second.control_id) == ("AA", "AR", "M2")
            assert await peer.answer() is None
            assert await other.ask(message("M3")) == "AA"
            assert handled == [message("M1"), message("M3")]

    run(test)


def test_frame_that_is_never_closed() -> None:
    """A message that does not end gets AE and its connection ends, however slowly bytes keep dripping."""

    async def test() -> None:
        async with listening(limits=Limits(frame=0.2)) as listener:
            peer = await connect(listener)
            peer.send(b"\x0b" + message("M1"))

            async def drip() -> None:
                while True:
                    peer.send(b"x")
                    await asyncio.sleep(0.02)

            dripping = asyncio.create_task(drip())
            answer = await peer.answer()
            dripping.cancel()
            assert answer is not None
            assert (answer.code, answer.control_id) == ("AE", "M1")

    run(test)


def test_peer_that_leaves_in_the_middle() -> None:
    """Half a message from a peer that left is not handled, and the listener goes on."""
    handled: list[bytes] = []

    async def handle(raw: bytes, peer: str) -> bytes | None:
        handled.append(raw)
        return reply(raw)

    async def test() -> None:
        async with listening(handle) as listener:
            peer = await connect(listener)
            peer.send(b"\x0b" + message("M1"))
            peer.writer.write_eof()
            assert await peer.answer() is None
            assert await (await connect(listener)).ask(message("M2")) == "AA"
            assert handled == [message("M2")]

    run(test)


@pytest.mark.parametrize(
    "junk", [b"\x0b\x1c\r", b"\x0b\xff\x00\x1c\r", b"\x0bMSH\x1c\r", b"\x0bMSH|^^^^^^^\x1c\r", b"\x1c\r"]
)
def test_junk_does_no_harm(junk: bytes) -> None:
    """Frames of junk are answered as far as they are frames, and the same connection still takes messages."""

    async def test() -> None:
        async with listening() as listener:
            peer = await connect(listener)
            peer.send(junk)
            if junk.startswith(b"\x0b"):
                answer = await peer.answer()
                assert answer is not None
                assert answer.control_id is None
            assert await peer.ask(message("M1")) == "AA"

    run(test)


def test_idle_connection_is_closed() -> None:
    """A connection without a message is closed after the idle time."""

    async def test() -> None:
        async with listening(limits=Limits(idle=0.05)) as listener:
            peer = await connect(listener)
            assert await peer.reader.read() == b""

    run(test)


def test_too_many_connections() -> None:
    """One connection more than allowed is closed at once; when another ends there is room again."""

    async def test() -> None:
        async with listening(limits=Limits(connections=1)) as listener:
            first = await connect(listener)
            assert await first.ask(message()) == "AA"
            second = await connect(listener)
            assert await second.reader.read() == b""
            first.writer.write_eof()
            assert await first.answer() is None
            assert await (await connect(listener)).ask(message()) == "AA"

    run(test)


def test_shutdown_finishes_the_message_in_hand() -> None:
    """Closing waits for a message being worked on and its answer, ends idle peers, and takes no new ones."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def handle(raw: bytes, peer: str) -> bytes | None:
        begun.set()
        await go_on.wait()
        return reply(raw)

    async def test() -> None:
        listener = await listen("127.0.0.1", 0, handle)
        port = listener.port
        busy, idle = await connect(listener), await connect(listener)
        busy.send(frame(message("M1")))
        await begun.wait()
        closing = asyncio.create_task(listener.close())
        assert await idle.answer() is None
        assert not closing.done()
        go_on.set()
        answer = await busy.answer()
        assert answer is not None
        assert answer.control_id == "M1"
        assert await busy.answer() is None
        await closing
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)

    run(test)


def test_shutdown_waits_for_a_message_that_has_begun_to_arrive() -> None:
    """The second half of a message that arrives during shutdown is still taken and answered."""

    async def test() -> None:
        listener = await listen("127.0.0.1", 0, accept_all)
        peer = await connect(listener)
        framed = frame(message("M2"))
        # Both go out in one write: when M1 is answered, the beginning of M2 has arrived.
        peer.send(frame(message("M1")) + framed[:20])
        assert await peer.answer() is not None
        closing = asyncio.create_task(listener.close())
        await asyncio.wait({closing}, timeout=0.05)
        assert not closing.done()
        peer.send(framed[20:])
        answer = await peer.answer()
        assert answer is not None
        assert answer.control_id == "M2"
        await closing

    run(test)


def test_shutdown_does_not_wait_for_ever() -> None:
    """After the grace time a peer that does not finish is cut off."""

    async def test() -> None:
        listener = await listen("127.0.0.1", 0, accept_all, limits=Limits(grace=0.05))
        peer = await connect(listener)
        peer.send(frame(message("M1")) + b"\x0bhalf")
        assert await peer.answer() is not None
        await listener.close()
        assert await peer.answer() is None

    run(test)


def test_serve_ends_in_good_order_when_cancelled() -> None:
    """`serve` listens until it is cancelled and then closes."""

    async def test() -> None:
        probe = await listen("127.0.0.1", 0, accept_all)
        port = probe.port
        await probe.close()
        serving = asyncio.create_task(serve("127.0.0.1", port, accept_all))
        while True:
            try:
                peer = Peer(*await asyncio.open_connection("127.0.0.1", port))
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0)
        assert await peer.ask(message()) == "AA"
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert await peer.answer() is None

    run(test)


def test_port_in_use() -> None:
    """A port that is taken gives one clear error."""

    async def test() -> None:
        async with listening() as listener:
            with pytest.raises(Unavailable, match="mllp_port") as caught:
                await listen("127.0.0.1", listener.port, accept_all)
            assert caught.value.params["port"] == listener.port

    run(test)


@needs_openssl
def test_tls(tmp_path: Path) -> None:
    """Over TLS messages are answered as usual, and a peer that speaks plainly is dropped without harm."""
    cert, key = certificate(tmp_path)

    async def test() -> None:
        async with listening(tls=server_context(cert, key)) as listener:
            plain = await connect(listener)
            plain.send(frame(message()))
            with suppress(ConnectionResetError):
                assert await plain.reader.read() == b""
            secret = await connect(listener, ssl=client_context(cert))
            assert await secret.ask(message()) == "AA"

    run(test)


@needs_openssl
def test_tls_with_client_certificates(tmp_path: Path) -> None:
    """Where client certificates are required, a peer without one is not heard."""
    cert, key = certificate(tmp_path)
    handled: list[bytes] = []

    async def handle(raw: bytes, peer: str) -> bytes | None:
        handled.append(raw)
        return reply(raw)

    async def test() -> None:
        async with listening(handle, tls=server_context(cert, key, client_ca=cert)) as listener:
            answer = None
            with suppress(OSError):
                answer = await (await connect(listener, ssl=client_context(cert))).ask(message("M1"))
            assert answer is None
            known = await connect(listener, ssl=client_context(cert, cert, key))
            assert await known.ask(message("M2")) == "AA"
            assert handled == [message("M2")]

    run(test)


def test_answer_that_cannot_be_framed() -> None:
    """A handler that returns framing bytes is a failing handler."""

    async def handle(raw: bytes, peer: str) -> bytes | None:
        return b"MSH|\x1c\r"

    async def test() -> None:
        async with listening(handle) as listener:
            assert await (await connect(listener)).ask(message()) == "AE"

    run(test)


def test_unusable_certificate(tmp_path: Path) -> None:
    """A TLS file that is missing or broken gives one clear error."""
    with pytest.raises(Unavailable, match="mllp_tls_file"):
        server_context(tmp_path / "none.pem", tmp_path / "none.pem")
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(Unavailable, match="mllp_tls_file"):
        client_context(tmp_path / "bad.pem")


def test_error_of_a_handler_keeps_its_kind() -> None:
    """Input that the handler refuses is answered with AE as well: only the frame itself can be rejected here."""

    async def handle(raw: bytes, peer: str) -> bytes | None:
        raise InvalidInput("hl7_time", where="PID-7", segment=2, value="x")

    async def test() -> None:
        async with listening(handle) as listener:
            assert await (await connect(listener)).ask(message()) == "AE"

    run(test)
