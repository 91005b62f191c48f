"""MLLP frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.codecs.hl7v2.framing import Decoder, frame
from yipan.kernel.errors import InvalidInput

_payloads = st.binary(max_size=40).map(lambda b: b.replace(b"\x0b", b"").replace(b"\x1c", b""))


@given(st.lists(_payloads, max_size=5), st.data())
def test_frames_survive_any_cutting(messages: list[bytes], data: st.DataObject) -> None:
    """Messages come out whole and in order, however the stream is cut and whatever noise stands between frames."""
    noise = st.sampled_from([b"", b"\r\n", b"\x1c\r", b"junk"])
    stream = b"".join(data.draw(noise) + frame(m) for m in messages) + data.draw(noise)
    decoder = Decoder()
    found: list[bytes] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += decoder.feed(stream[:size])
        stream = stream[size:]
    assert found == messages
    assert not decoder.is_open


def test_file_separator_alone_does_not_end_a_frame() -> None:
    """Only the pair 1C 0D ends a frame."""
    assert list(Decoder().feed(b"\x0ba\x1cb\rc\x1c\r")) == [b"a\x1cb\rc"]


def test_broken_off_frame_is_dropped_when_the_next_begins() -> None:
    """A sender that starts again inside a frame is heard from its new start."""
    assert list(Decoder().feed(b"\x0bMSH|half\x0bMSH|whole\x1c\r")) == [b"MSH|whole"]


def test_too_large_frame_comes_after_the_messages_before_it() -> None:
    """A frame over the limit raises, with its beginning kept, after earlier messages were given out."""
    decoder = Decoder(max_frame=10)
    feed = decoder.feed(frame(b"0123456789") + b"\x0b01234567890")
    assert next(feed) == b"0123456789"
    with pytest.raises(InvalidInput, match="mllp_too_large"):
        next(feed)
    assert decoder.unfinished == b"01234567890"


def test_too_large_frame_that_is_closed() -> None:
    """A whole frame over the limit raises as well."""
    with pytest.raises(InvalidInput, match="mllp_too_large"):
        list(Decoder(max_frame=3).feed(frame(b"1234")))


def test_message_with_framing_bytes_is_not_framed() -> None:
    """A message that would end its own frame is refused."""
    for bad in (b"a\x1c\rb", b"a\x0bb"):
        with pytest.raises(InvalidInput, match="mllp_not_framable"):
            frame(bad)
