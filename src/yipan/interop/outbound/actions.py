"""What a person does with receivers, and with messages that wait for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.network.models import Organisation
from yipan.interop import verbs
from yipan.interop.outbound import queries
from yipan.interop.outbound.models import OutboundCharset, OutboundMessage, OutboundState, Receiver
from yipan.interop.outbound.spreading import KINDS
from yipan.kernel.errors import Conflict, InvalidInput, NotFound

VERSIONS = ("2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8")


def save_receiver(
    *,
    actor: Actor,
    receiver_id: UUID | None = None,
    name: str,
    organisation_id: UUID | None,
    host: str,
    port: int | None,
    tls: bool = False,
    application: str = "",
    facility: str = "",
    kinds: list[str] | None = None,
    version: str = "2.5.1",
    charset: str = OutboundCharset.UTF8,
    enabled: bool = True,
) -> Receiver:
    """Add a receiver, or change one; what waits for it is tried at once.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming each wrong field.
    """
    organisation = Organisation.objects.filter(pk=organisation_id).first() if organisation_id else None
    wrong = _wrong(name, host, port, kinds or [], version, charset)
    if organisation is None:
        actor.require(verbs.EDIT)
        wrong["organisation"] = "field_required"
    else:
        actor.require(verbs.EDIT, organisation.path)
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    told: dict[str, Any] = {
        "name": name.strip(),
        "organisation_id": organisation_id,
        "host": host.strip(),
        "port": port,
        "tls": tls,
        "application": application.strip(),
        "facility": facility.strip(),
        "kinds": kinds,
        "version": version,
        "charset": charset,
        "enabled": enabled,
    }
    row = queries.receiver(actor, receiver_id, verbs.EDIT) if receiver_id else Receiver()
    changed = [k for k, v in told.items() if getattr(row, k) != v] if receiver_id else sorted(told)
    for field, value in {**told, "retry_at": None, "failures": 0}.items():
        setattr(row, field, value)
    try:
        with transaction.atomic():
            row.save()
            assert organisation is not None
            action = "receiver.edit" if receiver_id else "receiver.add"
            audit.record(actor, action, "receiver", row.pk, path=organisation.path, data={"changed": changed})
    except IntegrityError as error:
        raise InvalidInput("form_invalid", fields={"name": "name_taken"}) from error
    return row


def replay(*, actor: Actor, message_id: int) -> OutboundMessage:
    """Send a refused or dropped message once more, under the same number.

    Raises Refused, NotFound("message_unknown"), Conflict("message_step" | "message_content_gone").
    """
    with transaction.atomic():
        row = _taken(actor, message_id)
        if row.state not in (OutboundState.REFUSED, OutboundState.DROPPED):
            raise Conflict("message_step", state=row.state)
        if not row.raw:
            raise Conflict("message_content_gone")
        _again(row, actor)
        audit.record(actor, "message.send_again", "outbound", row.pk, path=row.receiver.organisation.path)
    return row


def replay_refused(*, actor: Actor, receiver_id: UUID) -> int:
    """Send everything that a receiver refused once more; return how many messages that are.

    Raises Refused, NotFound("receiver_unknown").
    """
    with transaction.atomic():
        receiver = queries.receiver(actor, receiver_id, verbs.REPLAY)
        rows = OutboundMessage.objects.select_for_update(of=("self",)).select_related("receiver__organisation")
        refused = [row for row in rows.filter(receiver=receiver, state=OutboundState.REFUSED) if row.raw]
        for row in refused:
            _again(row, actor)
        path, data = receiver.organisation.path, {"messages": len(refused)}
        audit.record(actor, "message.send_again", "receiver", receiver.pk, path=path, data=data)
    return len(refused)


def drop(*, actor: Actor, message_id: int, reason: str) -> OutboundMessage:
    """Decide that a message is not sent; `replay` can still take it up again.

    Raises Refused, NotFound("message_unknown"), Conflict("message_step"), InvalidInput("ignore_reason_missing").
    """
    if not reason.strip():
        raise InvalidInput("ignore_reason_missing")
    with transaction.atomic():
        row = _taken(actor, message_id)
        if row.state not in queries.STANDING:
            raise Conflict("message_step", state=row.state)
        row.state, row.note, row.handled_by = OutboundState.DROPPED, reason.strip()[:400], actor.name[:120]
        row.save(update_fields=["state", "note", "handled_by"])
        path, data = row.receiver.organisation.path, {"reason": row.note}
        audit.record(actor, "message.drop", "outbound", row.pk, path=path, data=data)
    return row


def _wrong(name: str, host: str, port: int | None, kinds: list[str], version: str, charset: str) -> dict[str, str]:
    """Field → what is wrong with it."""
    given = {"name": name, "host": host}
    wrong = {field: "field_required" for field, value in given.items() if not value.strip()}
    if port is None or not 1 <= port <= 65535:
        wrong["port"] = "port_range"
    if not kinds or set(kinds) - set(KINDS):
        wrong["kinds"] = "choice_unknown"
    if version not in VERSIONS:
        wrong["version"] = "choice_unknown"
    if charset not in OutboundCharset.values:
        wrong["charset"] = "choice_unknown"
    return wrong


def _again(row: OutboundMessage, actor: Actor) -> None:
    row.state, row.attempts, row.answer, row.answer_text = OutboundState.WAITING, 0, "", ""
    row.note, row.handled_by = "", actor.name[:120]
    row.save(update_fields=["state", "attempts", "answer", "answer_text", "note", "handled_by"])
    Receiver.objects.filter(pk=row.receiver_id).update(retry_at=None)


def _taken(actor: Actor, message_id: int) -> OutboundMessage:
    """A message locked for a decision."""
    rows = OutboundMessage.objects.select_for_update(of=("self",)).select_related("receiver__organisation")
    found = rows.filter(pk__in=queries.visible(actor, verbs.REPLAY).filter(pk=message_id).values("pk")).first()
    if found is None:
        raise NotFound("message_unknown")
    return found
