"""A patient in a bed: arrival, ready bed, transfer, swap, expected discharge, departure, cleaning."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.beds import policy
from yipan.lines.beds.actions.placing import lock_ward, record_placement
from yipan.lines.beds.queries import facts as known
from yipan.lines.beds.queries import proposals
from yipan.spine import booking, outbox
from yipan.spine.events import Happening, record
from yipan.spine.models import Booking


def mark_ready(*, actor: Actor, booking_id: UUID) -> None:
    """The ward has made the bed ready for a patient who is coming."""
    place = known.place_of_booking(booking_id)
    actor.require("beds.receive", place.path, ward_id=place.ward_id)
    row = known.booking_of_line(booking_id)
    if row.state not in ("held", "confirmed"):
        raise Conflict("booking_step", state=row.state, verb="ready")
    happening = Happening(
        kind="bed.ready",
        line="beds",
        request_id=row.request_id,
        booking_id=row.id,
        capacity_id=place.capacity_id,
        patient_id=row.patient_id,
        site_id=place.site_id,
        ward_id=place.ward_id,
    )
    record(actor, [happening])


def arrive(*, actor: Actor, booking_id: UUID, at: datetime | None = None) -> Booking:
    """The patient is in the bed. A stay outside the home department gets its day-3 call."""
    place = known.place_of_booking(booking_id)
    actor.require("beds.receive", place.path, ward_id=place.ward_id)
    row = known.booking_of_line(booking_id)
    source = known.place_of_booking(row.previous_id) if row.previous_id else None
    length = proposals.turnover(source) if source else timedelta(0)
    with transaction.atomic():
        row = booking.arrive(booking_id=booking_id, by=actor, turnover_length=length, at=at)
        wish_for_call(row, place)
    return row


def transfer(*, actor: Actor, booking_id: UUID, bed_id: UUID) -> Booking:
    """Move a patient to another bed now: both wards change in one transaction, under the same rules as a placement."""
    source, target = known.place_of_booking(booking_id), known.bed_place(bed_id)
    actor.require("beds.place", source.path)
    actor.require("beds.place", target.path)
    row = known.booking_of_line(booking_id)
    request = known.request_with_facts(row.request_id)  # type: ignore[arg-type]
    now = clock.now()
    with transaction.atomic():
        lock_ward(target.ward_id)
        judged = proposals.judge(request, bed_id=bed_id, start=None, at=now)
        if judged.choice.available_at > now:
            raise Conflict("bed_not_ready", purpose="turnover")
        end = row.period.upper or policy.expected_end(now, float(request.admission.expected_days))
        claim = booking.Claim(target.capacity_id, request, now, max(end, now + timedelta(hours=1)))
        moved = booking.move(
            booking_id=booking_id, claim=claim, by=actor, turnover_length=proposals.turnover(source), at=now
        )
        record_placement(moved, request, target, judged)
        wish_for_call(moved, target)
    return moved


def swap_patients(*, actor: Actor, first_id: UUID, second_id: UUID) -> tuple[Booking, Booking]:
    """Two patients change beds at once, each allowed in the other's bed by the rules once the other has left it."""
    places = [known.place_of_booking(i) for i in (first_id, second_id)]
    for place in places:
        actor.require("beds.place", place.path)
    rows = [known.booking_of_line(i) for i in (first_id, second_id)]
    with transaction.atomic():
        for ward_id in sorted({p.ward_id for p in places}):
            lock_ward(ward_id)
        chosen = []
        for row, target, other in ((rows[0], places[1], rows[1]), (rows[1], places[0], rows[0])):
            request = known.request_with_facts(row.request_id)  # type: ignore[arg-type]
            judged = proposals.judge(request, bed_id=target.bed_id, start=None, at=clock.now(), without=other.id)
            chosen.append((request, target, judged))
        moved = booking.swap(first_id=first_id, second_id=second_id, by=actor)
        for row, (request, target, judged) in zip(moved, chosen, strict=True):
            record_placement(row, request, target, judged)
            wish_for_call(row, target)
    return moved


def announce_discharge(*, actor: Actor, booking_id: UUID, end: datetime | None) -> Booking:
    """State when the patient is expected to leave (预出院), or withdraw it with None."""
    place = known.place_of_booking(booking_id)
    actor.require("beds.discharge", place.path, ward_id=place.ward_id)
    return booking.announce_end(booking_id=booking_id, end=end, by=actor)


def depart(*, actor: Actor, booking_id: UUID, at: datetime | None = None) -> Booking:
    """The patient has physically left the bed; it goes to cleaning."""
    place = known.place_of_booking(booking_id)
    actor.require("beds.receive", place.path, ward_id=place.ward_id)
    return booking.depart(booking_id=booking_id, by=actor, turnover_length=proposals.turnover(place), at=at)


def finish_cleaning(*, actor: Actor, bed_id: UUID) -> Booking:
    """The bed is clean and made up."""
    place = known.bed_place(bed_id)
    actor.require("beds.receive", place.path, ward_id=place.ward_id)
    return booking.finish_turnover(capacity_id=place.capacity_id, by=actor)


def start_cleaning(*, actor: Actor, bed_id: UUID) -> Booking:
    """Send an empty bed to cleaning once more."""
    place = known.bed_place(bed_id)
    actor.require("beds.receive", place.path, ward_id=place.ward_id)
    return booking.begin_turnover(capacity_id=place.capacity_id, length=proposals.turnover(place), by=actor)


def wish_for_call(row: Booking, place: known.BedPlace) -> None:
    """Ask the outbox for the day-3 call of a stay outside the home department (B7)."""
    if row.request is None or row.request.home_department_id == place.department_id:
        return
    due = policy.follow_up_due(row.period.lower, place.time_zone)
    outbox.put(topic="beds.call", key=f"call:{row.id}", payload={"booking": str(row.id), "due_on": due.isoformat()})
