"""Keeping a time for an order, moving it, and withdrawing the order."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor, wall
from yipan.kernel.errors import Conflict
from yipan.lines.exams import policy
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.models import Technician
from yipan.lines.exams.policy.slots import Cause
from yipan.lines.exams.queries import facts as known
from yipan.lines.exams.queries.slots import Wish, ask, technician_for
from yipan.spine import booking, requests
from yipan.spine.models import Booking, Request
from yipan.spine.queries import RequestState, live_bookings, state_of

KEEP = timedelta(minutes=15)
"""How long a time is held before it is made firm."""

OPEN = (RequestState.WAITING, RequestState.HELD, RequestState.CONFIRMED)


def schedule_exam(*, actor: Actor, request_id: UUID, device_id: UUID, start: datetime) -> Booking:
    """Keep a device with a technician for an order from `start` on; what was kept for it before is given back.

    Everything is asked again while the places are locked. Returns the booking of the device. Raises Refused,
    Conflict("exam_slot_refused") with the cause, Conflict("exam_slot_taken"), Conflict("patient_busy").
    """
    request, device = known.order(request_id), known.device(device_id)
    actor.require("exams.schedule", request.site.organisation.path)
    if not policy.needs_slot(request.exam_order.item.category):
        raise Conflict("exam_needs_no_slot")
    with unit.atomic(), wall.passage("exams.slots"):
        before = lock_open(request_id)
        kept = list(live_bookings(request_id))
        staff = known.staff_ids(request.exam_order.item_id, device.capacity.site_id)
        booking.lock_places([device_id, *staff, *(row.capacity_id for row in kept)])
        claims = claims_for(request, device_id, start, without=request_id)
        for row in kept:
            booking.release(booking_id=row.pk, by=actor, reason="rescheduled")
        rows = hold(claims, by=actor, keep=KEEP)
        for row in rows:
            booking.confirm(booking_id=row.pk, by=actor)
        moved = before == RequestState.CONFIRMED
        tell_time(actor, "exam.rescheduled" if moved else "exam.scheduled", request, rows[0], device.capacity.site_id)
    return rows[0]


def cancel_exam(*, actor: Actor, request_id: UUID, reason: str) -> Request:
    """Withdraw an order; what is kept for it is given back. Refused once the examination has begun."""
    request = known.order(request_id)
    actor.require("exams.order", request.site.organisation.path)
    with wall.passage("exams.slots"):
        return requests.withdraw(
            request_id=request.pk, by=actor, reason=reason, kind="exam.cancelled", refused="exam_order_step"
        )


def lock_open(request_id: UUID) -> RequestState:
    """Lock an order that can still be moved or withdrawn. Raises Conflict("exam_order_step")."""
    Request.objects.select_for_update(no_key=True).get(pk=request_id)
    state = state_of(request_id)
    if state not in OPEN:
        raise Conflict("exam_order_step", state=str(state))
    return state


def claims_for(
    request: Request, device_id: UUID, start: datetime, *, without: UUID | None = None, wish: Wish | None = None
) -> list[booking.Claim]:
    """What an order takes at a start: the device and who works it. Raises Conflict("exam_slot_refused") otherwise."""
    order = request.exam_order
    wish = wish or Wish(order.item, request.patient_id, request.site_id, request.created_at, without=without)
    found = technician_for(ask(wish), device_id, start)
    if isinstance(found, Cause):
        raise Conflict("exam_slot_refused", cause=str(found))
    end = start + timedelta(minutes=order.item.minutes)
    claims = [booking.Claim(device_id, request, start, end, body=False, attends=True)]
    if found is not None:
        claims.append(booking.Claim(found, request, start, end, body=False))
    return claims


def hold(claims: list[booking.Claim], *, by: Actor, keep: timedelta) -> list[Booking]:
    """Hold the claims, the device first; whoever was quicker is told in the words of this line."""
    try:
        return booking.hold(claims=claims, by=by, keep=keep)
    except Conflict as conflict:
        if conflict.code != "capacity_taken":
            raise
        raise Conflict("exam_slot_taken") from conflict


def tell_time(by: Actor, kind: str, request: Request, row: Booking, site_id: UUID) -> None:
    """Write down where and when an examination is to be."""
    data = {"start": row.start.isoformat(), "end": row.end.isoformat()}
    tell(by, kind, request, booking_id=row.pk, capacity_id=row.capacity_id, site_id=site_id, **data)


def technician_claim(request: Request, technician: Technician, start: datetime) -> booking.Claim:
    """Somebody else does the examination than was planned."""
    end = start + timedelta(minutes=request.exam_order.item.minutes)
    return booking.Claim(technician.pk, request, start, end, body=False)
