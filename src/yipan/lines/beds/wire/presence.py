"""Where a patient lies, and how one comes to lie in a bed because a hospital's system says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.beds import policy
from yipan.lines.beds.queries import facts as known
from yipan.lines.beds.queries.facts import BedPlace
from yipan.lines.beds.wire import placements, times
from yipan.lines.beds.wire.requests import REASON
from yipan.lines.beds.wire.sender import check_reach
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.holdings import holdings
from yipan.spine.models import Booking, Request
from yipan.spine.states import Purpose, State
from yipan.spine.wire import Sender

SHORTEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Presence:
    """A patient in a bed."""

    booking: Booking
    request: Request
    place: BedPlace


def of(patient_id: UUID, *, source: Sender, actor: Actor) -> Presence | None:
    """Where the patient lies now, or None. Raises Refused when that is a bed of another organisation."""
    row = holdings().present(patient_id)
    if row is None or row.request_id is None:
        return None
    place = known.place_of_capacity(row.capacity_id)
    check_reach(place, source=source, actor=actor)
    return Presence(row, known.request_with_facts(row.request_id), place)


def required(patient_id: UUID, *, source: Sender, actor: Actor) -> Presence:
    """Like `of`. Raises Conflict("patient_not_in_bed")."""
    here = of(patient_id, source=source, actor=actor)
    if here is None:
        raise Conflict("patient_not_in_bed")
    return here


def take(request: Request, place: BedPlace, at: datetime, *, actor: Actor) -> Booking:
    """The patient of a request is in a bed since `at`: the reservation made for it begins, or the bed is just taken.

    What was reserved for the patient elsewhere is given back; what others had reserved here is displaced.
    Raises Conflict: "bed_occupied", "bed_closed", "bed_taken_then", "patient_elsewhere".
    """
    refuse_occupied(place)
    start = free_from(place, request.patient_id, at)
    planned = None
    for row in holdings().kept_for(request):
        if row.capacity_id == place.capacity_id:
            planned = row
        else:
            booking.release(booking_id=row.pk, by=actor, reason=REASON)
    if planned is not None:
        end_turnover(place, start, actor=actor)
        row = booking.arrive(booking_id=planned.pk, by=actor, at=start)
    else:
        end = max(
            policy.expected_end(start, float(request.admission.expected_days)), clock.now() + policy.OVERRUN_GRACE
        )
        row = booking.occupy(claim=Claim(place.capacity_id, request, start, end), by=actor, at=start)
    placements.note(row, request, place)
    return row


def refuse_occupied(place: BedPlace, *, besides: UUID | None = None) -> None:
    """Raises Conflict("bed_occupied" | "bed_closed") unless the bed is free, reserved or being cleaned."""
    current = under_way(place)
    if current is None or current.purpose == Purpose.TURNOVER or current.patient_id == besides is not None:
        return
    raise Conflict("bed_closed" if current.purpose == Purpose.CLOSURE else "bed_occupied", bed=place.label)


def under_way(place: BedPlace) -> Booking | None:
    """The stay, cleaning or closure that is under way in a bed."""
    return next((b for b in holdings().live(place.capacity_id) if b.state == State.ACTIVE), None)


def free_from(place: BedPlace, patient_id: UUID, at: datetime) -> datetime:
    """`at`, or the end of what was in the bed then, when that was only entered late; likewise for the patient's body.

    Raises Conflict("bed_taken_then") and Conflict("patient_elsewhere") when more than that lies in the way.
    """
    bed = holdings().last_done(place.capacity_id)
    left = [b for b in holdings().of(patient_id) if b.state == State.DONE and b.body and b.end > b.start]
    body = max(left, key=lambda b: b.end, default=None)
    start = at
    if bed is not None and bed.end > at:
        if bed.end - at > times.LATE_ENTRY:
            raise Conflict("bed_taken_then", bed=place.label, until=bed.end.isoformat())
        start = max(start, bed.end)
    if body is not None and body.end > at:
        if body.end - at > times.SKEW:
            raise Conflict("patient_elsewhere")
        start = max(start, body.end)
    return start


def end_turnover(place: BedPlace, at: datetime, *, actor: Actor) -> None:
    """A patient lies in it, so the cleaning is over, whether or not somebody said so."""
    current = under_way(place)
    if current is not None and current.purpose == Purpose.TURNOVER:
        booking.finish_turnover(capacity_id=place.capacity_id, by=actor, at=max(at, current.start))
