"""From a wish in the outbox to one message for each receiver whom it concerns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from yipan.codecs.hl7v2.message import Message
from yipan.codecs.hl7v2.referrals import KINDS as REFERRALS
from yipan.codecs.hl7v2.referrals import build_referral
from yipan.codecs.hl7v2.results import build_result
from yipan.codecs.hl7v2.types import CX, HD
from yipan.codecs.hl7v2.writer import Envelope
from yipan.interop.outbound.models import CONTROL_LENGTH, OutboundMessage, OutboundState, Receiver
from yipan.interop.reading import params_of
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput
from yipan.spine import outbox, registry
from yipan.spine.wire import OUTBOX_TOPIC, Outgoing
from yipan.ui.filters import zone_of

OURS = "YIPAN"
KINDS = ("ORU^R01", *REFERRALS)
"""Kinds of message that can be sent."""


def announce() -> None:
    """Carry out the wishes of all lines."""
    outbox.handles(OUTBOX_TOPIC, spread)


def spread(key: str, payload: dict[str, Any]) -> None:
    """Write one message for each receiver whom the wish concerns. `key` becomes MSH-10 of all of them.

    Called by the outbox in the transaction that marks the wish done. Raises KeyError for a wish of no line.
    """
    told = registry.outbound(payload["what"])(payload)
    if told is None:
        return
    for receiver in Receiver.objects.select_related("organisation"):
        if concerns(receiver, told):
            write(receiver, told, key)


def concerns(receiver: Receiver, told: Outgoing[Any]) -> bool:
    """Whether a receiver is told this: its kind, its organisation, and not what it has told itself."""
    here = any(path.startswith(receiver.organisation.path) for path in told.paths)
    own = " ".join(part for part in (receiver.application, receiver.facility) if part)
    return here and told.kind in receiver.kinds and not (own and own == told.source)


def write(receiver: Receiver, told: Outgoing[Any], key: str) -> None:
    """The message for one receiver, once; one that its character set cannot write is kept as refused."""
    row = OutboundMessage(
        receiver=receiver,
        control_id=key[:CONTROL_LENGTH],
        kind=told.kind,
        patient_id=told.patient_id,
        created_at=clock.now(),
    )
    try:
        row.raw = _message(receiver, told, row.control_id).encode()
    except InvalidInput as error:
        row.raw, row.state = b"", OutboundState.REFUSED
        row.error_code, row.error_params = error.code, params_of(error)
    OutboundMessage.objects.bulk_create([row], ignore_conflicts=True)


def _message(receiver: Receiver, told: Outgoing[Any], control_id: str) -> Message:
    organisation = receiver.organisation
    envelope = Envelope(
        sender=(OURS, organisation.code),
        receiver=(receiver.application or receiver.name, receiver.facility or organisation.code),
        version=receiver.version,
        charset=receiver.charset,
        zone=zone_of(None),
    )
    numbers = identifiers_for(organisation.code, told.event.identifiers)
    event = replace(told.event, message_control_id=control_id, identifiers=numbers)
    build = build_referral if told.kind in REFERRALS else build_result
    return build(event, at=clock.now(), envelope=envelope)


def identifiers_for(code: str, known: tuple[CX, ...]) -> tuple[CX, ...]:
    """The numbers by which an organisation knows a person: its own as it told them; failing these, the identity card.

    Numbers that other organisations gave are none of its business.
    """
    own = [
        CX(one.id, None, HD(assigner) if assigner else None, one.type)
        for one in known
        if one.assigner and (one.assigner.namespace or "").startswith(f"{code}:")
        for assigner in [_assigner(one, code)]
    ]
    cards = [one for one in known if one.type == "NI"]
    return tuple(own or cards)


def _assigner(number: CX, code: str) -> str:
    """What stood in PID-3.4 when the organisation told the number ("CITY:HIS:MR" is HIS)."""
    system = (number.assigner.namespace or "") if number.assigner else ""
    parts = system.removeprefix(f"{code}:").split(":")
    return parts[0] if len(parts) > 1 else ""
