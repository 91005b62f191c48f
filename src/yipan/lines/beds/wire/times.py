"""When it really happened: which of a message's times to believe. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from yipan.codecs.hl7v2.event import AdtEvent
from yipan.codecs.hl7v2.timestamp import Precision, Timestamp
from yipan.codecs.hl7v2.triggers import Meaning
from yipan.kernel.errors import Conflict, InvalidInput

SKEW = timedelta(minutes=10)
"""How far the clocks of two systems may differ before a time is taken for wrong."""

LATE_ENTRY = timedelta(hours=1)
"""How much later than it happened a departure or a cleaning may have been entered and still give way to an arrival."""

INSTANT = timedelta(seconds=1)
"""The least that a stay lasts: one that ends when it begins would be no time at all, and forget when it was."""

NOON = 12

_ADMITTED = ("occurred_at", "admitted_at", "recorded_at", "sent_at")
_DISCHARGED = ("occurred_at", "discharged_at", "recorded_at", "sent_at")
_OTHER = ("occurred_at", "recorded_at", "sent_at")
BELIEVED = {
    Meaning.ADMIT: _ADMITTED,
    Meaning.REGISTER: _ADMITTED,
    Meaning.TO_INPATIENT: _ADMITTED,
    Meaning.DISCHARGE: _DISCHARGED,
    Meaning.TO_OUTPATIENT: _DISCHARGED,
}
"""The times of a message in the order in which they are believed: EVN-6, then PV1-44 or PV1-45, EVN-2, MSH-7."""


def happened(event: AdtEvent, now: datetime) -> datetime:
    """When the event happened, never after now.

    A time without minutes says too little to order events by, so the next one is taken. A time up to SKEW ahead counts
    as now. Raises Conflict("time_in_future") beyond that, InvalidInput("event_time_missing").
    """
    told: list[Timestamp | None] = [getattr(event, name) for name in BELIEVED.get(event.meaning, _OTHER)]
    usable = [t.at for t in told if t is not None and t.precision >= Precision.MINUTE]
    if not usable:
        raise InvalidInput("event_time_missing", fields="EVN-6, EVN-2, MSH-7")
    if usable[0] > now + SKEW:
        raise Conflict("time_in_future", at=usable[0].isoformat())
    return min(usable[0], now)


def since(at: datetime, start: datetime) -> datetime:
    """When something ended that began at `start`: `at`, or just after the start when two clocks explain the rest.

    Raises InvalidInput("older_than_known") when they do not: the message speaks of a time before the present stay.
    """
    if at < start - SKEW:
        raise InvalidInput("older_than_known", at=at.isoformat(), known=start.isoformat())
    return max(at, start + INSTANT)


def expected_leave(told: Timestamp | None, now: datetime) -> datetime:
    """When a patient is expected to leave. A day without an hour means noon, and today after noon the end of the day.

    Raises InvalidInput("expected_discharge_missing"), InvalidInput("end_in_past").
    """
    if told is None or told.precision < Precision.DAY:
        raise InvalidInput("expected_discharge_missing")
    at = told.at
    if told.precision == Precision.DAY:
        noon = told.local.replace(hour=NOON).astimezone(now.tzinfo)
        at = noon if noon > now else noon + timedelta(hours=NOON) - timedelta(minutes=1)
    if at <= now:
        raise InvalidInput("end_in_past", end=at.isoformat())
    return at
