"""What a line wants to be told to other systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from yipan.codecs.hl7v2.event import PatientEvent

OUTBOX_TOPIC = "hl7.out"
"""Wishes in `spine.outbox` whose payload has `kind` ("ORU^R01") and `what` (a key of `Line.outbound`)."""

E = TypeVar("E", bound=PatientEvent)


@dataclass(frozen=True, slots=True)
class Outgoing(Generic[E]):
    """An event to be sent, and whom it concerns.

    `paths` are the organisations that it concerns: receivers of these, and of those above them, are told. The assigners
    of its identifiers are our identifier systems. `source` is where it came from; who told it is not told back.
    """

    kind: str
    event: E
    paths: tuple[str, ...]
    patient_id: UUID
    source: str = ""
