"""Makes ADT messages: for the demo feed, for tests, for hospitals that want to see one.

`adt_event(build_adt(...))` gives back what was put in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yipan.codecs.hl7v2.message import Message
from yipan.codecs.hl7v2.triggers import MEANINGS
from yipan.codecs.hl7v2.types import CWE, CX
from yipan.codecs.hl7v2.writer import Envelope, Person, Stay, Writer
from yipan.kernel.errors import InvalidInput

__all__ = ["Envelope", "Person", "Stay", "build_adt"]

# Message structures (MSH-9.3) that are shared by several triggers; the others have their own.
_STRUCTURES = {
    **dict.fromkeys(("A04", "A08", "A13"), "ADT_A01"),
    **dict.fromkeys(("A14", "A28", "A31"), "ADT_A05"),
    "A07": "ADT_A06",
    "A11": "ADT_A09",
    **dict.fromkeys(("A22", "A25", "A26", "A27"), "ADT_A21"),
    "A40": "ADT_A39",
}


def build_adt(
    trigger: str,
    *,
    control_id: str,
    at: datetime,
    patient: Person | None = None,
    stay: Stay | None = None,
    diagnoses: Iterable[CWE] = (),
    merged: Iterable[CX] = (),
    second: tuple[Person, Stay] | None = None,
    envelope: Envelope = Envelope(),
) -> Message:
    """An ADT message.

    `at` (aware) is when it happened and was sent. `merged` are the identifiers that A40 gives up; `second` is the other
    patient of A17. For A20 the location and bed status of `stay` go to NPU. Raises InvalidInput `hl7_trigger_unknown`,
    `hl7_charset_unknown`; `encode` on the result raises for characters that the character set does not have.
    """
    if trigger not in MEANINGS:
        raise InvalidInput("hl7_trigger_unknown", where="MSH-9.2", trigger=trigger)
    writer = Writer(envelope)
    kind = ("ADT", trigger, _STRUCTURES.get(trigger, f"ADT_{trigger}"))
    lines = [writer.header(kind, control_id, at), writer.event(trigger, at)]
    stay = stay or Stay()
    if trigger == "A20":
        lines.append(writer.segment("NPU", {1: writer.typed(stay.location), 2: writer.text(stay.bed_status)}))
    elif patient is not None:
        lines += writer.patient(patient, list(merged), None if trigger == "A40" else stay)
    lines += [writer.diagnosis(number, code) for number, code in enumerate(diagnoses, start=1)]
    if second is not None:
        lines += writer.patient(second[0], [], second[1])
    return writer.message(lines)
