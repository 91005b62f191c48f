"""The steps of a transport as the crew tells them: alerted, on the way, with the patient, under way, back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.dispatch import policy
from yipan.lines.dispatch.actions.requests import happening
from yipan.lines.dispatch.actions.trips import expect
from yipan.lines.dispatch.models import Transport
from yipan.lines.dispatch.policy import Step
from yipan.lines.dispatch.queries import facts
from yipan.spine import booking
from yipan.spine.events import record
from yipan.spine.models import Booking
from yipan.spine.states import State

KINDS = {
    Step.ALERTED: "transport.alerted",
    Step.WITH_PATIENT: "transport.with_patient",
    Step.UNDER_WAY: "transport.under_way",
}
"""Steps that are events only; the others also change the booking."""


def report_step(*, actor: Actor, booking_id: UUID, step: str) -> Booking:
    """The next step is reached. The time of arrival is told anew with it. Handing over is `hand_over`.

    Raises Conflict("transport_step") for a step that is not the next one.
    """
    row, vehicle, carried = facts.trip_booking(booking_id)
    actor.require("dispatch.drive", facts.path_of(vehicle))
    now = clock.now()
    with transaction.atomic():
        booking.lock_places([vehicle.pk])
        row.refresh_from_db()
        done = facts.progress(row).step
        wanted = policy.following(done)
        if wanted is None or wanted is Step.HANDED_OVER or step != wanted or row.state not in _open(done):
            raise Conflict("transport_step", state=str(done), verb=step)
        roads = facts.roads(vehicle.capacity.site, carried)
        eta = policy.eta(wanted, now, roads, policy.trip(row.start, roads))
        if wanted is Step.ON_THE_WAY:
            left = policy.trip(now, roads).back - now
            row = booking.arrive(booking_id=booking_id, by=actor, shortest=left, at=now)
            expect(actor, row, carried, eta)
        else:
            _tell(actor, KINDS[wanted], row, carried, eta=eta.isoformat())
    return row


def take_back_step(*, actor: Actor, booking_id: UUID) -> None:
    """The last step was told by mistake. Leaving the base and handing over cannot be taken back here.

    Raises Conflict("step_back_late").
    """
    row, vehicle, carried = facts.trip_booking(booking_id)
    actor.require("dispatch.drive", facts.path_of(vehicle))
    with transaction.atomic():
        booking.lock_places([vehicle.pk])
        progress = facts.progress(row)
        told = progress.since
        if progress.step not in KINDS or told is None or clock.now() - told > policy.STEP_BACK:
            raise Conflict("step_back_late")
        _tell(actor, "transport.step_back", row, carried, step=str(progress.step))


def back_at_base(*, actor: Actor, vehicle_id: UUID) -> Booking:
    """The vehicle is at its base and ready for the next transport."""
    vehicle = facts.vehicle(vehicle_id)
    actor.require("dispatch.drive", facts.path_of(vehicle))
    return booking.finish_turnover(capacity_id=vehicle.pk, by=actor)


def _open(done: Step) -> tuple[State, ...]:
    """The states of the booking in which a step after this one can be told."""
    return (State.CONFIRMED,) if done in (Step.PLANNED, Step.ALERTED) else (State.ACTIVE,)


def _tell(actor: Actor, kind: str, row: Booking, carried: Transport, **data: Any) -> None:
    told_to = {"booking_id": row.pk, "capacity_id": row.capacity_id, "data": data}
    record(actor, [happening(kind, carried.request, **told_to)])
