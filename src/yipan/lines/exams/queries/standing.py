"""Where orders stand: derived from their bookings and, for specimens, from their events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from yipan.kernel import clock
from yipan.lines.exams import policy
from yipan.lines.exams.models import Device
from yipan.lines.exams.queries.specimens import STEPS
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, state_among
from yipan.spine.states import TAKES_TIME


class Standing(StrEnum):
    """Where an order stands, for people."""

    WAITING = "waiting"  # for a time
    TO_COLLECT = "to_collect"  # a specimen is to be taken
    HELD = "held"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    COLLECTED = "collected"
    RECEIVED = "received"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN = (Standing.WAITING, Standing.TO_COLLECT, Standing.HELD, Standing.SCHEDULED, Standing.COLLECTED)
_BY_STATE = {
    RequestState.HELD: Standing.HELD,
    RequestState.CONFIRMED: Standing.SCHEDULED,
    RequestState.ACTIVE: Standing.RUNNING,
    RequestState.DONE: Standing.DONE,
    RequestState.CANCELLED: Standing.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Stand:
    """An order's standing, with the device and its booking where there is one, and since when a specimen's step."""

    standing: Standing
    booking: Booking | None = None
    device: Device | None = None
    at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.standing in OPEN


def stands(requests: Iterable[Request]) -> dict[UUID, Stand]:
    """The standing of each of these orders (with `exam_order__item`). Four queries, however many."""
    rows, now = list(requests), clock.now()
    ids = [row.pk for row in rows]
    bookings: dict[UUID, list[Booking]] = defaultdict(list)
    for row in Booking.objects.filter(request_id__in=ids, state__in=[str(s) for s in TAKES_TIME]).order_by("period"):
        bookings[row.request_id].append(row)  # type: ignore[index]
    devices = _devices(row for found in bookings.values() for row in found)
    steps: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    for request_id, kind, at in Event.objects.filter(request_id__in=ids, kind__in=STEPS).values_list(
        "request_id", "kind", "at"
    ):
        steps[request_id][kind] = at  # type: ignore[index]
    return {row.pk: _stand(row, bookings[row.pk], devices, steps[row.pk], now) for row in rows}


def _devices(bookings: Iterable[Booking]) -> dict[UUID, Device]:
    rows = Device.objects.filter(pk__in={b.capacity_id for b in bookings})
    return {d.pk: d for d in rows.select_related("capacity__site__organisation", "department")}


def _ran_out(booking: Booking, now: datetime) -> bool:
    return booking.expires_at is not None and booking.expires_at <= now


def _stand(
    row: Request, found: list[Booking], devices: dict[UUID, Device], steps: dict[str, datetime], now: datetime
) -> Stand:
    state = state_among(row, found, at=now)
    kept = [b for b in found if b.capacity_id in devices and not _ran_out(b, now)]
    last = kept[-1] if kept else None
    device = devices[last.capacity_id] if last is not None else None
    if state in _BY_STATE:
        return Stand(_BY_STATE[state], last, device, row.cancelled_at or (last.start if last else None))
    if policy.needs_slot(row.exam_order.item.category):
        return Stand(Standing.WAITING)
    if "exam.received" in steps:
        return Stand(Standing.RECEIVED, at=steps["exam.received"])
    if "exam.collected" in steps:
        return Stand(Standing.COLLECTED, at=steps["exam.collected"])
    return Stand(Standing.TO_COLLECT)
