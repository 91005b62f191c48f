"""The sender."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from yipan.codecs.hl7v2.ack import Outcome, read_answer
from yipan.codecs.hl7v2.framing import frame
from yipan.interop.mllp.client import accepted, send
from yipan.interop.mllp.tests.listening import accept_all, certificate, message, needs_openssl, reply, running
from yipan.interop.mllp.tls import client_context, server_context
from yipan.kernel.errors import Unavailable


def test_each_message_with_its_answer() -> None:
    """Messages are sent one after another on one connection, each yielded with its own answer."""
    peers: set[str] = set()

    async def handle(raw: bytes, peer: str) -> bytes | None:
        peers.add(peer)
        return reply(raw)

    sent = [message(f"M{n}") for n in range(5)]
    with running(handle) as port:
        pairs = list(send("127.0.0.1", port, sent))
    assert [m for m, _ in pairs] == sent
    assert [read_answer(a).control_id for _, a in pairs if a] == [f"M{n}" for n in range(5)]
    assert all(accepted(m, a) for m, a in pairs)
    assert len(peers) == 1


@needs_openssl
def test_over_tls(tmp_path: Path) -> None:
    """The same over TLS; a certificate of an unknown authority is refused."""
    cert, key = certificate(tmp_path)
    with running(accept_all, tls=server_context(cert, key)) as port:
        ((_, answer),) = send("127.0.0.1", port, [message()], client_context(cert))
        assert answer is not None
        with pytest.raises(Unavailable, match="mllp_unreachable"):
            list(send("127.0.0.1", port, [message()], client_context()))


def test_no_answer_is_awaited_where_none_comes() -> None:
    """A message that wants no answer is yielded with None at once and counts as accepted."""
    with running(accept_all) as port:
        pairs = list(send("127.0.0.1", port, [message("M1", "NE", "NE"), message("M2")], timeout=10))
    assert [a is None for _, a in pairs] == [True, False]
    assert all(accepted(m, a) for m, a in pairs)


def test_silence_is_consent_only_on_errors_only() -> None:
    """Where answers come only on errors silence is acceptance; where only on success it is not."""
    assert accepted(message("M1", "ER", "NE"), None)
    assert not accepted(message("M1", "SU", "NE"), None)
    assert not accepted(message("M1"), None)


def test_conditional_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that comes only on errors is waited for briefly, and taken when it comes."""
    monkeypatch.setattr("yipan.interop.mllp.client._SILENCE", 0.1)

    async def handle(raw: bytes, peer: str) -> bytes | None:
        return reply(raw, Outcome.ERROR if b"|BAD|" in raw else Outcome.ACCEPT)

    with running(handle) as port:
        pairs = list(send("127.0.0.1", port, [message("GOOD", "ER", "NE"), message("BAD", "ER", "NE")], timeout=10))
    assert [a and read_answer(a).code for _, a in pairs] == [None, "CE"]


def test_late_answer_is_not_taken_for_the_next() -> None:
    """An answer that names another message is passed over."""

    async def handle(raw: bytes, peer: str) -> bytes | None:
        return reply(raw)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                stale, right = reply(message("OLD")), reply(message("M1"))
                assert stale is not None
                assert right is not None
                connection.sendall(frame(stale) + frame(right))
                connection.recv(65536)

        thread = threading.Thread(target=serve)
        thread.start()
        ((_, answer),) = send("127.0.0.1", server.getsockname()[1], [message("M1")], timeout=10)
        thread.join(10)
    assert answer is not None
    assert read_answer(answer).control_id == "M1"


def test_nobody_listens() -> None:
    """A refused connection gives one clear error."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="mllp_unreachable"):
            list(send("127.0.0.1", closed.getsockname()[1], [message()]))


def test_listener_that_stays_silent() -> None:
    """No acknowledgement within the time is an error."""

    async def handle(raw: bytes, peer: str) -> bytes | None:
        return None

    with running(handle) as port, pytest.raises(Unavailable, match="mllp_no_answer"):
        list(send("127.0.0.1", port, [message()], timeout=0.1))


def test_listener_that_hangs_up() -> None:
    """A connection closed before the acknowledgement is an error."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        with pytest.raises(Unavailable, match="mllp_broken"):
            list(send("127.0.0.1", server.getsockname()[1], [message()], timeout=10))
        thread.join(10)


def test_messages_are_taken_one_at_a_time() -> None:
    """The next message is asked for only after the answer to the one before."""
    log: list[str] = []

    def feed() -> Iterator[bytes]:
        for name in ("M1", "M2"):
            log.append(f"ask {name}")
            yield message(name)

    async def handle(raw: bytes, peer: str) -> bytes | None:
        log.append("handled")
        await asyncio.sleep(0)
        return reply(raw)

    with running(handle) as port:
        list(send("127.0.0.1", port, feed()))
    assert log == ["ask M1", "handled", "ask M2", "handled"]
