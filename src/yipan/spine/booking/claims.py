"""Taking capacities for somebody, and giving them back before anybody came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from yipan.base import unit
from yipan.base.access import SYSTEM, Actor, wall
from yipan.kernel import clock
from yipan.spine.booking.places import (
    Place,
    change,
    give_back,
    happening,
    lock,
    lock_bookings,
    look_up,
    period,
    told_politely,
)
from yipan.spine.events import record
from yipan.spine.models import Booking, Event, Request
from yipan.spine.states import Purpose, State, Verb

# Asked before every hold, and hardly ever answered with a row: so without the cost of putting it together each time.
RAN_OUT = """
SELECT id FROM spine_booking
WHERE state = 'held' AND expires_at <= %s AND (capacity_id = ANY(%s) OR patient_id = ANY(%s))
FOR NO KEY UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One capacity wanted for one request over [start, end); `end=None` is open-ended.

    `body=False` for something that is not a place where the patient lies; `attends` when the patient has to be there in
    person (a scanner, not the technician who works it), and `patient_period` where that is a part of the time only.
    `previous` is the active booking that a planned move leaves: it is cut to end where this one starts.
    """

    capacity_id: UUID
    request: Request
    start: datetime
    end: datetime | None
    body: bool = True
    attends: bool = False
    patient_period: tuple[datetime, datetime] | None = None
    previous_id: UUID | None = None

    def as_booking(self, state: State, at: datetime, expires_at: datetime | None = None) -> Booking:
        return Booking(
            capacity_id=self.capacity_id,
            request=self.request,
            patient_id=self.request.patient_id,
            previous_id=self.previous_id,
            purpose=Purpose.CARE,
            state=state,
            period=period(self.start, self.end),
            body=self.body,
            attends=self.attends,
            patient_period=period(*self.patient_period) if self.patient_period else None,
            expires_at=expires_at,
            created_at=at,
        )


def hold(*, claims: Sequence[Claim], by: Actor, keep: timedelta, at: datetime | None = None) -> list[Booking]:
    """Hold all the claimed capacities for `keep`, or none of them.

    Raises Conflict("capacity_taken") or Conflict("patient_elsewhere"); holds that ran out are cleared first, so a
    worker that sleeps never keeps a bed from anybody.
    """
    at = at or clock.now()
    with unit.atomic():
        left = [c.previous_id for c in claims if c.previous_id is not None]
        sources = dict(Booking.objects.filter(id__in=left).values_list("id", "capacity_id")) if left else {}
        places = lock([*(c.capacity_id for c in claims), *sources.values()])
        _clear_expired(places, [c.request.patient_id for c in claims], at)
        ends: dict[UUID | None, str | None] = {
            c.previous_id: _cut_previous(c.previous_id, c.start) for c in claims if c.previous_id is not None
        }
        rows = [c.as_booking(State.HELD, at, at + keep) for c in claims]
        with told_politely():
            Booking.objects.bulk_create(rows)
        record(
            by,
            [
                happening("booking.held", b, places[b.capacity_id], at, previous_end=ends.get(b.previous_id))
                for b in rows
            ],
        )
    return rows


def confirm(*, booking_id: UUID, by: Actor, at: datetime | None = None) -> Booking:
    """Make a hold firm. A hold that ran out can still be confirmed while nobody else has taken the place."""
    at = at or clock.now()
    with unit.atomic():
        (booking,), places = lock_bookings([booking_id])
        change(booking, Verb.CONFIRM)
        record(by, [happening("booking.confirmed", booking, places[booking.capacity_id], at)])
    return booking


def release(*, booking_id: UUID, by: Actor, reason: str = "", at: datetime | None = None) -> Booking:
    """Give a reservation back."""
    return _end(booking_id, Verb.RELEASE, by=by, at=at or clock.now(), reason=reason)


def no_show(*, booking_id: UUID, by: Actor, reason: str = "", at: datetime | None = None) -> Booking:
    """The patient of a confirmed booking did not come."""
    return _end(booking_id, Verb.NO_SHOW, by=by, at=at or clock.now(), reason=reason)


def displace(*, booking_id: UUID, by: Actor, reason: str = "", at: datetime | None = None) -> Booking:
    """The place cannot be had as planned; the request waits again and its line is asked to propose anew."""
    return _end(booking_id, Verb.DISPLACE, by=by, at=at or clock.now(), reason=reason)


def expire_due(*, at: datetime | None = None) -> int:
    """Clear every hold that ran out, for the pages' sake; return how many."""
    at = at or clock.now()
    due = Booking.objects.filter(state=State.HELD, expires_at__lte=at).values_list("id", flat=True)
    cleared = 0
    for booking_id in list(due):
        with unit.atomic():
            (booking,), places = lock_bookings([booking_id])
            if booking.state == State.HELD and booking.expires_at is not None and booking.expires_at <= at:
                _give_back_with_previous(booking, places[booking.capacity_id], Verb.EXPIRE, by=SYSTEM, at=at)
                cleared += 1
    return cleared


def _end(booking_id: UUID, verb: Verb, *, by: Actor, at: datetime, reason: str) -> Booking:
    with unit.atomic():
        (booking,), places = lock_bookings([booking_id])
        _give_back_with_previous(booking, places[booking.capacity_id], verb, by=by, at=at, reason=reason)
    return booking


def _give_back_with_previous(
    booking: Booking, place: Place, verb: Verb, *, by: Actor, at: datetime, reason: str = ""
) -> None:
    give_back(booking, place, verb, by=by, at=at, **({"reason": reason} if reason else {}))
    _restore_previous(booking)


@wall.passage("spine.consequences")
def _clear_expired(places: dict[UUID, Place], patient_ids: list[UUID], at: datetime) -> None:
    """Expire the holds that ran out on these capacities, and those of the same patients elsewhere.

    SKIP LOCKED: a hold that somebody is confirming at this very moment is theirs.
    """
    with connection.cursor() as cursor:
        cursor.execute(RAN_OUT, [at, list(places), patient_ids])
        mine = [row[0] for row in cursor.fetchall()]
    for booking in Booking.objects.select_related("request").filter(pk__in=mine) if mine else ():
        place = places.get(booking.capacity_id) or look_up([booking.capacity_id])[booking.capacity_id]
        _give_back_with_previous(booking, place, Verb.EXPIRE, by=SYSTEM, at=at)


def _cut_previous(previous_id: UUID, start: datetime) -> str | None:
    """End the stay that a planned move leaves where the move starts; return its former end for the event."""
    source = Booking.objects.get(id=previous_id)
    former = source.end
    source.period = period(source.start, start)
    source.save(update_fields=["period"])
    return former.isoformat() if former else None


def _restore_previous(booking: Booking) -> None:
    """The planned move will not happen: the stay goes back to its former end, or to what is still free."""
    if booking.previous_id is None:
        return
    source = Booking.objects.filter(id=booking.previous_id, state=State.ACTIVE).first()
    held = Event.objects.filter(booking_id=booking.id, kind="booking.held").first()
    if source is None or held is None:
        return
    stated = held.data.get("previous_end")
    former = datetime.fromisoformat(stated) if stated else None
    following = Booking.objects.filter(
        capacity_id=source.capacity_id, state__in=[State.HELD, State.CONFIRMED], period__startswith__gte=source.end
    ).order_by("period")
    limit = following.first()
    end = former
    if limit is not None and (end is None or end > limit.start):
        end = limit.start
    if end is None or end > source.start:
        source.period = period(source.start, end)
        source.save(update_fields=["period"])
