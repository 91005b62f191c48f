"""From the bytes of a message to what the queue keeps beside them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from yipan.base.vault.fields import digest
from yipan.codecs.hl7v2 import DEFAULT_CHARSETS, Charsets, Message, head, parse
from yipan.codecs.hl7v2.adt import adt_event
from yipan.codecs.hl7v2.event import PatientEvent
from yipan.codecs.hl7v2.orders import KINDS as ORDERS
from yipan.codecs.hl7v2.orders import order_event
from yipan.codecs.hl7v2.referrals import KINDS as REFERRALS
from yipan.codecs.hl7v2.referrals import referral_event
from yipan.codecs.hl7v2.results import KIND as RESULT
from yipan.codecs.hl7v2.results import result_event
from yipan.codecs.hl7v2.types import PL, read
from yipan.interop.mapping import location_text
from yipan.interop.models import NAME_LENGTH
from yipan.kernel.errors import QUOTING, InvalidInput, YipanError

PERSONAL = frozenset({"PID", "PD1", "NK1", "MRG", "GT1", "IN1", "IN2", "IN3", "DG1", "AL1", "OBX", "NTE"})
"""Segments about the person."""

_PLACE = re.compile(r"[A-Z][A-Z0-9]{2}([\[-].*)?")


@dataclass(frozen=True, slots=True)
class Read:
    """What could be read of a message. `error` is set when it is no usable message; the bytes are kept anyway."""

    message: Message
    digest: str
    error: YipanError | None = None

    @property
    def kind(self) -> str:
        return kind_of(self.message)

    @property
    def control_id(self) -> str:
        return clean(self.message.control_id, NAME_LENGTH)


def read_message(raw: bytes, charset: str = "") -> Read:
    """Read as far as possible; never raises. `charset` is what to try when MSH-18 is empty ("" detects)."""
    try:
        message = usable(raw, charset)
    except YipanError as error:
        return Read(head(raw), hashlib.sha256(raw).hexdigest(), error)
    return Read(message, digest_of(message))


def usable(raw: bytes, charset: str = "") -> Message:
    """A message with kind and control id. Raises InvalidInput as `parse`, and "hl7_field_missing"."""
    message = parse(raw, charsets_of(charset))
    for where in ("MSH-9", "MSH-10"):
        if not clean(message.get(where), 1):
            raise InvalidInput("hl7_field_missing", where=where, segment=1)
    return message


def kind_of(message: Message) -> str:
    """MSH-9 as "ADT^A01"."""
    return clean("^".join(p for p in (message.type, message.trigger) if p), 20)


def charsets_of(charset: str) -> Charsets:
    return Charsets((charset,)) if charset else DEFAULT_CHARSETS


def digest_of(message: Message) -> str:
    """SHA-256 of the content without MSH-7 and what surrounds it: some systems stamp a repetition with a new time."""
    header, *others = message.lines
    bare = replace(message, lines=(header.with_field(7, ""), *others), prefix=b"", suffix=b"")
    return hashlib.sha256(bare.encode()).hexdigest()


def sender_names(message: Message) -> tuple[str, str]:
    """MSH-3 and MSH-4: application and facility."""
    return clean(message.get("MSH-3"), NAME_LENGTH), clean(message.get("MSH-4"), NAME_LENGTH)


def hints(message: Message) -> dict[str, Any]:
    """What helps to find a message again, read without judging it: first identifier, locations."""
    return {
        "patient_key": person_key(clean(message.get("PID-3.1") or message.get("PID-2.1"), 200)),
        "location": location_text(_location(message, "PV1", 3) or _location(message, "NPU", 1)),
        "prior_location": location_text(_location(message, "PV1", 6)),
    }


def person_key(number: str) -> bytes | None:
    """What messages about one person have in common: the digest of the number that the sender names first."""
    return digest("interop.person", number)


def event_of(message: Message, zone: str) -> PatientEvent:
    """What a message says: an ADT event, orders, results or a referral. Raises InvalidInput as these are read."""
    kind = kind_of(message)
    if kind in REFERRALS:
        return referral_event(message, ZoneInfo(zone))
    read = order_event if kind in ORDERS else result_event if kind == RESULT else adt_event
    return read(message, ZoneInfo(zone))


def params_of(error: YipanError) -> dict[str, Any]:
    """The parameters of an error as plain JSON, without what may speak of the person.

    That is a value out of a segment about the person, and a place that is no path: then it quotes the message.
    """
    where = str(error.params.get("where") or "")
    quoted = bool(where) and _PLACE.fullmatch(where) is None
    personal = quoted or where[:3] in PERSONAL
    left_out = QUOTING - {"value"} if where and not personal else QUOTING
    kept = {k: v for k, v in error.params.items() if k not in left_out and not (quoted and k == "where")}
    return {k: v if isinstance(v, int | float | bool | None) else str(v).translate(_PICTURES) for k, v in kept.items()}


_PICTURES = {code: 0x2400 + code for code in range(0x20)}
"""Control characters as their pictures, ␀ to ␟: the database keeps no NUL in JSON, and people see what was sent."""


def clean(text: str | None, length: int) -> str:
    """One line without control characters, as the database can keep it."""
    text = text or ""
    return (text if text.isprintable() else "".join(c for c in text if c.isprintable())).strip()[:length]


def _location(message: Message, segment: str, field: int) -> PL | None:
    repetitions = message.segment(segment).field(field).repetitions
    return read(PL, repetitions[0]) if repetitions else None
