"""In which order messages are applied: as they came from each sender, many senders' messages in one transaction.

A transaction costs as much as a message, so up to BATCH of them share one: what they did and that they did it is
committed together, so that a crash repeats all of a batch or nothing. When one of them cannot be applied and has
written already, the transaction is undone; those before it are done again without it, and it alone in its own.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import connection, transaction

from yipan.base import unit
from yipan.base.access import wall
from yipan.interop.applying import (
    PAUSES,
    WRITTEN,
    Task,
    apply_one,
    done,
    effects,
    foresee,
    park,
    refuse,
    task_of,
    with_source,
)
from yipan.interop.mapping import Sender
from yipan.interop.models import InboundMessage
from yipan.interop.waiters import Waiters
from yipan.kernel import clock, trace
from yipan.ui.outages import is_away, outage_of

BATCH = 100
"""Messages in one transaction: its locks last about a tenth of a second."""

TRIES = 3
"""How often a transaction that lost against another (a deadlock), or its connection, is begun anew at once."""

# Half of the senders with something to do, those first whose next message came first, of whom nobody else serves; they
# are locked until the transaction ends. Two questions for each, because each has an index of its own.
SENDERS = """
WITH busy AS MATERIALIZED (
    SELECT source.id, least(
        (SELECT min(m.id) FROM interop_inboundmessage m WHERE m.source_id = source.id AND m.state = 'received'),
        (SELECT min(m.id) FROM interop_inboundmessage m WHERE m.source_id = source.id AND m.state = 'waiting'
            AND (m.retry_at <= %(now)s OR m.retry_at > %(never)s))
    ) AS next FROM interop_source source WHERE source.enabled
), turn AS MATERIALIZED (SELECT id FROM busy WHERE next IS NOT NULL ORDER BY next)
SELECT id FROM turn WHERE pg_try_advisory_xact_lock(hashtextextended('yipan.apply.' || id, 0))
LIMIT (SELECT (count(*) + 1) / 2 FROM turn)
"""
# A pause that lies further ahead than any pause is over: the clock went back since.
NEXT = """
SELECT due.id FROM unnest(%(senders)s::uuid[]) AS sender, LATERAL (
    (SELECT m.id FROM interop_inboundmessage m WHERE m.source_id = sender AND m.state = 'received'
      ORDER BY m.id LIMIT %(size)s)
    UNION ALL
    (SELECT m.id FROM interop_inboundmessage m WHERE m.source_id = sender AND m.state = 'waiting'
        AND (m.retry_at <= %(now)s OR m.retry_at > %(never)s)
      ORDER BY m.id LIMIT %(size)s)
) AS due ORDER BY due.id LIMIT %(size)s
"""


class Spoilt(Exception):
    """The message at a place of the batch failed after it had written something."""

    def __init__(self, place: int) -> None:
        self.place = place
        super().__init__(place)


def apply_pending(limit: int = 500) -> int:
    """Take up about `limit` messages that were received or are due again; return how many were taken up.

    Several workers may call this at once: each sender is served by one at a time.
    """
    taken, turns = 0, Turns()
    while taken < limit and (done_now := turns.take()):
        taken += done_now
    return taken


class Turns:
    """One batch after the other; remembers how a spoilt one is to be cut up, and how large the next may be.

    A batch that ended early has read ahead for nothing: the next takes up twice as many as that one did, and so on.
    """

    def __init__(self) -> None:
        self._cut: list[int] = []
        self._size = BATCH

    def take(self) -> int:
        """Apply the next batch; return how many messages were taken up, 0 when there is nothing to do."""
        while True:
            size = self._cut.pop() if self._cut else min(self._size, BATCH)
            taken = _alone() if size == 1 else _batch(size, self._cut)
            if taken >= 0:
                self._size = min(2 * max(taken, 1), BATCH)
                return taken


def _batch(size: int, sizes: list[int]) -> int:
    """Apply the next messages in one transaction; return how many, or -1 when it is to be tried in smaller ones,
    whose sizes are then the last of `sizes`.
    """
    tasks: list[Task] = []
    try:
        with transaction.atomic():
            tasks = _take_up(size)
            return _apply(tasks) if tasks else 0
    except Spoilt as spoilt:
        sizes += [1, spoilt.place] if spoilt.place else [1]
    except DatabaseError:
        if not tasks:
            raise
        half = len(tasks) // 2
        sizes += [len(tasks) - half, half] if half else [1]
    return -1


@wall.passage("messages.apply")
def _apply(tasks: list[Task]) -> int:
    """Apply messages in this order; return how many were taken up. The batch ends early with one that gives others
    their turn, and with one after which nothing that was foreseen is certain any more.
    """
    waiters = Waiters.about(task.message for task in tasks)
    with unit.together() as opened:
        foresee(tasks)
        foreseen = opened.forgotten
        for place, task in enumerate(tasks):
            before = opened.steps
            message = task.message
            try:
                with trace.using(f"message-{message.pk}"):
                    told = effects(task)
            except DatabaseError:
                raise
            except Exception as error:
                if opened.steps != before:
                    raise Spoilt(place) from error
                refuse(message, error)
                waiters.add(message)
                woke = False
            else:
                woke = done(message, told, waiters)
            unit.update(message, *WRITTEN)
            if woke or opened.forgotten != foreseen:
                return place + 1
    return len(tasks)


def _take_up(size: int) -> list[Task]:
    """The next messages of all senders that nobody else serves, locked, in the order in which they came."""
    now = clock.now()
    params: dict[str, Any] = {"now": now, "never": now + PAUSES[-1], "size": size}
    with connection.cursor() as cursor:
        cursor.execute(SENDERS, params)
        senders = [row[0] for row in cursor.fetchall()]
        if not senders:
            return []
        cursor.execute(NEXT, params | {"senders": senders})
        numbers = [row[0] for row in cursor.fetchall()]
    known: dict[UUID, Sender] = {}
    return [task_of(message, known) for message in with_source().filter(pk__in=numbers).order_by("id")]


def _alone() -> int:
    """Apply the next message in a transaction of its own; 0 when there is none."""
    taken: InboundMessage | None = None
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                tasks = _take_up(1)
                taken = tasks[0].message if tasks else None
                if taken is not None:
                    with trace.using(f"message-{taken.pk}"):
                        apply_one(taken)
            return int(taken is not None)
        except DatabaseError as error:
            if taken is None:
                raise
            if outage_of(error) is not None and attempt + 1 < TRIES:
                continue
            if is_away(error):  # not the message's fault: it stays first in the queue until the database is well
                raise
            park(taken.pk, error)
            return 1
    return 0
