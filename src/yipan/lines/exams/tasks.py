"""What the outbox and the worker do for the examinations after a commit. Every effect has a key: twice is once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from yipan.base.access import SYSTEM
from yipan.lines.exams.actions import critical, reading
from yipan.lines.exams.actions.reports import TOPIC
from yipan.lines.exams.actions.results import store_report
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.models import Report
from yipan.lines.exams.models.resources import DEVICE, TECHNICIAN
from yipan.lines.exams.queries.published import told_report
from yipan.spine import booking, outbox
from yipan.spine.models import Booking
from yipan.spine.queries import live_bookings
from yipan.spine.states import State

GRACE = timedelta(minutes=5)
"""By how much an examination that should be over is taken to last longer, again and again."""


def give_up_time(key: str, payload: dict[str, Any]) -> None:
    """A place was lost: the other places of the same order are given back, and the order waits for another time."""
    row = Booking.objects.select_related("request", "capacity").get(pk=UUID(payload["booking"]))
    assert row.request is not None, "only what is kept for an order is displaced"
    left = [kept for kept in live_bookings(row.request.pk) if kept.state != State.ACTIVE]
    device_lost = row.capacity.kind == DEVICE
    if not device_lost and any(kept.capacity_id != row.capacity_id for kept in left):
        return  # the device is kept: who works it is settled when the patient is there
    for kept in left:
        booking.release(booking_id=kept.pk, by=SYSTEM, reason="displaced")
    tell(SYSTEM, "exam.displaced", row.request, booking_id=row.pk, capacity_id=row.capacity_id)


def keep_report(key: str, payload: dict[str, Any]) -> None:
    """A signed report is a result: colleagues may recognise it, and receivers are told."""
    order = Report.objects.select_related("order__request").get(pk=UUID(payload["report"])).order
    if (told := told_report(order.pk)) is not None:
        store_report(actor=SYSTEM, patient_id=order.request.patient_id, told=told)


def extend_overruns() -> int:
    """Lengthen what should be over and is not; who is behind waits."""
    return sum(booking.extend_overruns(kind=kind, grace=GRACE, shift=True) for kind in (DEVICE, TECHNICIAN))


def give_to_readers() -> int:
    """Give to a centre what was performed and nobody gave yet."""
    return reading.gather()


def release_claims() -> int:
    """Let others read what a reader claimed and left."""
    return reading.release_gone()


def escalate() -> int:
    """Carry critical values that are overdue to the next person."""
    return critical.escalate_due()


def announce() -> None:
    """Name the handlers of the line's wishes."""
    outbox.handles("exams.displaced", give_up_time)
    outbox.handles(TOPIC, keep_report)
