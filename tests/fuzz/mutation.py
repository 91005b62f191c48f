"""Inputs near real ones: pieces of good files put together wrongly, which random bytes alone would never reach."""

from __future__ import annotations

from hypothesis import strategies as st

GOOD = (
    "MSH|^~\\&|HIS|CITY|YIPAN|NET|20260302101500+0800||ADT^A01^ADT_A01|2|P|2.5|||AL|NE||UNICODE UTF-8\r"
    "EVN|A01|20260302101500+0800||||20260302101200+0800\r"
    "PID|1||100234^^^HIS^MR~420101196005011233^^^^NI||李建国^^^^^^L||19600501|M|||汉口路\\.br\\7号||13800000000\r"
    "PV1|1|I|N7^701^07||||0421^王^敏|||NEURO|||||||||ZY26030201|||||||||||||||||||||||||20260302101200+0800\r"
    "DG1|1||I63.9^脑梗死^ICD-10|||A\r"
)
WORDS = r"""
\F\ \X \X0D\ \X3\ "" ~~~ ^^^^&& MSH| MSH PID[2] ² ٣ 2.5.1 1e9 -1 0000000000 20261332 99999999 20260302+9999 2026-03-02
8859/1 GB18030-2000 ASCII~UNICODE KLINGON ADT^A40 ADT^A17 MRG|1
"""
PIECES = [
    *GOOD.encode().split(b"|"),
    *(c.encode() for c in '|^~\\&\r\n\x0b\x1c\x00\x1a\t "#'),
    *WORDS.split(),
    *("\r\n", "\x1c\r", "\ufeff", "9" * 5000, "\ud7ff", "\U0010ffff", "é" * 300),
]
_pieces = [p if isinstance(p, bytes) else p.encode() for p in PIECES]
SEGMENTS = [line + b"\r" for line in GOOD.encode().split(b"\r") if line]

chunks = st.one_of(st.sampled_from(_pieces), st.binary(max_size=8), st.sampled_from(SEGMENTS))
"""Pieces of messages, whole segments, and noise."""


@st.composite
def damaged(draw: st.DrawFn, good: bytes = GOOD.encode()) -> bytes:
    """A good message in which a few places were overwritten, cut out or doubled."""
    data = bytearray(good)
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.sampled_from([0, 0, 1, 2, 7, 60])))
        data[at:end] = draw(st.one_of(chunks, st.just(bytes(data[at:end]) * 2)))
    return bytes(data)


messages = st.one_of(damaged(), st.lists(chunks, max_size=12).map(b"".join), st.binary(max_size=200))
"""From nearly right to plain noise."""
