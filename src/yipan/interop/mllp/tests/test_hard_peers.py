"""Peers that are slow, deaf or endless: each gets its defined answer, and none costs the others anything."""

from __future__ import annotations

import asyncio
import socket
import tracemalloc

import pytest

from yipan.codecs.hl7v2.ack import Answer, read_answer
from yipan.codecs.hl7v2.framing import Decoder, frame
from yipan.interop.mllp.server import Limits
from yipan.interop.mllp.tests.listening import message, reply
from yipan.interop.mllp.tests.test_server import connect, listening, run


def test_fifty_megabytes_are_refused_and_the_peer_hears_why() -> None:
    """A peer that writes 50 MB before it reads finishes writing, gets AR and the end; memory stays near the limit."""

    async def test() -> None:
        async with listening(limits=Limits(max_frame=1_000_000)) as listener:
            loop = asyncio.get_running_loop()
            tracemalloc.start()
            try:
                answers = await loop.run_in_executor(None, blurt, listener.port, message("BIG"), 50_000_000)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert [(a.code, a.control_id) for a in answers] == [("AR", "BIG")]
            assert peak < 10_000_000
            assert await (await connect(listener)).ask(message("M2")) == "AA"

    run(test)


def blurt(port: int, beginning: bytes, size: int) -> list[Answer]:
    """A peer that sends everything first and reads afterwards, as a simple sender does."""
    chunk = b"x" * 65536
    with socket.create_connection(("127.0.0.1", port), 20) as peer:
        peer.sendall(b"\x0b" + beginning)
        for _ in range(size // len(chunk)):
            peer.sendall(chunk)
        peer.sendall(b"\x1c\r")
        answers = list[Answer]()
        decoder = Decoder()
        while data := peer.recv(65536):
            answers += [read_answer(raw) for raw in decoder.feed(data)]
    return answers


def test_a_refused_peer_that_never_stops_is_cut_off() -> None:
    """A peer that goes on sending after its refusal is heard for the lingering time and no longer."""

    async def test() -> None:
        async with listening(limits=Limits(max_frame=500, linger=0.05)) as listener:
            peer = await connect(listener)

            async def go_on_for_ever() -> None:
                while True:
                    peer.send(b"\x0b" + b"x" * 1000)
                    await peer.writer.drain()

            with pytest.raises(ConnectionError):
                await go_on_for_ever()

    run(test)


def test_a_peer_that_never_reads_its_answers_is_cut_off() -> None:
    """When answers cannot be written for the time of a frame, the connection is broken off, not kept half-closed."""
    long_answer = b"MSH|^~\\&|" + b"x" * 1_000_000

    async def handle(raw: bytes, peer: str) -> bytes | None:
        return long_answer if b"|M1|" in raw else reply(raw)

    async def test() -> None:
        async with listening(handle, Limits(frame=0.1)) as listener:
            deaf = socket.create_connection(("127.0.0.1", listener.port))
            deaf.setblocking(False)
            loop = asyncio.get_running_loop()

            async def send_for_ever() -> None:
                while True:
                    await loop.sock_sendall(deaf, frame(message("M1")))

            with deaf, pytest.raises(ConnectionError):
                await send_for_ever()
            assert await (await connect(listener)).ask(message("M2")) == "AA"

    run(test)


def test_a_slow_peer_holds_up_nobody() -> None:
    """While one peer drips a byte at a time, another is served; the slow one is told AE when its time is over."""

    async def test() -> None:
        async with listening(limits=Limits(frame=0.3)) as listener:
            slow, quick = await connect(listener), await connect(listener)

            async def drip() -> None:
                for byte in frame(message("SLOW") * 1000):
                    slow.send(bytes([byte]))
                    await asyncio.sleep(0.01)

            dripping = asyncio.create_task(drip())
            assert [await quick.ask(message(f"M{n}")) for n in range(5)] == ["AA"] * 5
            answer = await slow.answer()
            dripping.cancel()
            assert answer is not None
            assert answer.code == "AE"
            assert await quick.ask(message("M9")) == "AA"

    run(test)
