"""Sending what waits: to each receiver in order, by one worker at a time, until it is answered.

A message is sent first and marked afterwards, so that after a crash it may be sent again; MSH-10 stays the same. While
a receiver is away its messages wait, and it is tried with growing pauses. AA and CA end a message. AE says that the
receiver could not do it now: it is tried a few times. AR, CE and CR, and AE in the end, wait for a person, and the next
message has its turn.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from prometheus_client import Counter

from yipan.codecs.hl7v2 import ack
from yipan.interop.mllp import client, tls
from yipan.interop.outbound.models import OutboundMessage, OutboundState, Receiver
from yipan.interop.reading import params_of
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, Unavailable, YipanError

log = logging.getLogger(__name__)

ANSWERED = Counter("yipan_messages_sent", "HL7 messages sent to receivers, by answer.", ["answer"])

PAUSES = tuple(timedelta(seconds=s) for s in (5, 15, 30, 60, 300))
"""How long a receiver that did not answer is left alone: longer each time."""
LEASE = timedelta(minutes=2)
"""A worker that died keeps a receiver for so long at most."""
TIMEOUT_SECONDS = 30.0
TRIES_AFTER_AE = 3
AT_ONCE = 50
"""Messages on one connection."""
THREADS = 8


def send_due() -> int:
    """Send to every receiver for whom something waits; return how many messages were answered."""
    due = list(_due().values_list("pk", flat=True))
    if len(due) < 2:
        return sum(map(serve, due))
    with ThreadPoolExecutor(min(THREADS, len(due))) as threads:
        return sum(threads.map(_in_thread, due))


def serve(receiver_id: UUID) -> int:
    """Send what waits for one receiver until nothing does or it does not answer; return how many were answered."""
    if not _claim(receiver_id):
        return 0
    answered = 0
    try:
        while (told := _batch(receiver_id)) > 0:
            answered += told
    except Unavailable as error:
        _away(receiver_id, error)
    finally:
        Receiver.objects.filter(pk=receiver_id).update(claimed_until=None)
    return answered


def _in_thread(receiver_id: UUID) -> int:
    try:
        return serve(receiver_id)
    finally:
        connections.close_all()


def _due() -> QuerySet[Receiver]:
    """Receivers in use for whom something waits."""
    now = clock.now()
    waiting = OutboundMessage.objects.filter(receiver=OuterRef("pk"), state=OutboundState.WAITING)
    return Receiver.objects.filter(Exists(waiting), _free(now), enabled=True)


def _free(now: datetime) -> Q:
    """Neither left alone nor served. What lies further ahead than it ever is was set before the clock went back."""
    rested = Q(retry_at=None) | Q(retry_at__lte=now) | Q(retry_at__gt=now + PAUSES[-1])
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + LEASE)
    return rested & unclaimed


def _claim(receiver_id: UUID) -> bool:
    """Be the only worker who serves this receiver, for LEASE."""
    now = clock.now()
    rows = Receiver.objects.filter(_free(now), pk=receiver_id, enabled=True)
    return rows.update(claimed_until=now + LEASE) == 1


def _batch(receiver_id: UUID) -> int:
    """Send the next messages over one connection; return how many were answered. Raises Unavailable."""
    receiver = Receiver.objects.get(pk=receiver_id)
    rows = OutboundMessage.objects.filter(receiver=receiver, state=OutboundState.WAITING).order_by("id")[:AT_ONCE]
    waiting = list(rows)
    if not waiting or not receiver.enabled:
        return 0
    told = 0
    for row, answer in _sent(receiver, waiting):
        _record(row, answer)
        told += 1
        Receiver.objects.filter(pk=receiver_id).update(
            failures=0, failure="", failure_params={}, retry_at=None, claimed_until=clock.now() + LEASE
        )
    return told


def _sent(receiver: Receiver, waiting: list[OutboundMessage]) -> Iterator[tuple[OutboundMessage, ack.Answer]]:
    """Each message with its answer, in order, as long as the receiver answers."""
    context = tls.client_context() if receiver.tls else None
    raws = [bytes(row.raw) for row in waiting]
    answers = client.send(receiver.host, receiver.port, raws, context, TIMEOUT_SECONDS)
    for row in waiting:
        OutboundMessage.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
        row.attempts += 1
        _, raw = next(answers)
        try:
            answer = ack.read_answer(raw or b"")
        except InvalidInput as error:
            raise Unavailable("mllp_answer_unreadable", host=receiver.host, port=receiver.port) from error
        if answer.code == "AE" and row.attempts < TRIES_AFTER_AE:
            raise Unavailable("mllp_answer_error", host=receiver.host, port=receiver.port)
        yield row, answer


def _record(row: OutboundMessage, answer: ack.Answer) -> None:
    ANSWERED.labels(answer.code if answer.code in ("AA", "CA", "AE", "AR", "CE", "CR") else "other").inc()
    row.state = OutboundState.ACKNOWLEDGED if answer.accepted else OutboundState.REFUSED
    row.answer, row.answer_text = answer.code[:2], (answer.text or "")[:400]
    row.answered_at = clock.now()
    row.save(update_fields=["state", "answer", "answer_text", "answered_at"])


def _away(receiver_id: UUID, error: YipanError) -> None:
    """The receiver did not answer: leave it alone for a while."""
    receiver = Receiver.objects.get(pk=receiver_id)
    log.warning("receiver %s: %s", receiver_id, error.code)
    pause = PAUSES[min(receiver.failures, len(PAUSES) - 1)]
    Receiver.objects.filter(pk=receiver_id).update(
        failures=F("failures") + 1,
        failure=error.code,
        failure_params=params_of(error),
        retry_at=clock.now() + pause,
    )
