"""Effects after commit: at least once, and once in what they leave behind.

`put` writes the wish in the transaction that decided it. `relay_once`, called by the worker, runs the handler of each
wish. A handler writes to the database in the same transaction that marks the wish done, so a crash between the two is
not possible; a handler that speaks to the outside passes `key` on, so that the receiver can recognise a repetition.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from prometheus_client import Counter

from yipan.base import unit
from yipan.kernel import clock, trace
from yipan.kernel.errors import in_short
from yipan.spine.models import OutboxMessage

log = logging.getLogger(__name__)

Handler = Callable[[str, dict[str, Any]], None]
_handlers: dict[str, Handler] = {}

TAKEN_UP = Counter("yipan_outbox_effects", "Effects carried out or failed, by topic.", ["topic", "result"])
RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=10)


def handles(topic: str, handler: Handler) -> None:
    """Name the one function that carries out the wishes of `topic`; it gets (key, payload)."""
    if topic in _handlers and _handlers[topic] is not handler:
        raise ValueError(f"outbox topic {topic!r} has a handler already")
    _handlers[topic] = handler


def put(*, topic: str, key: str, payload: dict[str, Any], not_before: datetime | None = None) -> None:
    """Wish for an effect in the caller's transaction. The same key again is the same wish."""
    now = clock.now()
    wish = OutboxMessage(
        topic=topic,
        key=key,
        payload=payload,
        created_at=now,
        not_before=not_before or now,
        trace=trace.current(),
    )
    unit.insert([wish], ignore_conflicts=True)
    unit.later(_wake)


def _wake(_: list[object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('yipan_outbox', '')")


def relay_once(limit: int = 100) -> int:
    """Carry out what is due and return how many wishes were taken up. Several workers may call this at once."""
    taken = 0
    while taken < limit and _relay_next():
        taken += 1
    return taken


def _due(now: datetime) -> Q:
    """What is due, also when the clock went back since: a wish that was to be met at once, and a retry further ahead
    than a retry ever is, do not wait until the clock has caught up.
    """
    at_once = Q(not_before=F("created_at"))
    never_so_late = Q(attempts__gt=0, not_before__gt=now + LONGEST_RETRY)
    return Q(not_before__lte=now) | at_once | never_so_late


def _relay_next() -> bool:
    now = clock.now()
    with transaction.atomic():
        message = _take(now)
        if message is None:
            return False
        with trace.using(message.trace):
            _carry_out(message, now)
    return True


def _take(now: datetime) -> OutboxMessage | None:
    return (
        OutboxMessage.objects.select_for_update(skip_locked=True)
        .filter(_due(now), done_at=None, topic__in=list(_handlers))
        .order_by("not_before", "id")
        .first()
    )


def _carry_out(message: OutboxMessage, now: datetime) -> None:
    try:
        with transaction.atomic():
            _handlers[message.topic](message.key, message.payload)
    except Exception as error:  # whatever a handler raises must neither stop the queue nor lose the wish
        log.exception("outbox %s failed", message.topic)
        TAKEN_UP.labels(message.topic, "failed").inc()
        message.attempts += 1
        message.last_error = in_short(error)[:400]
        message.not_before = now + min(RETRY * 2 ** min(message.attempts, 10), LONGEST_RETRY)
    else:
        TAKEN_UP.labels(message.topic, "done").inc()
        message.done_at = now
        message.last_error = ""
    message.save(update_fields=["attempts", "last_error", "not_before", "done_at"])
