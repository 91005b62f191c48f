"""Bytes to `Message`. The parser accepts what real senders produce, and gives back the same bytes on `encode`.

Accepted beyond the standard: LF or CRLF instead of CR, blank lines, a byte order mark, padding bytes and framing bytes
left around the message, a last segment without its CR. Refused, with the segment's number: anything that would have to
be guessed.
"""

from __future__ import annotations

import re

from yipan.codecs.hl7v2.charset import DEFAULT_CHARSETS, Charsets, carrying, choose, declared
from yipan.codecs.hl7v2.message import Message, Segment
from yipan.codecs.hl7v2.separators import Separators
from yipan.kernel.errors import InvalidInput

_PREFIX = re.compile(rb"[\x00\x0b\s]*(?:\xef\xbb\xbf)?[\x00\x0b\s]*")
_PADDING = b"\x00\x0b\x1a\x1c\r\n\t "
_LINE = re.compile(rb"([^\r\n]*)([\r\n\s]*)")
_PLAIN = re.compile(rb"[^\r\n]*(?:\r[^\s][^\r\n]*)*\r?")
"""Segments that end with CR and nothing else between them: nearly all messages."""
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")


def parse(raw: bytes, charsets: Charsets = DEFAULT_CHARSETS) -> Message:
    """Read a message; `parse(raw).encode() == raw`.

    `charsets` says how to read a message that names no character set.
    Raises InvalidInput, always with `segment` (number from 1) and `where`: `hl7_empty`, `hl7_no_header`,
    `hl7_separators`, `hl7_charset_unknown`, `hl7_charset_undecided`, `hl7_charset_mismatch`, `hl7_segment_name`,
    `hl7_second_header`.
    """
    prefix, body, suffix = _trim(raw)
    separators, header = _header(body)
    codec = choose(body, declared(header, separators), charsets)
    lines = _lines(body, separators.field.encode())
    segments = [_segment(line, end, number, separators, codec) for number, (line, end) in enumerate(lines, start=1)]
    return Message(tuple(segments), separators, codec, prefix, suffix)


def head(raw: bytes) -> Message:
    """The header alone, whatever the rest is; never raises.

    For acknowledging a message that cannot be parsed. Bytes that fit no known character set are carried through as they
    are. Without any header the result is an empty one with the usual separators.
    """
    try:
        separators, header = _header(_trim(raw)[1])
    except InvalidInput:
        separators, header = Separators(), b"MSH|^~\\&"
    codec = carrying(header, declared(header, separators))
    return Message((_segment(header, b"\r", 1, separators, codec),), separators, codec)


def _trim(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the message, the message, what stands after it."""
    match = _PREFIX.match(raw)
    start = match.end() if match else 0
    end = start + len(raw[start:].rstrip(_PADDING))
    # Blanks right after the last character are part of the last value.
    end += len(raw[end:]) - len(raw[end:].lstrip(b"\t "))
    return raw[:start], raw[start:end], raw[end:]


def _header(body: bytes) -> tuple[Separators, bytes]:
    """The separators and the whole MSH segment of a message without its prefix."""
    if not body:
        raise InvalidInput("hl7_empty", where="MSH", segment=1)
    header = re.split(rb"[\r\n]", body, maxsplit=1)[0]
    if not header.startswith(b"MSH") or len(header) < 4:
        raise InvalidInput("hl7_no_header", where="MSH", segment=1)
    field, encoding = header[3:4], header[4:].split(header[3:4], 1)[0]
    return Separators.of(field.decode("latin-1"), encoding.decode("latin-1")), header


def _lines(body: bytes, field: bytes) -> list[tuple[bytes, bytes]]:
    """Segments with their line ends.

    In a message that ends its segments with CR, an LF before text that is no segment belongs to the value it stands in.
    """
    if _PLAIN.fullmatch(body):
        *whole, last = body.split(b"\r")
        return [*((line, b"\r") for line in whole), *([(last, b"")] if last else [])]
    starts_segment = re.compile(rb"[A-Z][A-Z0-9]{2}(?:" + re.escape(field) + rb"|[\r\n]|\Z)")
    spans: list[tuple[int, int, int]] = []
    position, by_cr = 0, b"\r" in body
    while position < len(body):
        match = _LINE.match(body, position)
        assert match is not None, "the pattern matches everywhere"
        start = position
        if by_cr and spans and b"\r" not in body[spans[-1][1] : position] and not starts_segment.match(body, position):
            start = spans.pop()[0]
        spans.append((start, match.end(1), match.end()))
        position = match.end()
    return [(body[start:stop], body[stop:end]) for start, stop, end in spans]


def _segment(line: bytes, end: bytes, number: int, separators: Separators, codec: str) -> Segment:
    try:
        text = line.decode(codec)
    except UnicodeDecodeError as error:
        name = line[:3].decode("latin-1")
        field = line[: error.start].count(separators.field.encode())
        where = f"{name}-{field + (name == 'MSH')}"
        raise InvalidInput("hl7_charset_mismatch", where=where, segment=number, charset=codec) from error
    name, *fields = text.split(separators.field)
    if not _NAME.fullmatch(name):
        raise InvalidInput("hl7_segment_name", where=text[:20], segment=number)
    if name == "MSH":
        if number > 1:
            raise InvalidInput("hl7_second_header", where="MSH", segment=number)
        fields.insert(0, separators.field)
    return Segment(name, tuple(fields), separators, codec, end.decode("ascii"))
