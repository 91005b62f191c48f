"""Messages in: stored before they are acknowledged, applied once, in order, or kept waiting with a reason.

`receive` is called by the listener in threads, `apply_pending` by the worker. What an acknowledgement promises:
docs/guides/connect-your-his.md.
"""

from __future__ import annotations

import logging

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction
from prometheus_client import Counter

from yipan.base import audit
from yipan.base.access import SYSTEM
from yipan.codecs.hl7v2 import Message
from yipan.codecs.hl7v2.ack import Outcome, immediate
from yipan.interop.applying import CHANNEL, apply_pending
from yipan.interop.models import InboundMessage, MessageState, Source
from yipan.interop.queue import ignore, replay, replay_waiting
from yipan.interop.reading import Read, clean, hints, params_of, read_message, sender_names
from yipan.kernel import clock
from yipan.kernel.errors import Unavailable, YipanError
from yipan.kernel.ids import new_id

__all__ = ["apply_pending", "ignore", "receive", "replay", "replay_waiting"]

log = logging.getLogger(__name__)

RECEIVED = Counter("yipan_messages_received", "HL7 messages answered, by answer.", ["answer"])


def receive(raw: bytes, peer: str) -> bytes | None:
    """Store a message durably and return its acknowledgement, or None when the sender wants none.

    Positive (AA, CA) only after the message is on disk; a repetition gets the same answer and is not stored again. What
    is no message is stored too, and refused (AR, CR). When the store does not answer: AE, CE, so that the sender
    repeats. Raises nothing of the database.
    """
    _give_connection_back()
    try:
        told = _store(raw, peer)
        outcome, error = (Outcome.REJECT, told.error) if told.error else (Outcome.ACCEPT, None)
    except (DatabaseError, YipanError) as failure:  # or no key to seal it with
        log.error("message from %s not stored: %s", peer, type(failure).__name__)
        told, outcome, error = read_message(raw), Outcome.ERROR, Unavailable("store_unavailable")
    finally:
        _give_connection_back()
    RECEIVED.labels(outcome.name.lower()).inc()
    return _answer(told.message, outcome, error)


def _give_connection_back() -> None:
    """Listener threads live long and share a pool: none keeps a connection between two messages, or a broken one."""
    if not connection.in_atomic_block:
        close_old_connections()


def _answer(message: Message, outcome: Outcome, error: YipanError | None) -> bytes | None:
    return immediate(message, outcome, error=error, control_id=new_id().hex[:20], at=clock.now())


def _store(raw: bytes, peer: str) -> Read:
    """Keep the message unless this very message is kept already, and wake whoever applies."""
    source = _source(*sender_names(read_message(raw).message))
    told = read_message(raw, source.charset)
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            # Durable whatever the server's default; and one writer for each sender, so that identifiers grow in the
            # order in which messages become visible.
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', true), pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"yipan.store.{source.pk}"],
            )
        if not _kept(source, told):
            _keep(source, told, raw, peer)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return told


def _source(application: str, facility: str) -> Source:
    """The sender, made known when it is heard for the first time."""
    known = Source.objects.filter(application=application, facility=facility).first()
    if known is not None:
        return known
    with transaction.atomic():
        source, new = Source.objects.get_or_create(application=application, facility=facility)
        if new:
            audit.record(SYSTEM, "source.heard", "source", source.pk, data={"name": source.label})
    return source


def _kept(source: Source, told: Read) -> bool:
    return InboundMessage.objects.filter(source=source, control_id=told.control_id, digest=told.digest).exists()


def _keep(source: Source, told: Read, raw: bytes, peer: str) -> None:
    InboundMessage.objects.create(
        received_at=clock.now(),
        peer=clean(peer, 120),
        source=source,
        control_id=told.control_id,
        digest=told.digest,
        kind=told.kind,
        version=clean(told.message.version, 20),
        charset=told.message.codec,
        raw=raw,
        state=MessageState.WAITING if told.error else MessageState.RECEIVED,
        error_code=told.error.code if told.error else "",
        error_params=params_of(told.error) if told.error else {},
        **({} if told.error else hints(told.message)),
    )
