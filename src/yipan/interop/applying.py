"""Applying one message: its effects, or the reason why it waits.

A message that cannot be applied waits with its reason and holds nobody up. Where the state of affairs is the reason (a
Conflict: the bed is still occupied, the patient not yet known), it is tried again by itself: as soon as a message about
the same person or bed was applied, and with growing pauses for a day. Everything else waits for a person. In which
order messages get their turn, and how many in one transaction: `batches`.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Prefetch, QuerySet
from prometheus_client import Counter

from yipan.base import unit
from yipan.base.access import wall
from yipan.codecs.hl7v2.event import PatientEvent
from yipan.interop.mapping import Aliases, Sender, sender_of
from yipan.interop.models import InboundMessage, MessageState, Source
from yipan.interop.reading import event_of, kind_of, params_of, usable
from yipan.interop.waiters import Waiters
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, YipanError
from yipan.spine import booking, registry
from yipan.ui.outages import outage_of

log = logging.getLogger(__name__)

TAKEN_UP = Counter("yipan_messages_applied", "HL7 messages taken up, by what became of them.", ["state"])

CHANNEL = "yipan_inbound"
"""PostgreSQL NOTIFY channel: a message was stored, or may be tried again."""

PAUSES = tuple(timedelta(seconds=s) for s in (30, 60, 120, 300, 900, 3600))
TRY_FOR = timedelta(hours=24)
PLACING = frozenset(f"ADT^A{n}" for n in ("01", "02", "03", "06", "07", "11", "12", "13", "17"))
"""Kinds that say where a patient is: a later one overtakes an earlier one that still waits."""

WRITTEN = (
    *("state", "attempts", "applied_at", "retry_at", "outcome", "error_code", "error_params"),
    *("happened_at", "patient_id", "note", "handled_by"),
)
"""What applying writes of a message; its content stays as it is."""

INTERNAL = "internal"
NOT_USED = "kind_not_used"


class Told(Protocol):
    """What a line answers when it has applied a message."""

    @property
    def code(self) -> str: ...

    @property
    def patient_id(self) -> UUID | None: ...

    @property
    def ignored(self) -> bool: ...


class Overtaken(Exception):
    """A later message about the same person was applied meanwhile."""

    def __init__(self, by: int) -> None:
        self.by = by
        super().__init__(by)


@dataclass
class Task:
    """A message taken up, and what was read of it; `error` is why it cannot be used."""

    message: InboundMessage
    handlers: tuple[Callable[..., Told], ...] = ()
    event: PatientEvent | None = None
    sender: Sender | None = None
    error: Exception | None = None


def task_of(message: InboundMessage, senders: dict[UUID, Sender] | None = None) -> Task:
    """Read a message. Never raises. `senders` are those of the batch, by source, to be used again."""
    source, task = message.source, Task(message)
    try:
        told = usable(bytes(message.raw), source.charset)
        task.handlers = registry.inbound(kind_of(told))
        if task.handlers:
            task.event = event_of(told, source.time_zone)
            message.happened_at = task.event.at
            known = senders if senders is not None else {}
            task.sender = known.get(source.pk) or sender_of(source)
            known[source.pk] = task.sender
    except Exception as error:
        task.error = error
    return task


@wall.passage("messages.apply")
def apply_one(message: InboundMessage) -> None:
    """Apply one message, read by `with_source` in the caller's transaction, which holds the sender's lock; what it did,
    or why not, is saved.

    Raises errors of an outage only: then the transaction is to be begun anew.
    """
    try:
        with transaction.atomic(), booking.told_politely(), unit.together():
            task = task_of(message)
            foresee([task])
            told = effects(task)
    except Exception as error:
        refuse(message, error)
    else:
        done(message, told, Waiters.about([message]))
    message.save(update_fields=WRITTEN)


def foresee(tasks: list[Task]) -> None:
    """Let every line read at once what it will ask for message after message."""
    told = [(task.event, task.sender) for task in tasks if task.event is not None and task.sender is not None]
    messages = [task.message for task in tasks]
    unit.facts(Aliases).beds.warm((m.source_id, place) for m in messages for place in (m.location, m.prior_location))
    for look in registry.foresights():
        look(told)


def refuse(message: InboundMessage, error: Exception) -> None:
    """Write down on a message why it could not be applied. Raises the error again when an outage is to blame."""
    if isinstance(error, Overtaken):
        message.state, message.retry_at, message.outcome = MessageState.SUPERSEDED, None, ""
        message.error_code, message.error_params = "overtaken", {"by": error.by}
    elif isinstance(error, YipanError):
        _wait(message, error.code, params_of(error), again=isinstance(error, Conflict))
    else:  # whatever a mapping raises must neither stop the queue nor lose the message
        if outage_of(error) is not None:
            raise error
        # The traceback without the exception's text, which may quote a patient's data.
        place = "".join(traceback.format_tb(error.__traceback__))
        log.error("message %s failed: %s\n%s", message.pk, type(error).__name__, place)
        _wait(message, INTERNAL, {"error": type(error).__name__}, again=isinstance(error, IntegrityError))
    _tried(message)


def done(message: InboundMessage, told: Told | None, waiters: Waiters) -> bool:
    """Write down on a message what it did; whether others that waited get their turn at once because of it."""
    ignored = told is None or told.ignored
    message.state = MessageState.IGNORED if ignored else MessageState.APPLIED
    message.outcome = NOT_USED if told is None else told.code
    message.patient_id = told.patient_id if told is not None else None
    message.applied_at, message.retry_at = clock.now(), None
    message.error_code, message.error_params = "", {}
    _tried(message)
    return not ignored and waiters.wake(message)


def effects(task: Task) -> Told | None:
    """Let every line that wants this kind apply it; None when no line does."""
    if task.error is not None:
        raise task.error
    if task.event is None:
        return None
    assert task.sender is not None
    _refuse_overtaken(task.message)
    results = [handler(task.event, source=task.sender, actor=task.sender.actor) for handler in task.handlers]
    return next((r for r in results if not r.ignored), results[0])


def lock_sender(source_id: UUID, *, wait: bool) -> bool:
    """Be the only one who applies messages of this sender until the transaction ends; False when somebody else is."""
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"yipan.apply.{source_id}"])
        (got,) = cursor.fetchone()
    return wait or bool(got)


def wake() -> None:
    """Tell the worker, after the caller's commit, that there is something to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def with_source() -> QuerySet[InboundMessage]:
    """Messages to be locked, each with its sender and its organisation: one object for all messages of a sender."""
    rows = InboundMessage.objects.select_for_update(of=("self",))
    return rows.prefetch_related(Prefetch("source", Source.objects.select_related("organisation")))


def _refuse_overtaken(message: InboundMessage) -> None:
    """A message that waited says where somebody *was*, when a later one about the same person was applied since.

    Of two at the same time the one that arrived later counts as the later one.
    """
    if message.attempts == 0 or message.kind not in PLACING or not message.patient_key or message.happened_at is None:
        return
    later = InboundMessage.objects.filter(
        source_id=message.source_id,
        patient_key=message.patient_key,
        id__gt=message.pk,
        state=MessageState.APPLIED,
        kind__in=PLACING,
        happened_at__gte=message.happened_at,
    )
    by = later.order_by("id").values_list("id", flat=True).first()
    if by is not None:
        raise Overtaken(by)


def _tried(message: InboundMessage) -> None:
    message.attempts += 1
    transaction.on_commit(TAKEN_UP.labels(str(message.state)).inc)


def _wait(message: InboundMessage, code: str, params: dict[str, Any], *, again: bool) -> None:
    now = clock.now()
    message.state, message.outcome, message.applied_at = MessageState.WAITING, "", None
    message.error_code, message.error_params = code, params
    again = again and now < message.received_at + TRY_FOR
    message.retry_at = now + PAUSES[min(message.attempts, len(PAUSES) - 1)] if again else None


def park(message_id: int, error: Exception) -> None:
    """Set aside a message whose transaction the database would not commit, so that the next one gets its turn."""
    log.error("message %s failed at commit: %s", message_id, type(error).__name__)
    with transaction.atomic():
        message = InboundMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
        _wait(message, INTERNAL, {"error": type(error).__name__}, again=isinstance(error, OperationalError))
        message.attempts += 1
        message.save(update_fields=WRITTEN)
