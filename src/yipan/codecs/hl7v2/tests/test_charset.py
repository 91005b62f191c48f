"""Names of character sets."""

from __future__ import annotations

import random

import pytest

from yipan.codecs.hl7v2 import DEFAULT_CHARSETS, Charsets, Separators
from yipan.codecs.hl7v2.charset import carrying, choose, codec_of, declared
from yipan.kernel.errors import InvalidInput


@pytest.mark.parametrize("name", ["8859/1", "ISO-8859-1", "iso8859-1", "ISO 8859/1"])
def test_spellings_are_one_name(name: str) -> None:
    """Case, blanks and punctuation in the name of a character set do not matter."""
    assert codec_of(name) == "iso8859-1"


def test_unknown_name() -> None:
    """A name that is not in the table has no codec."""
    assert codec_of("KLINGON") is None


def test_repetitions() -> None:
    """MSH-18 may name several character sets, or none."""
    assert declared(b"MSH|^~\\&|A|||||||||||||||UNICODE UTF-8~GB 18030-2000", Separators()) == (
        "UNICODE UTF-8",
        "GB 18030-2000",
    )
    assert declared(b"MSH|^~\\&|A", Separators()) == ()


@pytest.mark.parametrize(
    ("names", "codec"),
    [
        (("UTF-8", "GB18030"), "utf-8"),
        (("ASCII", "GB18030", "UTF-8"), "gb18030"),
        (("ISO IR87", "UTF-8"), "utf-8"),
        (("ASCII",), "ascii"),
        ((), "utf-8"),
    ],
)
def test_choice(names: tuple[str, ...], codec: str) -> None:
    """Of several names the first that fits all bytes is taken; when none fits, the first: its misfit is told."""
    assert choose("李娜".encode(), names, DEFAULT_CHARSETS) == codec


def test_no_choice() -> None:
    """Names that are not understood, in the message or in the settings, are refused."""
    for names, charsets in ((("ISO IR87",), DEFAULT_CHARSETS), ((), Charsets(("utf-7",)))):
        with pytest.raises(InvalidInput, match="hl7_charset_unknown"):
            choose(b"x", names, charsets)


def test_header_is_carried_through() -> None:
    """For the header alone there is always a codec."""
    assert carrying(b"A", ("ASCII",)) == "ascii"
    assert carrying("李".encode("gb18030"), ()) == "gb18030"
    assert carrying(b"\xff", ("UTF-8",)) == "latin-1"
    assert carrying(b"\xff", ("EBCDIC",)) == "latin-1"


def test_gb18030_loses_nothing() -> None:
    """Every valid sequence of GB 18030, tried at random and all of two bytes, is written again as it was read."""
    chance = random.Random(18030)
    pairs = [bytes((a, b)) for a in range(0x81, 0xFF) for b in range(0x40, 0xFF)]
    fours = [bytes((chance.randrange(0x81, 0xFF), chance.randrange(0x30, 0x3A)) * 2) for _ in range(2000)]
    read = 0
    for raw in pairs + fours:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            continue
        read += 1
        assert text.encode("gb18030") == raw
    assert read > 23_000
