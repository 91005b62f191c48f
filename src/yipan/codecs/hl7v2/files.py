"""Files of messages: one or many, in MLLP frames or bare, with or without batch headers."""

from __future__ import annotations

import re
from itertools import pairwise

from yipan.codecs.hl7v2.framing import START, Decoder
from yipan.kernel.errors import InvalidInput

_HEADER = re.compile(rb"(?:\A|(?<=[\r\n]))[ \t]*(?:\xef\xbb\xbf)?MSH(?=[^A-Za-z0-9\r\n])")
_BATCH = re.compile(rb"(?:\A|(?<=[\r\n]))(?:FHS|BHS|BTS|FTS)(?=[^A-Za-z0-9])[^\r\n]*[\r\n]*")


def split_messages(data: bytes) -> list[bytes]:
    """The messages in `data`, each with all its bytes; batch segments (FHS, BHS, BTS, FTS) between them are dropped.

    Raises InvalidInput `hl7_no_header` when there is none, `hl7_file_cut` when the last frame is not closed.
    """
    if START in data:
        decoder = Decoder(max_frame=len(data))
        messages = list(decoder.feed(data))
        if decoder.is_open:
            raise InvalidInput("hl7_file_cut")
    else:
        bare = _BATCH.sub(b"", data)
        starts = [match.start() for match in _HEADER.finditer(bare)]
        messages = [bare[a:b] for a, b in pairwise([*starts, len(bare)])]
    if not messages:
        raise InvalidInput("hl7_no_header", where="MSH", segment=1)
    return messages
