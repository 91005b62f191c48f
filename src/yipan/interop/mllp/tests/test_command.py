"""`yipan hl7 send`."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yipan.codecs.hl7v2 import head
from yipan.codecs.hl7v2.ack import Outcome
from yipan.codecs.hl7v2.framing import frame
from yipan.interop.mllp.command import send
from yipan.interop.mllp.tests.listening import accept_all, certificate, message, needs_openssl, reply, running
from yipan.interop.mllp.tls import server_context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bare.hl7").write_bytes(message("M1") + message("M2"))
    (tmp_path / "framed.hl7").write_bytes(frame(message("M3")))
    return tmp_path


def run(port: int, *arguments: object) -> Result:
    return CliRunner().invoke(send, ["--port", str(port), *map(str, arguments)])


def test_a_line_for_each_message(folder: Path) -> None:
    """Every message of every file gives a line: file, control id, code, text, milliseconds; exit code 0."""
    with running(accept_all) as port:
        result = run(port, folder / "bare.hl7", folder / "framed.hl7")
    lines = [line.split("\t") for line in result.output.splitlines()]
    assert [line[:4] for line in lines] == [
        [str(folder / "bare.hl7"), "M1", "AA", ""],
        [str(folder / "bare.hl7"), "M2", "AA", ""],
        [str(folder / "framed.hl7"), "M3", "AA", ""],
    ]
    assert all(line[4].endswith(" ms") and float(line[4].removesuffix(" ms")) >= 0 for line in lines)
    assert result.exit_code == 0


def test_refused_message(folder: Path) -> None:
    """A message that is not accepted shows its code and sentence on one line; the exit code is 1."""

    async def handle(raw: bytes, peer: str) -> bytes | None:
        return reply(raw, Outcome.ERROR, "no such\nbed") if b"|M1|" in raw else reply(raw)

    with running(handle) as port:
        result = run(port, folder / "bare.hl7")
    assert [line.split("\t")[1:4] for line in result.output.splitlines()] == [
        ["M1", "AE", "no such bed"],
        ["M2", "AA", ""],
    ]
    assert result.exit_code == 1


def test_message_that_wants_no_answer(tmp_path: Path) -> None:
    """A message that wants no acknowledgement is shown as sent."""
    (tmp_path / "one.hl7").write_bytes(message("M1", "NE", "NE"))
    with running(accept_all) as port:
        result = run(port, tmp_path / "one.hl7")
    assert result.output.split("\t")[1:3] == ["M1", "--"]
    assert result.exit_code == 0


def test_answer_that_cannot_be_read(folder: Path) -> None:
    """An answer that is no acknowledgement counts as not accepted and says so."""

    async def handle(raw: bytes, peer: str) -> bytes | None:
        return b"thanks"

    with running(handle) as port:
        result = run(port, folder / "framed.hl7")
    code, text = result.output.split("\t")[2:4]
    assert code == "??"
    assert "MSH" in text
    assert result.exit_code == 1


def test_repeat_with_new_ids(folder: Path) -> None:
    """Repeated messages keep their control ids, or get new ones that all differ."""
    seen: list[str | None] = []

    async def handle(raw: bytes, peer: str) -> bytes | None:
        seen.append(head(raw).control_id)
        return reply(raw)

    with running(handle) as port:
        assert run(port, "--repeat", 3, folder / "framed.hl7").exit_code == 0
        assert run(port, "--repeat", 3, "--new-ids", folder / "framed.hl7").exit_code == 0
    assert seen[:3] == ["M3"] * 3
    assert len(set(seen[3:])) == 3


def test_rate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause between messages is what the rate allows."""
    pauses: list[float] = []
    monkeypatch.setattr("yipan.interop.mllp.command.time.sleep", pauses.append)
    with running(accept_all) as port:
        run(port, "--rate", 0.01, folder / "bare.hl7")
    assert pauses[0] == 0
    assert 90 < pauses[1] <= 100


@needs_openssl
def test_tls(folder: Path) -> None:
    """With --tls and --ca the connection is encrypted."""
    cert, key = certificate(folder)
    with running(accept_all, tls=server_context(cert, key)) as port:
        assert run(port, "--tls", "--ca", cert, folder / "framed.hl7").exit_code == 0
        assert run(port, "--timeout", 0.5, folder / "framed.hl7").exit_code == 1


def test_problems_are_one_sentence(folder: Path) -> None:
    """No listener, or a file without a message, ends with one sentence and exit code 1."""
    (folder / "empty.hl7").write_bytes(b"")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        results = [run(port, folder / "framed.hl7"), run(port, folder / "empty.hl7")]
    for result in results:
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")
        assert len(result.output.splitlines()) == 1
        assert "Traceback" not in result.output
