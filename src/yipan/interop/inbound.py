"""Messages in: stored before they are acknowledged, applied once, in order, or kept waiting with a reason.

`receive_all` is called by the listener in threads, `apply_pending` by the worker. What an acknowledgement promises:
docs/guides/connect-your-his.md.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import connection, transaction
from prometheus_client import Counter

from yipan.base import audit, unit
from yipan.base.access import SYSTEM
from yipan.codecs.hl7v2.ack import Outcome, immediate
from yipan.interop.applying import CHANNEL
from yipan.interop.batches import apply_pending
from yipan.interop.models import InboundMessage, MessageState, Source
from yipan.interop.queue import ignore, replay, replay_waiting
from yipan.interop.reading import Read, clean, hints, params_of, read_message, sender_names
from yipan.kernel import clock
from yipan.kernel.errors import Unavailable, YipanError
from yipan.kernel.ids import new_id
from yipan.ui.outages import is_away

__all__ = ["Arrival", "apply_pending", "ignore", "receive", "receive_all", "replay", "replay_waiting"]

log = logging.getLogger(__name__)

RECEIVED = Counter("yipan_messages_received", "HL7 messages answered, by answer.", ["answer"])

SOURCES = """
SELECT application, facility, id, charset FROM interop_source WHERE application = ANY(%s) AND facility = ANY(%s)
"""

PAUSE_SECONDS = 1.0
"""After so long without a message the database is asked whether the connection is still good."""
_used = threading.local()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it came, and from whom: address and port."""

    raw: bytes
    peer: str


def receive(raw: bytes, peer: str) -> bytes | None:
    """Store one message, see `receive_all`."""
    return receive_all([Arrival(raw, peer)])[0]


def receive_all(arrivals: Sequence[Arrival]) -> list[bytes | None]:
    """Store messages durably, in this order, and return their acknowledgements; None where the sender wants none.

    Positive (AA, CA) only after the message is on disk; a repetition gets the same answer and is not stored again. What
    is no message is stored too, and refused (AR, CR). When the store does not answer: AE, CE, so that the sender
    repeats. All are stored in one transaction; should the database refuse it, each is tried by itself, so that none
    takes the others with it. Raises nothing of the database.
    """
    return [_answer(told, failed) for told, failed in _stored(arrivals)]


def _stored(arrivals: Sequence[Arrival]) -> list[tuple[Read, bool]]:
    """What was read of each message, and whether it could not be stored."""
    try:
        _drop_dead_connection()
        return [(told, False) for told in _store(arrivals)]
    except (DatabaseError, YipanError) as failure:  # or no key to seal it with
        if len(arrivals) > 1 and not is_away(failure):
            return [one for arrival in arrivals for one in _stored([arrival])]
        for arrival in arrivals:
            log.error("message from %s not stored: %s", arrival.peer, type(failure).__name__)
        return [(read_message(arrival.raw), True) for arrival in arrivals]


def _drop_dead_connection() -> None:
    """A storing thread keeps its connection from batch to batch; one that died in a pause is noticed here."""
    now, before = time.monotonic(), getattr(_used, "at", 0.0)
    _used.at = now
    if connection.in_atomic_block or connection.connection is None:
        return
    if (connection.errors_occurred or now - before > PAUSE_SECONDS) and not connection.is_usable():
        connection.close()


def _answer(told: Read, failed: bool) -> bytes | None:
    outcome, error = Outcome.ACCEPT, told.error
    if failed:
        outcome, error = Outcome.ERROR, Unavailable("store_unavailable")
    elif error is not None:
        outcome = Outcome.REJECT
    RECEIVED.labels(outcome.name.lower()).inc()
    return immediate(told.message, outcome, error=error, control_id=new_id().hex[:20], at=clock.now())


def _store(arrivals: Sequence[Arrival]) -> list[Read]:
    """Keep the messages, unless this very message is kept already, and wake whoever applies."""
    first = [read_message(arrival.raw) for arrival in arrivals]
    names = [sender_names(told.message) for told in first]
    for _ in range(TRIES):
        sources = _sources(names)
        found = [
            told if not sources[name].charset else read_message(arrival.raw, sources[name].charset)
            for arrival, told, name in zip(arrivals, first, names, strict=True)
        ]
        rows = [_row(sources[name], told, arrival) for arrival, told, name in zip(arrivals, found, names, strict=True)]
        if _keep(rows, sources):
            return found
        _known.clear()
    raise Unavailable("store_unavailable")


TRIES = 3
"""A sender that somebody edits all the time does not hold up the others for ever."""

KEEP = """
WITH known AS (SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
    AS known (id, charset, application, facility))
SELECT set_config('synchronous_commit', 'on', true), pg_notify(%s, ''),
    (SELECT count(pg_advisory_xact_lock(hashtextextended('yipan.store.' || id, 0))) FROM known),
    (SELECT count(*) FROM interop_source JOIN known USING (id, charset, application, facility)) = %s AS good
"""


def _keep(rows: Sequence[InboundMessage], sources: dict[tuple[str, str], Known]) -> bool:
    """Write the messages in one statement, which is one transaction; False when a sender is not as it was known.

    Durable whatever the server's default; and one writer for each sender, so that identifiers grow in the order in
    which messages become visible. The locks are taken in one order, so that no two writers wait in a ring.
    """
    known = sorted((source.id, source.charset, *name) for name, source in sources.items())
    columns = [list(column) for column in zip(*known, strict=True)]
    # Somebody else's transaction would decide whether an acknowledged message is kept: refused, but for a test's.
    with transaction.atomic(durable=True) if connection.in_atomic_block else nullcontext():
        return unit.insert_when(KEEP, [*columns, CHANNEL, len(known)], rows)


class Known(NamedTuple):
    """What storing has to know of a sender."""

    id: UUID
    charset: str


_known: dict[tuple[str, str], Known] = {}
"""Senders heard before. What is wrong here is noticed when messages are kept: it is not trusted, only expected."""


def _sources(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    """The senders by application and facility; made known when heard for the first time."""
    wanted = set(names)
    if new := wanted - _known.keys():
        with connection.cursor() as cursor:
            cursor.execute(SOURCES, [[a for a, _ in new], [f for _, f in new]])
            _known.update({(row[0], row[1]): Known(*row[2:]) for row in cursor.fetchall()})
    return {name: _known.get(name) or _heard(*name) for name in wanted}


def _heard(application: str, facility: str) -> Known:
    with transaction.atomic():
        source, new = Source.objects.get_or_create(application=application, facility=facility)
        if new:
            audit.record(SYSTEM, "source.heard", "source", source.pk, data={"name": source.label})
    return Known(source.pk, source.charset)


def _row(source: Known, told: Read, arrival: Arrival) -> InboundMessage:
    return InboundMessage(
        received_at=clock.now(),
        peer=clean(arrival.peer, 120),
        source_id=source.id,
        control_id=told.control_id,
        digest=told.digest,
        kind=told.kind,
        version=clean(told.message.version, 20),
        charset=told.message.codec,
        raw=arrival.raw,
        state=MessageState.WAITING if told.error else MessageState.RECEIVED,
        error_code=told.error.code if told.error else "",
        error_params=params_of(told.error) if told.error else {},
        **({} if told.error else hints(told.message)),
    )
