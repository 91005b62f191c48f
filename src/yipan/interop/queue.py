"""What a person does with messages that wait: try again, or let them be."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yipan.base import audit
from yipan.base.access import Actor, scope
from yipan.interop import verbs
from yipan.interop.applying import apply_one, lock_sender, wake, with_source
from yipan.interop.models import InboundMessage, MessageState, Source
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound

REPLAYABLE = (MessageState.WAITING, MessageState.IGNORED)


def visible(actor: Actor, verb: str, prefix: str = "source__") -> Q:
    """Messages (or, with prefix "", sources) of the actor's organisations, and of senders that nobody mapped yet."""
    actor.require(verb)
    return scope(actor, verb, f"{prefix}organisation__path") | Q(**{f"{prefix}organisation": None})


def replay(actor: Actor, message_id: int) -> InboundMessage:
    """Try a message again at once, with the mappings of now; what it did, or why it waits still, is on it afterwards.

    Raises Refused, NotFound("message_unknown"), Conflict("message_step") for one that is applied or not yet tried,
    Conflict("message_content_gone") for one whose content was removed when its time was over.
    """
    with transaction.atomic():
        message = _taken(actor, message_id)
        if message.state not in REPLAYABLE:
            raise Conflict("message_step", state=message.state)
        if not message.raw:
            raise Conflict("message_content_gone")
        message.note, message.handled_by = "", actor.name[:120]
        apply_one(message)
        audit.record(actor, "message.replay", "message", message.pk, data={"state": message.state})
        wake()
    return message


def ignore(actor: Actor, message_id: int, reason: str) -> InboundMessage:
    """Decide that a waiting message shall have no effect; `replay` can still take it up again.

    Raises Refused, NotFound("message_unknown"), Conflict("message_step"), InvalidInput("ignore_reason_missing").
    """
    if not reason.strip():
        raise InvalidInput("ignore_reason_missing")
    with transaction.atomic():
        message = _taken(actor, message_id)
        if message.state != MessageState.WAITING:
            raise Conflict("message_step", state=message.state)
        message.state, message.retry_at = MessageState.IGNORED, None
        message.note, message.handled_by = reason.strip()[:400], actor.name[:120]
        message.save(update_fields=["state", "retry_at", "note", "handled_by"])
        audit.record(actor, "message.ignore", "message", message.pk, data={"reason": message.note})
    return message


def replay_waiting(actor: Actor, source_id: UUID, *, code: str = "", location: str = "") -> int:
    """Let the worker try all waiting messages of a sender again, or those with a reason or a location; return how many.

    Raises Refused, NotFound("source_unknown").
    """
    with transaction.atomic():
        source = source_for(actor, verbs.REPLAY, source_id)
        rows = InboundMessage.objects.filter(source=source, state=MessageState.WAITING)
        if code:
            rows = rows.filter(error_code=code)
        if location:
            rows = rows.filter(error_params__location=location)
        woken = rows.update(retry_at=clock.now())
        data = {"code": code, "location": location, "messages": woken}
        audit.record(actor, "message.replay_all", "source", source.pk, data=data)
        wake()
    return woken


def source_for(actor: Actor, verb: str, source_id: UUID) -> Source:
    """A sender that the actor may see under a verb. Raises Refused, NotFound("source_unknown")."""
    found = Source.objects.select_related("organisation").filter(visible(actor, verb, ""), pk=source_id).first()
    if found is None:
        raise NotFound("source_unknown")
    return found


def _taken(actor: Actor, message_id: int) -> InboundMessage:
    """A message locked for a decision, with the lock of its sender."""
    found = InboundMessage.objects.filter(visible(actor, verbs.REPLAY), pk=message_id)
    source_id = found.values_list("source_id", flat=True).first()
    if source_id is None:
        raise NotFound("message_unknown")
    lock_sender(source_id, wait=True)
    return with_source().get(pk=message_id)
