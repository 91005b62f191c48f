"""On the spot: the patient is there, the examination is done, or nobody came."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor, wall
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, NotFound
from yipan.lines.exams.actions.scheduling import technician_claim
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.models import Technician
from yipan.lines.exams.queries import facts as known
from yipan.spine import booking
from yipan.spine.models import Booking, Request
from yipan.spine.states import State

AT_ONCE = timedelta(0)


def begin_exam(
    *, actor: Actor, request_id: UUID, technician_id: UUID | None = None, at: datetime | None = None
) -> Booking:
    """The patient is there and the examination begins, by the planned technician or the one named.

    Whoever waits behind is called later when it began late. Raises Conflict("exam_device_in_use"),
    Conflict("exam_technician_in_use"), NotFound("exam_technician_unknown"), Refused.
    """
    order, at = known.scheduled(request_id), at or clock.now()
    actor.require("exams.perform", order.path)
    lasts = timedelta(minutes=order.request.exam_order.item.minutes)
    staff = None if technician_id is None else known.technician(technician_id, order.request.exam_order.item_id)
    if staff is not None and staff.capacity.site_id != order.site_id:
        raise NotFound("exam_technician_unknown")
    with unit.atomic(), wall.passage("exams.slots"):
        _lock(order, [staff.pk] if staff else [])
        planned = order.device.start
        try:
            row = booking.arrive(booking_id=order.device.pk, by=actor, lasts=lasts, shift=True, at=at)
        except Conflict as conflict:
            if conflict.code != "bed_not_ready":
                raise
            raise Conflict("exam_device_in_use") from conflict
        _staff_begins(actor, order, staff, lasts, at)
        _tell(actor, "exam.arrived", order, at, planned=planned.isoformat())
    return row


def finish_exam(*, actor: Actor, request_id: UUID, at: datetime | None = None) -> Booking:
    """The examination is done: device and technician are free again."""
    order, at = known.scheduled(request_id), at or clock.now()
    actor.require("exams.perform", order.path)
    with unit.atomic(), wall.passage("exams.slots"):
        _lock(order, [])
        if order.device.state != State.ACTIVE:
            raise Conflict("exam_order_step", state=str(order.device.state))
        row = booking.depart(booking_id=order.device.pk, by=actor, turnover_length=AT_ONCE, at=at)
        if order.staff is not None:
            booking.depart(booking_id=order.staff.pk, by=actor, turnover_length=AT_ONCE, at=at)
        _tell(actor, "exam.performed", order, at)
    return row


def miss_exam(*, actor: Actor, request_id: UUID, reason: str = "") -> Request:
    """The patient did not come: the time is free, and the order waits for another one."""
    order = known.scheduled(request_id)
    actor.require("exams.perform", order.path)
    with unit.atomic(), wall.passage("exams.slots"):
        _lock(order, [])
        booking.no_show(booking_id=order.device.pk, by=actor, reason=reason)
        if order.staff is not None:
            booking.release(booking_id=order.staff.pk, by=actor, reason=reason)
        _tell(actor, "exam.missed", order, clock.now(), reason=reason[:200])
    return order.request


def _lock(order: known.Scheduled, besides: list[UUID]) -> None:
    """One at a time decides about an order; then the places, all together."""
    Request.objects.select_for_update(no_key=True).get(pk=order.request.pk)
    mine = [order.device.capacity_id, *([order.staff.capacity_id] if order.staff else [])]
    booking.lock_places([*mine, *besides])
    order.device.refresh_from_db()


def _staff_begins(
    actor: Actor, order: known.Scheduled, staff: Technician | None, lasts: timedelta, at: datetime
) -> None:
    planned = order.staff
    if planned is not None and (staff is None or staff.pk == planned.capacity_id):
        try:
            booking.arrive(booking_id=planned.pk, by=actor, lasts=lasts, shift=True, at=at)
        except Conflict as conflict:
            if conflict.code != "bed_not_ready":
                raise
            name = Technician.objects.select_related("practitioner").get(pk=planned.capacity_id).practitioner.label
            raise Conflict("exam_technician_in_use", name=name) from conflict
        return
    if planned is not None:
        booking.release(booking_id=planned.pk, by=actor, reason="somebody else")
    if staff is not None:
        try:
            booking.occupy(claim=technician_claim(order.request, staff, at), by=actor, at=at)
        except Conflict as conflict:
            raise Conflict("exam_technician_in_use", name=staff.practitioner.label) from conflict


def _tell(by: Actor, kind: str, order: known.Scheduled, at: datetime, **data: str) -> None:
    row = order.device
    tell(by, kind, order.request, at=at, booking_id=row.pk, capacity_id=row.capacity_id, site_id=order.site_id, **data)
