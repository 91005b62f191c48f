"""What was so before Yipan knew: present and recent stays, and what is planned, taken over in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yipan.base import unit
from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput
from yipan.spine.booking.places import Place, happening, lock, told_politely
from yipan.spine.events import Happening, record
from yipan.spine.models import Booking, Request
from yipan.spine.states import Purpose, State

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay as another system knows it. `departed=None`: still there, until `expected_end` as far as is known.

    `planned`: nobody is there yet; it is to be from `arrived` to `expected_end`. `body` and `attends` are those of
    `Booking`. `steps` holds what else is known of the way there: kind of event → instant.
    """

    capacity_id: UUID
    request: Request
    arrived: datetime
    departed: datetime | None = None
    expected_end: datetime | None = None
    end_announced: bool = False
    planned: bool = False
    body: bool = True
    attends: bool = False
    steps: Mapping[str, datetime] = field(default_factory=dict)


def take_over(*, stays: Sequence[Stay], by: Actor) -> list[Booking]:
    """Write present and past stays with their events, all or none; return the bookings in the given order.

    Raises Conflict("capacity_taken") or Conflict("patient_elsewhere") when two of them overlap, with each other or
    with what is booked, and InvalidInput("interval_empty") for a stay that ends before it begins.
    """
    now = clock.now()
    with unit.atomic():
        places = lock(s.capacity_id for s in stays)
        rows = [_booking(s, now) for s in stays]
        with told_politely():
            Booking.objects.bulk_create(rows, batch_size=BATCH)
        pairs = zip(stays, rows, strict=True)
        told = [h for stay, row in pairs for h in _happenings(stay, row, places[stay.capacity_id])]
        told.sort(key=lambda h: h.at or now)
        for start in range(0, len(told), BATCH):
            record(by, told[start : start + BATCH])
    return rows


def _booking(stay: Stay, now: datetime) -> Booking:
    end = stay.departed or stay.expected_end
    if end is not None and end <= stay.arrived:
        raise InvalidInput("interval_empty", start=stay.arrived.isoformat(), end=end.isoformat())
    return Booking(
        capacity_id=stay.capacity_id,
        request=stay.request,
        patient_id=stay.request.patient_id,
        purpose=Purpose.CARE,
        state=State.CONFIRMED if stay.planned else State.DONE if stay.departed else State.ACTIVE,
        period=DateTimeTZRange(stay.arrived, end),
        body=stay.body,
        attends=stay.attends,
        end_announced=stay.end_announced and stay.departed is None,
        created_at=now,
    )


def _happenings(stay: Stay, row: Booking, place: Place) -> list[Happening]:
    now = clock.now()
    steps = {**stay.steps, **({"booking.confirmed": now} if stay.planned else {"booking.arrived": stay.arrived})}
    if stay.departed is not None:
        steps["booking.departed"] = stay.departed
    return [happening(kind, row, place, at, taken_over=True) for kind, at in steps.items()]
