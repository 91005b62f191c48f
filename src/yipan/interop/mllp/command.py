"""`yipan hl7 send`: sends files of messages, the way a hospital's system would."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click

from yipan.codecs.hl7v2 import ack, head, parse
from yipan.codecs.hl7v2.files import split_messages
from yipan.interop.mllp import client
from yipan.interop.mllp.tls import client_context
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.kernel.ids import new_id
from yipan.ui import messages as sentences

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("send")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=2575, show_default=True, type=click.IntRange(1, 65535))
@click.option("--tls", is_flag=True, help="Encrypt; trusts the system's authorities or --ca.")
@click.option("--ca", type=_FILE, help="PEM file of the authority that signed the listener's certificate.")
@click.option("--cert", type=_FILE, help="PEM certificate to show, where the listener asks for one.")
@click.option("--key", type=_FILE, help="Its key.")
@click.option("--repeat", default=1, show_default=True, type=click.IntRange(1), help="Send everything so many times.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="At most so many messages a second.")
@click.option("--timeout", default=30.0, show_default=True, type=click.FloatRange(0, min_open=True))
@click.option("--new-ids", is_flag=True, help="Give every message a new control id (MSH-10).")
def send(
    files: tuple[Path, ...],
    host: str,
    port: int,
    tls: bool,
    ca: Path | None,
    cert: Path | None,
    key: Path | None,
    repeat: int,
    rate: float | None,
    timeout: float,
    new_ids: bool,
) -> None:
    """Send HL7 v2 messages from FILES over MLLP.

    A file holds one message or many, in MLLP frames or bare. Prints a line for each: file, control id, code, text,
    milliseconds. Exits with 1 when any was not accepted.
    """
    refused = 0
    try:
        batch = [(path, message) for path in files for message in split_messages(path.read_bytes())]
        context = client_context(ca, cert, key) if tls else None
        feed = _Feed(batch * repeat, rate, new_ids)
        for message, answer in client.send(host, port, feed, context, timeout):
            refused += not _report(feed, message, answer)
    except YipanError as error:
        sentences.load()
        raise click.ClickException(sentences.of_error(error)) from error
    if refused:
        raise click.exceptions.Exit(1)


class _Feed:
    """The messages in turn, at the wanted pace; knows which file the last one came from and when it left."""

    def __init__(self, batch: list[tuple[Path, bytes]], rate: float | None, new_ids: bool) -> None:
        self._batch, self._pause, self._new_ids = batch, 1 / rate if rate else 0.0, new_ids
        self.path = Path()
        self.left_at = 0.0

    def __iter__(self) -> Iterator[bytes]:
        due = time.monotonic()
        for path, message in self._batch:
            time.sleep(max(0.0, due - time.monotonic()))
            due = max(due + self._pause, time.monotonic())
            self.path, self.left_at = path, time.monotonic()
            yield parse(message).set("MSH-10", new_id().hex[:20]).encode() if self._new_ids else message


def _report(feed: _Feed, message: bytes, answer: bytes | None) -> bool:
    """Print the line of one message; True when it was accepted."""
    milliseconds = (time.monotonic() - feed.left_at) * 1000
    code, text = "--", ""
    accepted = False
    try:
        accepted = client.accepted(message, answer)
        if answer is not None:
            read = ack.read_answer(answer)
            code, text = read.code, " ".join((read.text or "").split())
    except InvalidInput as error:
        sentences.load()
        code, text = "??", sentences.of_error(error)
    control_id = head(message).control_id or "-"
    click.echo(f"{feed.path}\t{control_id}\t{code}\t{text}\t{milliseconds:.1f} ms")
    return accepted
