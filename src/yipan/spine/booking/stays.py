"""Bodies in places: arriving, leaving, moving, and taking back what was told wrongly."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor, wall
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.spine.booking import closures, turnover
from yipan.spine.booking.claims import Claim
from yipan.spine.booking.places import (
    Place,
    active,
    change,
    happening,
    lock,
    lock_bookings,
    make_room,
    period,
    save,
    shift_behind,
    told_politely,
    write,
)
from yipan.spine.events import record
from yipan.spine.models import Booking
from yipan.spine.states import Purpose, State, Verb, step

SHORTEST_STAY = timedelta(hours=1)
"""What a stay is taken to last at least, once its planned end lies behind."""


def arrive(
    *,
    booking_id: UUID,
    by: Actor,
    turnover_length: timedelta = timedelta(0),
    shortest: timedelta = SHORTEST_STAY,
    lasts: timedelta | None = None,
    shift: bool = False,
    at: datetime | None = None,
) -> Booking:
    """The patient of a held or confirmed booking is in the place. A planned move leaves the former place with it.

    From now on it takes `shortest` at least, however late it began; or just as long as it `lasts`, whenever it was
    planned. What was reserved behind it is displaced when it is still there by then, or with `shift` comes later.

    Raises Conflict("bed_not_ready") while the place is being cleaned or somebody else is in it.
    """
    at = at or clock.now()
    with unit.atomic():
        booking, place, source = _with_source(booking_id)
        current = active(place)
        if current is not None:
            raise Conflict("bed_not_ready", purpose=str(current.purpose))
        end = booking.end
        if end is not None:
            end = max(end, at + shortest) if lasts is None else at + lasts
        if source is not None:
            if at > booking.start:  # who moves late has been in the former place until now
                booking.period = period(at, end)
                save(booking)
            with wall.passage("spine.consequences"):
                _leave(source[0], source[1], turnover_length, by=by, at=at)
        state = step(booking.state, Verb.ARRIVE)
        if shift and end is not None:
            if booking.end is not None and booking.end > end:
                _stand_aside(booking)
            shift_behind(place, until=end, by=by, at=at, spare=[booking.id])
        else:
            make_room(place, until=end, by=by, at=at, spare=[booking.id])
        booking.state, booking.period, booking.expires_at = state, period(at, end), None
        with told_politely():
            save(booking)
        record(by, [happening("booking.arrived", booking, place, at)])
    return booking


def occupy(*, claim: Claim, by: Actor, at: datetime | None = None) -> Booking:
    """Record that a patient is in a place, as a hospital's own system tells it: without a hold before.

    An unfinished turnover ends; reservations by others are displaced and their requests wait again.
    Raises Conflict("capacity_taken") when another patient is in it or it is closed.
    """
    at = at or claim.start
    with unit.atomic():
        place = lock([claim.capacity_id])[claim.capacity_id]
        return _enter(claim, place, by=by, at=at)


def depart(*, booking_id: UUID, by: Actor, turnover_length: timedelta, at: datetime | None = None) -> Booking:
    """The patient has physically left: the place goes to its turnover, or closes when a closure was waiting.

    Raises InvalidInput("departure_before_arrival") when `at` lies before the stay.
    """
    at = at or clock.now()
    with unit.atomic():
        (booking,), places = lock_bookings([booking_id])
        _leave(booking, places[booking.capacity_id], turnover_length, by=by, at=at)
    return booking


def move(
    *, booking_id: UUID, claim: Claim, by: Actor, turnover_length: timedelta, at: datetime | None = None
) -> Booking:
    """Transfer the patient of an active booking to another place at once; both halves happen or neither."""
    at = at or clock.now()
    with unit.atomic():
        (booking,), places = lock_bookings([booking_id], besides=[claim.capacity_id])
        if booking.capacity_id == claim.capacity_id:
            raise Conflict("move_to_same_place")
        _leave(booking, places[booking.capacity_id], turnover_length, by=by, at=at, onward=True)
        return _enter(claim, places[claim.capacity_id], by=by, at=at, previous=booking)


def swap(*, first_id: UUID, second_id: UUID, by: Actor, at: datetime | None = None) -> tuple[Booking, Booking]:
    """Two patients change places at once. No turnover: each bed's linen follows its patient."""
    at = at or clock.now()
    with unit.atomic():
        (first, second), places = lock_bookings([first_id, second_id])
        ends = {b.id: b.end for b in (first, second)}
        for booking in (first, second):
            _require_present(booking, at)
            change(booking, Verb.DEPART, end=at)
        entered = []
        for leaving, target in ((first, second), (second, first)):
            end = ends[leaving.id]
            end = None if end is None else max(end, at + SHORTEST_STAY)
            make_room(places[target.capacity_id], until=end, by=by, at=at)
            entered.append(_insert_after(leaving, target.capacity_id, at, end))
        record(
            by,
            [happening("booking.swapped", b, places[b.capacity_id], at, previous=str(b.previous_id)) for b in entered],
        )
    return entered[0], entered[1]


def undo_arrive(*, booking_id: UUID, by: Actor, reason: str = "", at: datetime | None = None) -> Booking:
    """The arrival was told by mistake: the stay never was."""
    at = at or clock.now()
    with unit.atomic():
        (booking,), places = lock_bookings([booking_id])
        change(booking, Verb.UNDO_ARRIVE)
        record(by, [happening("booking.arrival_undone", booking, places[booking.capacity_id], at, reason=reason)])
    return booking


def undo_depart(*, booking_id: UUID, by: Actor, end: datetime | None, at: datetime | None = None) -> Booking:
    """The departure was told by mistake: the patient is still there, until `end` as far as is known.

    Raises Conflict("capacity_taken") when somebody else lies there by now.
    """
    at = at or clock.now()
    with unit.atomic():
        (booking,), places = lock_bookings([booking_id])
        _stay_on(booking, places[booking.capacity_id], end, by=by, at=at)
    return booking


def cancel_move(*, booking_id: UUID, by: Actor, end: datetime | None, at: datetime | None = None) -> Booking:
    """The transfer that led to this active booking was told by mistake: back to the place before, as if never moved."""
    at = at or clock.now()
    with unit.atomic():
        previous_id = Booking.objects.filter(id=booking_id).values_list("previous_id", flat=True).first()
        if previous_id is None:
            raise Conflict("no_move_to_cancel")
        (booking, source), places = lock_bookings([booking_id, previous_id])
        change(booking, Verb.UNDO_ARRIVE)
        record(by, [happening("booking.arrival_undone", booking, places[booking.capacity_id], at, reason="move")])
        _stay_on(source, places[source.capacity_id], end, by=by, at=at)
    return source


def _stand_aside(booking: Booking) -> None:
    """Whoever begins before their time gives that time to those who come later now."""
    booking.state, booking.expires_at = State.RELEASED, None
    save(booking)


def _with_source(booking_id: UUID) -> tuple[Booking, Place, tuple[Booking, Place] | None]:
    """Lock a booking's place and, for a planned move, the place that it leaves."""
    previous = Booking.objects.filter(id=booking_id).values_list("previous_id", flat=True).first()
    ids = [booking_id, previous] if previous is not None else [booking_id]
    bookings, places = lock_bookings([i for i in ids if i is not None])
    booking = bookings[0]
    source = bookings[1] if len(bookings) > 1 and bookings[1].state == State.ACTIVE else None
    return booking, places[booking.capacity_id], (source, places[source.capacity_id]) if source else None


def _require_present(booking: Booking, at: datetime) -> None:
    step(booking.state, Verb.DEPART)
    if at < booking.start:
        raise InvalidInput("departure_before_arrival", at=at.isoformat(), arrived=booking.start.isoformat())


def _leave(booking: Booking, place: Place, length: timedelta, *, by: Actor, at: datetime, onward: bool = False) -> None:
    _require_present(booking, at)
    planned = booking.end.isoformat() if booking.end else None
    # Whoever leaves late has been there until now: what was reserved from the planned end on begins later.
    make_room(place, until=at, by=by, at=at, postpone=True)
    change(booking, Verb.DEPART, end=at)
    record(by, [happening("booking.departed", booking, place, at, planned_end=planned, onward=onward)])
    if not closures.begin_planned(place, by=by, at=at) and length > timedelta(0):
        turnover.start(place, length, by=by, at=at)


def _enter(claim: Claim, place: Place, *, by: Actor, at: datetime, previous: Booking | None = None) -> Booking:
    current = active(place)
    if current is not None and current.purpose == Purpose.TURNOVER:
        turnover.finish(current, place, by=by, at=max(at, current.start))
    make_room(place, until=claim.end, by=by, at=at)
    booking = claim.as_booking(State.ACTIVE, at)
    booking.previous = previous
    write(booking)
    kind = "booking.moved" if previous else "booking.arrived"
    record(by, [happening(kind, booking, place, at, previous=str(previous.id) if previous else None)])
    return booking


def _insert_after(leaving: Booking, capacity_id: UUID, at: datetime, end: datetime | None) -> Booking:
    booking = Booking(
        capacity_id=capacity_id,
        request=leaving.request,
        patient_id=leaving.patient_id,
        previous=leaving,
        purpose=Purpose.CARE,
        state=State.ACTIVE,
        period=period(at, end),
        body=leaving.body,
        end_announced=leaving.end_announced,
        created_at=at,
    )
    write(booking)
    return booking


def _stay_on(booking: Booking, place: Place, end: datetime | None, *, by: Actor, at: datetime) -> None:
    current = active(place)
    if current is not None and current.purpose == Purpose.TURNOVER:
        change(current, Verb.UNDO_ARRIVE)
    # The stay takes its whole time again; a cleaning in it stays in the journal and gives its time back.
    cleaned = Booking.objects.filter(capacity_id=place.id, purpose=Purpose.TURNOVER, state=State.DONE)
    for cleaning in cleaned.filter(period__startswith__gte=booking.end):
        change(cleaning, Verb.ANNUL)
    end = None if end is None else max(end, at + SHORTEST_STAY)
    make_room(place, until=end, by=by, at=at)
    booking.state = step(booking.state, Verb.UNDO_DEPART)
    booking.period = period(booking.start, end)
    with told_politely():
        save(booking)
    record(by, [happening("booking.departure_undone", booking, place, at)])
