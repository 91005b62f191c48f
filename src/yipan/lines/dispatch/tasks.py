"""What the worker and the outbox do for the ambulances. Every effect has a key: twice is once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.dispatch import policy
from yipan.lines.dispatch.models import AMBULANCE
from yipan.lines.dispatch.queries import facts
from yipan.spine import booking, outbox
from yipan.spine.events import Happening, record
from yipan.spine.models import Booking, Event
from yipan.spine.states import Purpose, State


def extend_overruns() -> int:
    """Every half minute: a transport that should be over and is not keeps its vehicle."""
    return booking.extend_overruns(kind=AMBULANCE, grace=policy.GRACE)


def end_returns() -> int:
    """Every half minute: a vehicle that should be at its base by now is taken to be there; return how many."""
    due = Booking.objects.filter(
        purpose=Purpose.TURNOVER, state=State.ACTIVE, capacity__kind=AMBULANCE, period__endswith__lte=clock.now()
    )
    ended = 0
    for capacity_id in list(due.values_list("capacity_id", flat=True)):
        try:
            booking.finish_turnover(capacity_id=capacity_id, by=SYSTEM)
        except Conflict:
            continue  # the crew was quicker
        ended += 1
    return ended


def tell_displaced(key: str, payload: dict[str, Any]) -> None:
    """A vehicle that was promised is still on another transport: written on the request, once."""
    row, vehicle, carried = facts.trip_booking(UUID(payload["booking"]))
    if Event.objects.filter(booking_id=row.pk, kind="transport.lost").exists():
        return
    request = carried.request
    told = Happening(
        "transport.lost",
        facts.LINE,
        request_id=request.pk,
        booking_id=row.pk,
        capacity_id=vehicle.pk,
        patient_id=request.patient_id,
        site_id=request.site_id,
        data={"eta": None},
    )
    record(SYSTEM, [told])


def announce() -> None:
    """Name the handlers of the line's wishes."""
    outbox.handles("dispatch.displaced", tell_displaced)
