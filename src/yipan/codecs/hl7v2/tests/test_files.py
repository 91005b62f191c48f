"""Files of messages."""

from __future__ import annotations

import pytest

from yipan.codecs.hl7v2.files import split_messages
from yipan.codecs.hl7v2.framing import frame
from yipan.codecs.hl7v2.tests.samples import ADMIT, SAMPLES, needs_samples
from yipan.kernel.errors import InvalidInput

ONE, TWO = b"MSH|^~\\&|A\rPID|1\r", b"MSH|^~\\&|B\rPID|MSH|2\r"


def test_bare_messages() -> None:
    """A bare file is cut where a line begins with MSH, and no byte of a message is lost."""
    assert split_messages(ONE + TWO) == [ONE, TWO]
    assert split_messages((ONE + TWO).replace(b"\r", b"\n")) == [m.replace(b"\r", b"\n") for m in (ONE, TWO)]


def test_framed_messages() -> None:
    """A file with frames is cut by its frames."""
    assert split_messages(frame(ONE) + b"\r\n" + frame(TWO)) == [ONE, TWO]


def test_batch_segments_are_dropped() -> None:
    """File and batch headers and trailers are no part of a message."""
    assert split_messages(b"FHS|^~\\&|X\rBHS|^~\\&|X\r" + ONE + TWO + b"BTS|2\rFTS|1\r") == [ONE, TWO]


@pytest.mark.parametrize(("data", "code"), [(b"", "hl7_no_header"), (b"\x0b" + ADMIT, "hl7_file_cut")])
def test_files_without_a_message(data: bytes, code: str) -> None:
    """A file without a message, or that ends inside a frame, is refused."""
    with pytest.raises(InvalidInput, match=code):
        split_messages(data)


@needs_samples
def test_samples_hold_one_message_each() -> None:
    """Every sample file is one message with all its bytes."""
    for path in SAMPLES:
        assert split_messages(path.read_bytes()) == [path.read_bytes()]
