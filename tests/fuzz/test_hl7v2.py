"""Whatever bytes come, the HL7 parser and the framing answer with a message or a declared error, and lose nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import GOOD, damaged, messages
from yipan.codecs.hl7v2 import ack, head, parse
from yipan.codecs.hl7v2.adt import adt_event
from yipan.codecs.hl7v2.files import split_messages
from yipan.codecs.hl7v2.framing import Decoder, frame
from yipan.interop.reading import hints, params_of, read_message, sender_names
from yipan.kernel.errors import InvalidInput

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, tzinfo=UTC)
EXAMPLES = 150

REGRESSIONS = [
    b"",
    b"MSH",
    b"MSH|",
    b"MSH|^~\\&",
    b"MSH|^~\\&|||||||ADT^A01|1|P|" + b"9" * 5000,
    b"MSH|^~\\&|\r\n\x0b\x1c\r",
    b"MSH|\x0b^~&|HIS\rPID|",
    b"MSH|^~\\&|HIS|CITY|||20260302||ADT^A01|X\x1c|P|2.5\rPID|1\r",
    b"MSH\x00|^~\\&|HIS|CITY|||20260302||ADT^A01|1|P|2.5\rPID|1\r",
    "MSH|^~\\&|²|٣|||20260302||ADT^A01|1|P|٢.٥\rPID|²||1\r".encode(),
]
"""Bytes that were once read wrongly, or nearly so; kept for ever."""


def through_everything(raw: bytes) -> None:
    """Every way that an inbound message takes before the database sees it; InvalidInput is the only error there is."""
    told = read_message(raw)
    assert len(told.kind) <= 20
    sender_names(told.message)
    outcome = ack.Outcome.REJECT if told.error else ack.Outcome.ACCEPT
    answer = ack.immediate(told.message, outcome, error=told.error, text="句子 sentence", control_id="X", at=AT)
    if answer is not None:
        # The header is given back as it came, so that an answer may be as unreadable as its message.
        assert answer.split(b"\r")[1][4:6] in (b"AA", b"AR", b"CA", b"CR")
        frame(answer)
    if told.error is not None:
        params_of(told.error)
        return
    hints(told.message)
    try:
        adt_event(told.message, ZONE)
    except InvalidInput as error:
        params_of(error)


@settings(max_examples=EXAMPLES)
@given(raw=messages)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """No bytes raise anything but InvalidInput, and every answer that is due can be written and framed."""
    through_everything(raw)


@pytest.mark.parametrize("raw", REGRESSIONS)
def test_bytes_that_were_once_trouble(raw: bytes) -> None:
    """What fuzzing found stays mended."""
    through_everything(raw)
    head(raw)


@settings(max_examples=EXAMPLES)
@given(raw=messages)
def test_nothing_is_lost_by_reading(raw: bytes) -> None:
    """A message that can be read is written again byte for byte."""
    try:
        read = parse(raw)
    except InvalidInput as error:
        assert error.params["segment"] >= 1
        assert "where" in error.params
    else:
        assert read.encode() == raw


@settings(max_examples=EXAMPLES)
@given(
    sent=st.lists(messages.filter(lambda m: b"\x0b" not in m and b"\x1c\r" not in m and not m.endswith(b"\x1c"))),
    noise=st.binary(max_size=5).filter(lambda n: b"\x0b" not in n),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=30),
)
def test_frames_come_out_as_they_went_in(sent: list[bytes], noise: bytes, cuts: list[int]) -> None:
    """However the stream is cut, and whatever stands between frames, each message comes out once, in order."""
    stream = noise.join([b"", *map(frame, sent), b""])
    decoder, got, start, turn = Decoder(), list[bytes](), 0, 0
    while start < len(stream):
        size = cuts[turn % len(cuts)]
        got += decoder.feed(stream[start : start + size])
        start, turn = start + size, turn + 1
    assert got == sent
    assert not decoder.is_open


@settings(max_examples=EXAMPLES)
@given(stream=st.binary(max_size=400), limit=st.integers(1, 50))
def test_a_stream_of_noise_is_bounded(stream: bytes, limit: int) -> None:
    """Of any stream the decoder keeps no more than its limit and one piece; longer frames are refused by name."""
    decoder = Decoder(max_frame=limit)
    try:
        for start in range(0, len(stream), 7):
            for message in decoder.feed(stream[start : start + 7]):
                assert len(message) <= limit
            assert len(decoder.unfinished) <= limit
    except InvalidInput as error:
        assert error.code == "mllp_too_large"
        assert len(decoder.unfinished) <= limit + 7


@settings(max_examples=EXAMPLES)
@given(
    data=st.lists(st.one_of(damaged(), st.sampled_from([b"FHS|x\r", b"\x0b", b"\x1c\r", GOOD.encode()]))).map(b"".join)
)
def test_files_of_messages_are_split_or_refused(data: bytes) -> None:
    """A file gives messages or one of two errors."""
    try:
        assert split_messages(data)
    except InvalidInput as error:
        assert error.code in ("hl7_no_header", "hl7_file_cut")
