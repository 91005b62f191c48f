"""Giving a transport a vehicle: hold, confirm, release."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.dispatch import policy
from yipan.lines.dispatch.actions.requests import happening
from yipan.lines.dispatch.models import Transport, Vehicle
from yipan.lines.dispatch.policy import Trip
from yipan.lines.dispatch.queries import facts
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.events import record
from yipan.spine.models import Booking, Request
from yipan.spine.queries import RequestState, state_of


def assign_vehicle(
    *, actor: Actor, request_id: UUID, vehicle_id: UUID, leave: datetime, keep: timedelta = policy.HOLD
) -> Booking:
    """Keep a vehicle for a transport, from leaving its base to being ready there again.

    Raises Conflict("vehicle_taken"), Conflict("vehicle_level"), Conflict("vehicle_out_of_service"),
    Conflict("transport_double"), Conflict("patient_busy"), Refused.
    """
    vehicle = facts.vehicle(vehicle_id)
    actor.require("dispatch.assign", facts.path_of(vehicle))
    carried = facts.transport(request_id)
    now = clock.now()
    with transaction.atomic():
        Request.objects.select_for_update(no_key=True).get(pk=request_id)
        if (state := state_of(request_id)) != RequestState.WAITING:
            raise Conflict("transport_step", state=str(state), verb="assign")
        trip = judged(vehicle, carried, leave, now=now)
        try:
            (row,) = booking.hold(claims=[claim(vehicle, carried, trip)], by=actor, keep=keep, at=now)
        except Conflict as conflict:
            raise told(conflict) from conflict
        expect(actor, row, carried, trip.arrive, at_patient=trip.at_patient)
    return row


def confirm_trip(*, actor: Actor, booking_id: UUID) -> Booking:
    """Make it firm: the vehicle goes at the planned time."""
    _, vehicle, _ = facts.trip_booking(booking_id)
    actor.require("dispatch.assign", facts.path_of(vehicle))
    return booking.confirm(booking_id=booking_id, by=actor)


def release_trip(*, actor: Actor, booking_id: UUID, reason: str = "") -> Booking:
    """The vehicle does not go; the transport waits for another."""
    _, vehicle, _ = facts.trip_booking(booking_id)
    actor.require("dispatch.assign", facts.path_of(vehicle))
    return booking.release(booking_id=booking_id, by=actor, reason=reason)


def judged(vehicle: Vehicle, carried: Transport, leave: datetime, *, now: datetime) -> Trip:
    """Lock the vehicle and ask the rules; the trip as it would be.

    Raises what `assign_vehicle` raises but Conflict("vehicle_taken") and Conflict("patient_busy").
    """
    booking.lock_places([vehicle.pk])
    vehicle.refresh_from_db(fields=["in_service", "level"])
    if not vehicle.in_service:
        raise Conflict("vehicle_out_of_service")
    if not policy.may_carry(vehicle.level, carried.level):
        raise Conflict("vehicle_level")
    trip = policy.trip(max(leave, now), facts.roads(vehicle.capacity.site, carried))
    if facts.carried_meanwhile(carried.request.patient_id, trip.at_patient, trip.arrive):
        raise Conflict("transport_double")
    return trip


def claim(vehicle: Vehicle, carried: Transport, trip: Trip) -> Claim:
    """A trip as the spine books it: the patient, who is in it for a part only, is planned nowhere else meanwhile."""
    ride = (trip.at_patient, trip.arrive)
    return Claim(vehicle.pk, carried.request, trip.leave, trip.back, body=False, attends=True, patient_period=ride)


def expect(
    actor: Actor, row: Booking, carried: Transport, eta: datetime, *, at_patient: datetime | None = None
) -> None:
    """Tell when the patient will be at the destination: `eta` in the data of an event of the transport's request."""
    data = {"eta": eta.isoformat()} | ({"at_patient": at_patient.isoformat()} if at_patient else {})
    told_to = {"booking_id": row.pk, "capacity_id": row.capacity_id, "data": data}
    record(actor, [happening("transport.expected", carried.request, **told_to)])


def told(conflict: Conflict) -> Conflict:
    """A refusal of the spine in words of an ambulance."""
    if conflict.code == "capacity_taken":
        return Conflict("vehicle_taken", **conflict.params)
    return conflict
