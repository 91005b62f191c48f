"""HL7 version 2: messages to dataclasses and back, acknowledgements, MLLP frames. Reference: docs/reference/hl7v2.md.

>>> message = parse(b"MSH|^~\\\\&|HIS|A|YIPAN|B|20260301||ADT^A01|1|P|2.5\\rPID|1||42^^^HIS^MR||Li^Na\\r")
>>> message.get("PID-5.2")
'Na'
>>> message.set("PID-5.2", "Mei & Na").get("PID-5.2")
'Mei & Na'
"""

from yipan.codecs.hl7v2.charset import DEFAULT_CHARSETS, Charsets
from yipan.codecs.hl7v2.message import Field, Message, Repetition, Segment
from yipan.codecs.hl7v2.parser import head, parse
from yipan.codecs.hl7v2.separators import NULL, Separators

__all__ = [
    "DEFAULT_CHARSETS",
    "NULL",
    "Charsets",
    "Field",
    "Message",
    "Repetition",
    "Segment",
    "Separators",
    "head",
    "parse",
]
