"""Choosing a bed and keeping it: hold, confirm, release, no-show."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.beds import policy
from yipan.lines.beds.models import Placement
from yipan.lines.beds.queries import facts as known
from yipan.lines.beds.queries import proposals
from yipan.spine import booking, outbox
from yipan.spine.models import Booking, Request
from yipan.spine.queries import RequestState, present, state_of
from yipan.spine.states import State


def hold_bed(
    *, actor: Actor, request_id: UUID, bed_id: UUID, start: datetime | None = None, end: datetime | None = None
) -> Booking:
    """Keep a bed for a request, for as long as the policy says, with the reasons recorded.

    The rules are asked again under the ward's lock, so that what the page showed a minute ago cannot put a woman into
    a men's room. For a patient who lies in a bed already this plans a transfer. With `start` and `end` a bed is kept
    for a day to come, behind everybody who is stated to have left by then. Raises Conflict("bed_refused") with the
    rule, Conflict("capacity_taken"), Conflict("patient_elsewhere"), Refused.
    """
    place = known.bed_place(bed_id)
    actor.require("beds.place", place.path)
    request = known.request_with_facts(request_id)
    now = clock.now()
    with transaction.atomic():
        Request.objects.select_for_update(no_key=True).get(id=request_id)
        _refuse_unless(request_id, RequestState.WAITING, RequestState.ACTIVE)
        lock_ward(place.ward_id)
        here = present(patient_id=request.patient_id)
        judged = proposals.judge(request, bed_id=bed_id, start=start, at=now, until=end)
        begin = max(start or now, judged.choice.available_at)
        row = booking.hold(
            claims=[
                booking.Claim(
                    capacity_id=place.capacity_id,
                    request=request,
                    start=begin if here is None else max(begin, now + timedelta(minutes=1)),
                    end=end or policy.expected_end(begin, float(request.admission.expected_days)),
                    previous_id=here.booking_id if here else None,
                )
            ],
            by=actor,
            keep=judged.keep + (begin - now),
            at=now,
        )[0]
        record_placement(row, request, place, judged)
    return row


def confirm_admission(*, actor: Actor, booking_id: UUID) -> Booking:
    """Admission and cross-department formalities in one step; the ward is told to make the bed ready."""
    place = known.place_of_booking(booking_id)
    actor.require("beds.place", place.path)
    with transaction.atomic():
        row = booking.confirm(booking_id=booking_id, by=actor)
        outbox.put(
            topic="beds.notice",
            key=f"incoming:{booking_id}",
            payload={"kind": "incoming", "booking": str(booking_id), "ward": str(place.ward_id)},
        )
    return row


def release_hold(*, actor: Actor, booking_id: UUID, reason: str = "") -> Booking:
    """Give a held or confirmed bed back; the request waits again."""
    place = known.place_of_booking(booking_id)
    actor.require("beds.place", place.path)
    return _give_back(actor, booking_id, place.ward_id, reason, missed=False)


def mark_no_show(*, actor: Actor, booking_id: UUID, reason: str = "") -> Booking:
    """The patient of a confirmed bed did not come; the bed is free and the request waits again."""
    place = known.place_of_booking(booking_id)
    actor.require("beds.receive", place.path, ward_id=place.ward_id)
    return _give_back(actor, booking_id, place.ward_id, reason, missed=True)


def record_placement(row: Booking, request: Request, place: known.BedPlace, judged: proposals.Judged) -> Placement:
    """Keep the decision as it was made: tier, score, reasons, and why no better bed."""
    return Placement.objects.create(
        booking=row,
        home_department=request.home_department,
        host_department_id=place.department_id,
        tier=judged.choice.tier,
        score=judged.choice.score,
        position=judged.choice.position,
        reasons=judged.choice.reasons_as_data(),
        why_not=[r.as_data() for r in judged.refused],
        policy_version=judged.policy_version,
    )


def lock_ward(ward_id: UUID) -> None:
    """One placement at a time in a ward: rules about rooms and reserves look at more than one bed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"yipan.ward.{ward_id}"])


def _give_back(actor: Actor, booking_id: UUID, ward_id: UUID, reason: str, *, missed: bool) -> Booking:
    with transaction.atomic():
        told = Booking.objects.filter(id=booking_id, state=State.CONFIRMED).exists()
        end = booking.no_show if missed else booking.release
        row = end(booking_id=booking_id, by=actor, reason=reason)
        if told:
            outbox.put(
                topic="beds.notice",
                key=f"cancelled:{booking_id}",
                payload={"kind": "cancelled", "booking": str(booking_id), "ward": str(ward_id)},
            )
    return row


def _refuse_unless(request_id: UUID, *allowed: RequestState) -> None:
    state = state_of(request_id)
    if state not in allowed:
        raise Conflict("request_step", state=str(state), verb="hold")
