"""Reads for the pages of receivers and of what is sent to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from yipan.base import audit
from yipan.base.access import Actor, scope
from yipan.interop import verbs
from yipan.interop.outbound.models import OutboundMessage, OutboundState, Receiver
from yipan.kernel import clock
from yipan.kernel.errors import NotFound

PER_PAGE = 50
RECENT = timedelta(hours=24)
STANDING = (OutboundState.WAITING, OutboundState.REFUSED)
"""States that are counted whenever the message was made; the others are counted over the last day."""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of messages, newest first; `older` is the identifier to go on from, or None at the end."""

    messages: list[OutboundMessage]
    older: int | None


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """A receiver in the list."""

    receiver: Receiver
    waiting: int
    refused: int
    last_at: datetime | None


def page(actor: Actor, *, state: str = "", receiver_id: UUID | None = None, before: int | None = None) -> Page:
    """Messages of the actor's receivers, newest first. Raises Refused."""
    rows = visible(actor, verbs.VIEW).select_related("receiver").defer("raw")
    if state:
        rows = rows.filter(state=state)
    if receiver_id:
        rows = rows.filter(receiver=receiver_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    return Page(shown, shown[-1].pk if len(found) > PER_PAGE else None)


def counts(actor: Actor) -> dict[str, int]:
    """How many messages are in each state: waiting and refused in all, the others of the last day."""
    rows = visible(actor, verbs.VIEW)
    standing = Q(state__in=STANDING)
    told = {str(state): 0 for state in OutboundState}
    for part in (rows.filter(standing), rows.filter(created_at__gte=clock.now() - RECENT).exclude(standing)):
        told |= dict(part.order_by().values_list("state").annotate(n=Count("id")))
    return told


def message(actor: Actor, message_id: int) -> OutboundMessage:
    """One message with its bytes. Raises Refused, NotFound("message_unknown")."""
    row = visible(actor, verbs.VIEW).select_related("receiver__organisation").filter(pk=message_id).first()
    if row is None:
        raise NotFound("message_unknown")
    return row


def may_see_patient(actor: Actor, row: OutboundMessage) -> bool:
    """Whether the message is shown with the patient's data; the reading is audited, masked or whole."""
    path = row.receiver.organisation.path
    allowed = actor.may("patients.view", path)
    told = {} if allowed else {"masked": True}
    audit.record(actor, "message.read", "outbound", row.pk, patient_id=row.patient_id, path=path, data=told)
    return allowed


def receivers(actor: Actor) -> list[ReceiverRow]:
    """Every receiver of the actor's organisations, and what waits for it. Raises Refused."""
    rows = list(receivers_of(actor, verbs.VIEW).order_by("name"))
    told = OutboundMessage.objects.filter(receiver__in=rows).order_by().values_list("receiver_id")
    waiting = dict(told.filter(state=OutboundState.WAITING).annotate(n=Count("id")))
    refused = dict(told.filter(state=OutboundState.REFUSED).annotate(n=Count("id")))
    last = dict(told.filter(state=OutboundState.ACKNOWLEDGED).annotate(at=Max("answered_at")))
    return [ReceiverRow(r, waiting.get(r.pk, 0), refused.get(r.pk, 0), last.get(r.pk)) for r in rows]


def receiver(actor: Actor, receiver_id: UUID, verb: str = verbs.VIEW) -> Receiver:
    """One receiver. Raises Refused, NotFound("receiver_unknown")."""
    found = receivers_of(actor, verb).filter(pk=receiver_id).first()
    if found is None:
        raise NotFound("receiver_unknown")
    return found


def receivers_of(actor: Actor, verb: str) -> QuerySet[Receiver]:
    """Receivers of the organisations where the actor may do this. Raises Refused."""
    actor.require(verb)
    return Receiver.objects.select_related("organisation").filter(scope(actor, verb, "organisation__path"))


def visible(actor: Actor, verb: str) -> QuerySet[OutboundMessage]:
    """Messages to receivers of the organisations where the actor may do this. Raises Refused."""
    actor.require(verb)
    return OutboundMessage.objects.filter(scope(actor, verb, "receiver__organisation__path"))
