"""Applying what was received: in order of arrival from each sender, each message in one transaction with its effects.

A message that cannot be applied waits with its reason and holds nobody up. Where the state of affairs is the reason (a
Conflict: the bed is still occupied, the patient not yet known), it is tried again by itself: as soon as a message about
the same person or bed was applied, and with growing pauses for a day. Everything else waits for a person.
"""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Least
from prometheus_client import Counter

from yipan.base.access import wall
from yipan.interop.mapping import sender_of
from yipan.interop.models import InboundMessage, MessageState
from yipan.interop.reading import event_of, params_of, read_message
from yipan.kernel import clock, trace
from yipan.kernel.errors import Conflict, YipanError
from yipan.spine import registry
from yipan.ui.outages import is_away, outage_of

log = logging.getLogger(__name__)

TAKEN_UP = Counter("yipan_messages_applied", "HL7 messages taken up, by what became of them.", ["state"])

CHANNEL = "yipan_inbound"
"""PostgreSQL NOTIFY channel: a message was stored, or may be tried again."""

PAUSES = tuple(timedelta(seconds=s) for s in (30, 60, 120, 300, 900, 3600))
TRY_FOR = timedelta(hours=24)
TRIES = 3
"""How often a transaction that lost against another (a deadlock), or its connection, is begun anew at once."""

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


def apply_pending(limit: int = 500) -> int:
    """Take up at most `limit` messages that were received or are due again; return how many were taken up.

    Several workers may call this at once: each sender is served by one at a time.
    """
    taken = 0
    for source_id in _sources_with_work():
        while taken < limit and _apply_next(source_id):
            taken += 1
    return taken


@wall.passage("messages.apply")
def apply_one(message: InboundMessage) -> None:
    """Apply one message, read by `with_source` in the caller's transaction, which holds the sender's lock; what it did,
    or why not, is saved.

    Raises errors of an outage only: then the transaction is to be begun anew.
    """
    try:
        with transaction.atomic():
            told = _effects(message)
    except Overtaken as later:
        message.state, message.retry_at, message.outcome = MessageState.SUPERSEDED, None, ""
        message.error_code, message.error_params = "overtaken", {"by": later.by}
    except YipanError as error:
        _wait(message, error.code, params_of(error), again=isinstance(error, Conflict))
    except Exception as error:  # whatever a mapping raises must neither stop the queue nor lose the message
        if outage_of(error) is not None:
            raise
        # The traceback without the exception's text, which may quote a patient's data.
        place = "".join(traceback.format_tb(error.__traceback__))
        log.error("message %s failed: %s\n%s", message.pk, type(error).__name__, place)
        _wait(message, INTERNAL, {"error": type(error).__name__}, again=False)
    else:
        _done(message, told)
    message.attempts += 1
    message.save(update_fields=WRITTEN)
    transaction.on_commit(TAKEN_UP.labels(str(message.state)).inc)


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


def _sources_with_work() -> list[UUID]:
    due = Q(state=MessageState.RECEIVED) | (Q(state=MessageState.WAITING) & _due_again())
    rows = InboundMessage.objects.filter(due, source__enabled=True)
    return list(rows.order_by("source_id").values_list("source_id", flat=True).distinct())


def _due_again() -> Q:
    """The pause is over; or it lies further ahead than any pause, because the clock went back since."""
    now = clock.now()
    return Q(retry_at__lte=now) | Q(retry_at__gt=now + PAUSES[-1])


def _apply_next(source_id: UUID) -> bool:
    """Apply the sender's next message; False when there is none, or another worker serves this sender."""
    taken: InboundMessage | None = None
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                if not lock_sender(source_id, wait=False):
                    return False
                taken = _next(source_id)
                if taken is not None:
                    with trace.using(f"message-{taken.pk}"):
                        apply_one(taken)
            return taken is not None
        except DatabaseError as error:
            if taken is None:
                raise
            if outage_of(error) is None:
                _park(taken.pk, error)
                return True
            if attempt + 1 == TRIES:
                if is_away(error):  # not the message's fault: it stays first in the queue until the database is well
                    raise
                _park(taken.pk, error)
                return True
    return False


def _next(source_id: UUID) -> InboundMessage | None:
    """The earliest message that was received or is due again. Two subqueries, because each has an index of its own."""
    rows = InboundMessage.objects.filter(source_id=source_id).order_by("id").values("id")
    new = Subquery(rows.filter(state=MessageState.RECEIVED)[:1])
    again = Subquery(rows.filter(_due_again(), state=MessageState.WAITING)[:1])
    first = with_source().filter(pk=Least(new, again))
    return next(iter(first), None)


def with_source() -> QuerySet[InboundMessage]:
    """Messages to be locked, with all that applying has to know of their senders."""
    return InboundMessage.objects.select_for_update(of=("self",)).select_related("source__organisation")


def _effects(message: InboundMessage) -> Told | None:
    """Let every line that wants this kind apply it; None when no line does."""
    source = message.source
    told = read_message(bytes(message.raw), source.charset)
    if told.error is not None:
        raise told.error
    handlers = registry.inbound(told.kind)
    if not handlers:
        return None
    event = event_of(told.message, source.time_zone)
    message.happened_at = event.at
    _refuse_overtaken(message)
    sender = sender_of(source)
    results = [handler(event, source=sender, actor=sender.actor) for handler in handlers]
    return next((r for r in results if not r.ignored), results[0])


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


def _done(message: InboundMessage, told: Told | None) -> None:
    ignored = told is None or told.ignored
    message.state = MessageState.IGNORED if ignored else MessageState.APPLIED
    message.outcome = NOT_USED if told is None else told.code
    message.patient_id = told.patient_id if told is not None else None
    message.applied_at, message.retry_at = clock.now(), None
    message.error_code, message.error_params = "", {}
    if not ignored:
        _wake_others(message)


def _wait(message: InboundMessage, code: str, params: dict[str, Any], *, again: bool) -> None:
    now = clock.now()
    message.state, message.outcome, message.applied_at = MessageState.WAITING, "", None
    message.error_code, message.error_params = code, params
    again = again and now < message.received_at + TRY_FOR
    message.retry_at = now + PAUSES[min(message.attempts, len(PAUSES) - 1)] if again else None


def _wake_others(message: InboundMessage) -> None:
    """Messages that wait for a state of affairs are tried at once once their person or bed changed."""
    concerned = Q()
    if message.patient_key:
        concerned |= Q(patient_key=message.patient_key)
    places = [p for p in (message.location, message.prior_location) if p]
    if places:
        concerned |= Q(location__in=places)
    if concerned:
        waiting = InboundMessage.objects.filter(source_id=message.source_id, state=MessageState.WAITING)
        waiting.filter(concerned, retry_at__isnull=False).exclude(pk=message.pk).update(retry_at=clock.now())


def _park(message_id: int, error: Exception) -> None:
    """Set aside a message whose transaction the database would not commit, so that the next one gets its turn."""
    log.error("message %s failed at commit: %s", message_id, type(error).__name__)
    with transaction.atomic():
        message = InboundMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
        _wait(message, INTERNAL, {"error": type(error).__name__}, again=isinstance(error, OperationalError))
        message.attempts += 1
        message.save(update_fields=WRITTEN)
