"""Reading bytes: what comes in comes out again, and what cannot be read says where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yipan.codecs.hl7v2 import Charsets, head, parse
from yipan.codecs.hl7v2.tests.samples import ADMIT, SAMPLES, needs_samples
from yipan.kernel.errors import InvalidInput

_MARKS = [b"|", b"^", b"~", b"\\", b"&", b"#", b"\r", b"\n", b"\r\n", b'""', b" ", b"\x0b", b"\x1c", b"\x00"]
_WORDS = [b"MSH", b"MSH|^~\\&|", b"PID", b"ZZZ|\r", b"A01", b"\\X41\\", b"\\T\\", b"\xef\xbb\xbf"]
_TEXTS = ["李".encode(), "李".encode("gb18030"), b"\xff"]
_SETS = [b"|||||||||||||||" + name for name in (b"UNICODE UTF-8", b"GB18030", b"8859/1")]
_PIECES = st.sampled_from([*_MARKS, *_WORDS, *_TEXTS, *_SETS])


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_sample_is_given_back_byte_for_byte(path: Path) -> None:
    """Each of the 70 sample messages is encoded to exactly the bytes that were read."""
    raw = path.read_bytes()
    assert parse(raw).encode() == raw


@needs_samples
@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_sample_changes_only_in_the_edited_field(path: Path) -> None:
    """Setting one value in a sample leaves all other segments and fields as they were."""
    raw = path.read_bytes()
    before = parse(raw)
    after = parse(before.set("MSH-10", "A|B & 李").encode())
    assert after.control_id == "A|B & 李"
    assert after.lines[1:] == before.lines[1:]
    assert (after.prefix, after.suffix) == (before.prefix, before.suffix)
    old, new = before.lines[0].fields, after.lines[0].fields
    assert [n for n, (a, b) in enumerate(zip(old, new, strict=True), start=1) if a != b] == [10]


@settings(max_examples=400)
@given(st.one_of(st.binary(max_size=200), st.lists(_PIECES, max_size=25).map(b"".join)))
@example(b"MSH|^~\\&|" + b"\n" * 5000 + b"x")
@example(b"MSH|^~\\&\r \n \r PID|\r")
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Whatever the bytes, parsing raises InvalidInput with a place, or encodes to the same bytes."""
    try:
        message = parse(raw)
    except InvalidInput as error:
        assert error.params["segment"] >= 1
        assert error.params["where"] is not None
    else:
        assert message.encode() == raw


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=200), st.lists(_PIECES, max_size=25).map(b"".join)))
def test_head_never_raises(raw: bytes) -> None:
    """The header is given for any bytes whatever, as one MSH segment."""
    assert [s.name for s in head(raw).lines] == ["MSH"]


@settings(max_examples=100)
@given(st.integers(0, len(ADMIT) - 1), st.binary(min_size=0, max_size=3))
def test_damaged_message_is_read_or_refused(position: int, junk: bytes) -> None:
    """A real message with some bytes replaced is read without loss or refused."""
    raw = ADMIT[:position] + junk + ADMIT[position + 1 :]
    try:
        assert parse(raw).encode() == raw
    except InvalidInput as error:
        assert error.code.startswith("hl7_")


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\r", b"\n\n"])
def test_every_kind_of_line_end(end: bytes) -> None:
    """CR, LF and CRLF, with blank lines, separate segments and are kept."""
    raw = ADMIT.replace(b"\r", end)
    message = parse(raw)
    assert [s.name for s in message.lines] == ["MSH", "EVN", "PID", "PV1"]
    assert message.encode() == raw


def test_line_feed_inside_a_value() -> None:
    """In a message with CR, an LF before text that is no segment stays in the value."""
    raw = b"MSH|^~\\&|A\rOBX|1|TX|1||two\nlines|x\rOBX|2\r"
    message = parse(raw)
    assert message.get("OBX-5") == "two\nlines"
    assert message.get("OBX-6") == "x"
    assert message.get("OBX[2]-1") == "2"
    assert message.encode() == raw


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n", b"\x0b", b" \xef\xbb\xbf\n"])
@pytest.mark.parametrize("after", [b"", b"\r\n\r\n", b"\x1c\r", b"\x00\x00", b"\x1a", b"\r\n   \r\n"])
def test_bytes_around_a_message(before: bytes, after: bytes) -> None:
    """A byte order mark, framing bytes, blank lines and padding around a message belong to no field and are kept."""
    raw = before + ADMIT.rstrip() + after
    message = parse(raw)
    assert message.get("PV1-44") == "20260301083000"
    assert message.encode() == raw


@pytest.mark.parametrize(
    ("raw", "code", "segment", "where"),
    [
        (b"", "hl7_empty", 1, "MSH"),
        (b"\r\n ", "hl7_empty", 1, "MSH"),
        (b"PID|1\r", "hl7_no_header", 1, "MSH"),
        (b"MSH", "hl7_no_header", 1, "MSH"),
        (b"MSH||A\r", "hl7_separators", 1, "MSH-2"),
        (b"MSH|^^\\&|A\r", "hl7_separators", 1, "MSH-2"),
        (b"MSHAbcde\r", "hl7_separators", 1, "MSH-2"),
        (b"MSH|^~\\&|A\rPI", "hl7_segment_name", 2, "PI"),
        (b"MSH|^~\\&|A\rpid|1\r", "hl7_segment_name", 2, "pid|1"),
        (b"MSH|^~\\&|A\nPID|1\nrest of a text\n", "hl7_segment_name", 3, "rest of a text"),
        (b"MSH|^~\\&|A\rMSH|^~\\&|B\r", "hl7_second_header", 2, "MSH"),
        (b"MSH|^~\\&|A|||||||||||||||EBCDIC\r", "hl7_charset_unknown", 1, "MSH-18"),
        (b"MSH|^~\\&|A|||||||||||||||UTF-8\rPID|1|\xff\r", "hl7_charset_mismatch", 2, "PID-2"),
        (b"MSH|^~\\&|\xff|||||||||||||||ASCII\r", "hl7_charset_mismatch", 1, "MSH-3"),
        (b"MSH|^~\\&|\xff\xff\r", "hl7_charset_undecided", 1, "MSH-18"),
    ],
)
def test_refusal_says_where(raw: bytes, code: str, segment: int, where: str) -> None:
    """What cannot be read is refused with a code, the number of the segment and the place in it."""
    with pytest.raises(InvalidInput) as caught:
        parse(raw)
    assert (caught.value.code, caught.value.params["segment"], caught.value.params["where"]) == (code, segment, where)


@pytest.mark.parametrize(
    ("encoding", "value"),
    [("^~\\&", "a^b&c"), ("^~\\&#", "a^b&c"), ("^~\\", "a^b&c"), ("^~", "a^b&c"), ("^", "a^b&c"), ("$%!*", "a$b*c")],
)
def test_few_or_unusual_encoding_characters(encoding: str, value: str) -> None:
    """Messages with fewer, more or other separators in MSH-2 are split by exactly those."""
    raw = f"MSH|{encoding}|HIS\rPID|1|{value}\r".encode()
    message = parse(raw)
    assert message.segment("PID").field(2).get(1) == "a"
    assert message.segment("PID").field(2).get(2) == ("b" if len(encoding) >= 4 else "b&c")
    assert message.get("MSH-2") == encoding
    assert message.encode() == raw


def test_other_field_separator() -> None:
    """MSH-1 may be any character; MSH-1 and MSH-2 read as themselves."""
    message = parse(b"MSH;^~\\&;HIS\rPID;1;x|y\r")
    assert (message.get("MSH-1"), message.get("MSH-2"), message.get("MSH-3")) == (";", "^~\\&", "HIS")
    assert message.get("PID-2") == "x|y"


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("UTF-8", "utf-8"),
        ("GB 18030-2000", "gb18030"),
        ("GB18030", "gb18030"),
        ("8859/1", "latin-1"),
        ("ISO-8859-1", "latin-1"),
        ("ASCII", "ascii"),
    ],
)
def test_character_sets(name: str, codec: str) -> None:
    """Text is read in the character set that MSH-18 names."""
    text = {"ascii": "Mueller", "latin-1": "Müller"}.get(codec, "欧阳娜娜𠮷")
    raw = f"MSH|^~\\&|{text}|||||||||||||||{name}\rPID|1||||{text}\r".encode(codec)
    message = parse(raw)
    assert (message.get("PID-5"), message.get("MSH-3")) == (text, text)
    assert message.encode() == raw


def test_separator_bytes_inside_chinese_characters() -> None:
    """In GB 18030 the byte of | ^ or \\ may be half of a character, also in the header, and separates nothing."""
    text = "".join(c for c in map(chr, range(0x4E00, 0x9FA5)) if c.encode("gb18030")[-1:] in (b"|", b"^", b"\\", b"~"))
    raw = f"MSH|^~\\&|{text}|HOSP|||||ADT^A08|7|P|2.4||||||GB18030\rPID|1||{text}^x\r".encode("gb18030")
    message = parse(raw)
    assert len(text) > 100
    assert (message.get("MSH-3"), message.control_id) == (text, "7")
    assert (message.get("PID-3.1"), message.get("PID-3.2")) == (text, "x")
    assert message.encode() == raw


def test_no_character_set_named() -> None:
    """Without MSH-18 a message is UTF-8 when its bytes are, else the next in the list given by the caller."""
    utf8 = "MSH|^~\\&|李\r".encode()
    gb = "MSH|^~\\&|李\r".encode("gb18030")
    assert (parse(utf8).get("MSH-3"), parse(gb).get("MSH-3")) == ("李", "李")
    assert parse(b"MSH|^~\\&|M\xfcller\r", Charsets(("utf-8", "latin-1"))).get("MSH-3") == "Müller"
    with pytest.raises(InvalidInput, match="hl7_charset_undecided"):
        parse(gb, Charsets(("utf-8",)))


def test_head_of_a_message_that_cannot_be_parsed() -> None:
    """The header of a message with broken text or an unknown character set still gives its control id."""
    assert head(b"MSH|^~\\&|A||||||ADT^A01|77|P|2.5||||||UTF-8\rPID|\xff").control_id == "77"
    assert head(b"MSH|^~\\&|\xff||||||ADT^A01|78|P|2.5||||||EBCDIC\r").control_id == "78"
    assert head(b"garbage").control_id is None
