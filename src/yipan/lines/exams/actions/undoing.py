"""Taking back the begin of an examination that was told by mistake."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor, wall
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.exams.actions.scheduling import KEEP, hold
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.policy.performing import may_undo
from yipan.lines.exams.queries import facts as known
from yipan.lines.exams.queries.slots import Wish, ask, first_free
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Event, Request
from yipan.spine.states import State

SOON = timedelta(hours=4)
"""How far ahead a patient who is on the spot is planned anew."""


def undo_begin(*, actor: Actor, request_id: UUID) -> Booking | None:
    """The examination has not begun: the patient is expected again when planned, or as soon after as it is free.

    None when nothing is free soon: the order waits for another time. Raises Conflict("exam_order_step") unless it is
    running, Conflict("exam_undo_late") after five minutes, Conflict("exam_undo_imaged") with images, Refused.
    """
    order, now = known.scheduled(request_id), clock.now()
    actor.require("exams.perform", order.path)
    request = order.request
    with unit.atomic(), wall.passage("exams.slots"):
        Request.objects.select_for_update(no_key=True).get(pk=request.pk)
        staff = known.staff_ids(request.exam_order.item_id, order.site_id)
        running = [order.device, *([order.staff] if order.staff else [])]
        booking.lock_places([*(row.capacity_id for row in running), *staff])
        order.device.refresh_from_db()
        _check(order, now)
        for row in running:
            booking.undo_arrive(booking_id=row.pk, by=actor, reason="undone", at=now)
        claims = _again(order, now)
        rows = hold(claims, by=actor, keep=KEEP) if claims else []
        for row in rows:
            booking.confirm(booking_id=row.pk, by=actor)
        told = {"start": rows[0].start.isoformat()} if rows else {}
        tell(
            actor,
            "exam.begin_undone",
            request,
            at=now,
            booking_id=order.device.pk,
            capacity_id=order.device.capacity_id,
            site_id=order.site_id,
            **told,
        )
    return rows[0] if rows else None


def _check(order: known.Scheduled, now: datetime) -> None:
    if order.device.state != State.ACTIVE:
        raise Conflict("exam_order_step", state=str(order.device.state))
    if order.request.exam_order.studies.exists():
        raise Conflict("exam_undo_imaged")
    if not may_undo(order.device.start, now):
        raise Conflict("exam_undo_late")


def _again(order: known.Scheduled, now: datetime) -> list[Claim]:
    """What the order takes of device and staff, from its planned time on; [] when nothing is free soon."""
    request, item = order.request, order.request.exam_order.item
    begun = Event.objects.filter(booking_id=order.device.pk, kind="exam.arrived").order_by("-id").first()
    planned = datetime.fromisoformat(begun.data["planned"]) if begun and "planned" in begun.data else now
    wish = Wish(
        item,
        request.patient_id,
        request.site_id,
        request.created_at,
        not_before=max(planned, now),
        until=max(planned, now) + SOON,
        at_site_id=order.site_id,
        from_site_id=order.site_id,  # the patient is on the spot
    )
    found = first_free(ask(wish), order.device.capacity_id)
    if found is None:
        return []
    start, who = found
    end = start + timedelta(minutes=item.minutes)
    claims = [Claim(order.device.capacity_id, request, start, end, body=False, attends=True)]
    return [*claims, *([Claim(who, request, start, end, body=False)] if who else [])]
