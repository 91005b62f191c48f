"""Choosing a seat and keeping it: hold, confirm, release."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.appointments import policy
from yipan.lines.appointments.models import Appointment, Clinic
from yipan.lines.appointments.policy import Seat
from yipan.lines.appointments.queries import facts
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Request
from yipan.spine.queries import RequestState, state_of


def hold_seat(
    *, actor: Actor, request_id: UUID, clinic_id: UUID, start: datetime, keep: timedelta = policy.HOLD
) -> Booking:
    """Keep the seat that begins at `start` for a request that waits.

    The rules are asked again under the clinic's lock. Raises Conflict("seat_taken"), Conflict("clinic_closed"),
    Conflict("seats_kept"), Conflict("patient_busy"), InvalidInput("seat_unknown"), Refused.
    """
    clinic = facts.clinic(clinic_id)
    actor.require("appointments.book", facts.path_of(clinic))
    request = facts.appointment(request_id)
    now = clock.now()
    with transaction.atomic():
        Request.objects.select_for_update(no_key=True).get(pk=request_id)
        if (state := state_of(request_id)) != RequestState.WAITING:
            raise Conflict("appointment_step", state=str(state), verb="hold")
        seat = judged(clinic, start, is_referral=request.parent_id is not None, now=now)
        try:
            (row,) = booking.hold(claims=[claim(clinic, request, seat)], by=actor, keep=keep, at=now)
        except Conflict as conflict:
            raise told(conflict) from conflict
        settle_registration(request, clinic, seat)
    return row


def confirm_seat(*, actor: Actor, booking_id: UUID) -> Booking:
    """Make a held seat firm."""
    row, clinic = facts.seat_booking(booking_id)
    actor.require("appointments.book", facts.path_of(clinic))
    with transaction.atomic():
        booking.lock_places([clinic.pk])
        if facts.is_closed(clinic.pk, policy.day_of(row.start, clinic.capacity.site.time_zone)):
            raise Conflict("clinic_closed")
        return booking.confirm(booking_id=booking_id, by=actor)


def release_seat(*, actor: Actor, booking_id: UUID, reason: str = "") -> Booking:
    """Give a held or confirmed seat back; the request waits again."""
    _, clinic = facts.seat_booking(booking_id)
    actor.require("appointments.book", facts.path_of(clinic))
    return booking.release(booking_id=booking_id, by=actor, reason=reason)


def judged(clinic: Clinic, start: datetime, *, is_referral: bool, now: datetime) -> Seat:
    """Lock the clinic and ask the rules about one of its seats: closed sessions and kept seats look at more than one
    booking, so that no constraint could hold them."""
    booking.lock_places([clinic.pk])
    session = facts.session_at(clinic, start) if clinic.in_use else None
    if session is None:
        raise Conflict("seat_unknown", start=start.isoformat())
    seat = next(s for s in session.seats if s.start == start)
    if session.closed:
        raise Conflict("clinic_closed")
    if seat.end <= now:
        raise Conflict("seat_past")
    if seat not in session.free:
        raise Conflict("seat_taken")
    free, kept = len(session.free), clinic.kept_for_referrals
    if not policy.open_to(free=free, kept=kept, is_referral=is_referral, begins=session.begins, now=now):
        raise Conflict("seats_kept")
    return seat


def claim(clinic: Clinic, request: Request, seat: Seat) -> Claim:
    """A seat as the spine books it: the patient comes in person, and lies nowhere."""
    return Claim(clinic.pk, request, seat.start, seat.end, body=False, attends=True)


def told(conflict: Conflict) -> Conflict:
    """A refusal of the spine in words of a clinic."""
    if conflict.code == "capacity_taken":
        return Conflict("seat_taken", **conflict.params)
    return conflict


def settle_registration(request: Request, clinic: Clinic, seat: Seat) -> Appointment:
    """Note whose registration covers the visit on the seat's day; None: this one is registered itself."""
    day = policy.day_of(seat.start, clinic.capacity.site.time_zone)
    appointment = request.appointment
    covering = facts.registration_for(request.patient_id, clinic, day, but=request.pk)
    if appointment.registration_id != (covering.pk if covering else None):
        appointment.registration = covering
        appointment.save(update_fields=["registration"])
    return appointment
