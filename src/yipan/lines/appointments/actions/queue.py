"""The day of a clinic: somebody is here, is called, comes in, has been seen, or never came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.appointments import policy
from yipan.lines.appointments.actions.requests import happening
from yipan.lines.appointments.actions.seats import settle_registration
from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.policy import Seat
from yipan.lines.appointments.queries import day as days
from yipan.lines.appointments.queries import facts
from yipan.lines.appointments.queries.day import Standing
from yipan.spine import booking
from yipan.spine.events import record
from yipan.spine.models import Booking
from yipan.spine.states import State


def check_in(*, actor: Actor, booking_id: UUID) -> Booking:
    """The patient is at the door and gets the number of the seat. A seat that was only held becomes firm.

    Whether the registration of an earlier visit still holds is looked at again: that visit may not have taken place.
    Raises Conflict("appointment_early") on another day than that of the seat.
    """
    row, clinic = facts.seat_booking(booking_id)
    actor.require("appointments.receive", facts.path_of(clinic))
    zone = clinic.capacity.site.time_zone
    with transaction.atomic():
        booking.lock_places([clinic.pk])
        _require(clinic, row, Standing.BOOKED)
        if policy.day_of(row.start, zone) != policy.day_of(clock.now(), zone):
            raise Conflict("appointment_early")
        if row.state == State.HELD:
            booking.confirm(booking_id=booking_id, by=actor)
        assert row.request is not None
        seat = Seat(0, row.start, row.end)
        settled = settle_registration(row.request, clinic, seat)
        session = facts.session_at(clinic, row.start)
        number = session.number_at(row.start) if session else None
        data = {"number": number, "covered": settled.registration_id is not None}
        _tell(actor, "appointment.checked_in", row, clinic, data)
    return row


def call_next(*, actor: Actor, clinic_id: UUID) -> Booking:
    """Call whose turn it is; the visit under way is finished with it. Raises Conflict("nobody_waits")."""
    clinic = facts.clinic(clinic_id)
    actor.require("appointments.see", facts.path_of(clinic))
    with transaction.atomic():
        booking.lock_places([clinic.pk])
        sheet = days.sheet_of(clinic, policy.day_of(clock.now(), clinic.capacity.site.time_zone))
        waiting = sheet.queue()
        if sheet.inside is not None:
            booking.leave_seat(booking_id=sheet.inside.booking.pk, by=actor)
        if not waiting:
            raise Conflict("nobody_waits")
        for called in sheet.of(Standing.CALLED):
            _tell(actor, "appointment.passed", called.booking, clinic)
        chosen = waiting[0]
        data = {"number": chosen.number, "waited": round(chosen.waited_until(clock.now()).total_seconds())}
        _tell(actor, "appointment.called", chosen.booking, clinic, data)
    return chosen.booking


def come_in(*, actor: Actor, booking_id: UUID) -> Booking:
    """The patient who was called is with the doctor. Raises Conflict("somebody_inside")."""
    row, clinic = facts.seat_booking(booking_id)
    actor.require("appointments.see", facts.path_of(clinic))
    with transaction.atomic():
        booking.lock_places([clinic.pk])
        _require(clinic, row, Standing.CALLED)
        try:
            return booking.take_seat(booking_id=booking_id, by=actor)
        except Conflict as conflict:
            code = "somebody_inside" if conflict.code == "capacity_taken" else conflict.code
            raise Conflict(code) from conflict


def pass_over(*, actor: Actor, booking_id: UUID) -> Booking:
    """The patient was called and did not come in: called again after the next two."""
    row, clinic = facts.seat_booking(booking_id)
    actor.require("appointments.see", facts.path_of(clinic))
    with transaction.atomic():
        booking.lock_places([clinic.pk])
        _require(clinic, row, Standing.CALLED)
        _tell(actor, "appointment.passed", row, clinic)
    return row


def finish(*, actor: Actor, booking_id: UUID) -> Booking:
    """The patient has been seen."""
    row, clinic = facts.seat_booking(booking_id)
    actor.require("appointments.see", facts.path_of(clinic))
    if row.state != State.ACTIVE:
        raise Conflict("appointment_step", state=str(row.state), verb="finish")
    return booking.leave_seat(booking_id=booking_id, by=actor)


def mark_no_show(*, actor: Actor, booking_id: UUID) -> Booking:
    """The patient of a confirmed seat did not come."""
    row, clinic = facts.seat_booking(booking_id)
    actor.require("appointments.receive", facts.path_of(clinic))
    if row.state != State.CONFIRMED or row.start > clock.now():
        raise Conflict("appointment_step", state=str(row.state), verb="no_show")
    return booking.no_show(booking_id=booking_id, by=actor)


def _require(clinic: Clinic, row: Booking, wanted: Standing) -> None:
    """Raises Conflict("appointment_step") unless the patient stands there, under the clinic's lock."""
    day = policy.day_of(row.start, clinic.capacity.site.time_zone)
    entry = next((e for e in days.sheet_of(clinic, day).entries if e.booking.pk == row.pk), None)
    if entry is None or entry.standing is not wanted:
        raise Conflict("appointment_step", state=str(entry.standing if entry else row.state), verb=str(wanted))


def _tell(actor: Actor, kind: str, row: Booking, clinic: Clinic, data: dict[str, Any] | None = None) -> None:
    assert row.request is not None
    told = happening(kind, row.request, booking_id=row.pk, capacity_id=clinic.pk, data=data or {})
    record(actor, [told])
