"""Patients who move, leave and change places, and what of that is taken back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yipan.base.access import Actor
from yipan.codecs.hl7v2.event import AdtEvent
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds import policy
from yipan.lines.beds.queries import facts as known
from yipan.lines.beds.queries import proposals
from yipan.lines.beds.queries.facts import BedPlace
from yipan.lines.beds.wire import people, placements, presence, requests, times
from yipan.lines.beds.wire.admissions import enter
from yipan.lines.beds.wire.presence import SHORTEST, Presence
from yipan.lines.beds.wire.sender import check_reach, place_at
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.holdings import holdings
from yipan.spine.models import Booking
from yipan.spine.states import State
from yipan.spine.wire import Sender
from yipan.spine.wire.outcome import ALREADY_SO, Outcome


def transfer(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A02: the patient is in the bed of PV1-3 now. A patient who waited for a bed has thereby come into one.

    PV1-6, where the patient came from, is only a hint: the stay that is known ends, wherever it was.
    """
    patient = people.known(event, source=source, actor=actor)
    place = place_at(event.location, source=source, actor=actor)
    if place is None:
        raise InvalidInput("bed_missing", where="PV1-3")
    at = times.happened(event, clock.now())
    here = presence.of(patient.pk, source=source, actor=actor)
    if here is None:
        if requests.open_of(patient.pk) is None:
            raise Conflict("patient_not_in_bed")
        return enter(event, patient, place, at, source=source, actor=actor)
    requests.refuse_other_visit(here.request, event)
    requests.bring_up_to_date(here.request, event, doctor=people.attending(event, source), actor=actor)
    if here.place.capacity_id == place.capacity_id:
        return Outcome(ALREADY_SO, patient.pk)
    presence.refuse_occupied(place)
    start = times.since(at, here.booking.start)
    _move(here, place, presence.free_from(place, patient.pk, start), actor=actor)
    return Outcome("transferred", patient.pk)


def discharge(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A03, A07: the patient has left the bed; it goes to cleaning."""
    patient = people.known(event, source=source, actor=actor)
    at = times.happened(event, clock.now())
    here = presence.of(patient.pk, source=source, actor=actor)
    if here is None:
        if _left_already(patient.pk, event, at):
            return Outcome(ALREADY_SO, patient.pk)
        raise Conflict("patient_not_in_bed")
    requests.refuse_other_visit(here.request, event)
    length = proposals.turnover(here.place)  # the right to it was checked with the reach of the sender
    booking.depart(booking_id=here.booking.pk, by=actor, turnover_length=length, at=times.since(at, here.booking.start))
    return Outcome("discharged", patient.pk)


def cancel_transfer(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A12: the transfer never was; PV1-3 names the bed to which the patient goes back."""
    patient = people.known(event, source=source, actor=actor)
    here = presence.required(patient.pk, source=source, actor=actor)
    requests.refuse_other_visit(here.request, event)
    back = place_at(event.location, source=source, actor=actor)
    if back is not None and back.capacity_id == here.place.capacity_id:
        return Outcome(ALREADY_SO, patient.pk)
    if here.booking.previous_id is None:
        raise Conflict("no_move_to_cancel")
    former = known.place_of_booking(here.booking.previous_id)
    check_reach(former, source=source, actor=actor)
    if back is not None and back.capacity_id != former.capacity_id:
        raise Conflict("bed_differs", bed=former.label)
    presence.refuse_occupied(former)
    booking.cancel_move(booking_id=here.booking.pk, by=actor, end=here.booking.end)
    return Outcome("transfer_cancelled", patient.pk)


def cancel_discharge(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A13: the patient never left the bed."""
    patient = people.known(event, source=source, actor=actor)
    if presence.of(patient.pk, source=source, actor=actor) is not None:
        return Outcome(ALREADY_SO, patient.pk)
    last = _last_stay(patient.pk)
    if last is None or last.request_id is None:
        raise Conflict("no_discharge_to_cancel")
    request = known.request_with_facts(last.request_id)
    requests.refuse_other_visit(request, event)
    place = known.place_of_booking(last.pk)
    check_reach(place, source=source, actor=actor)
    presence.refuse_occupied(place)
    now = clock.now()
    end = max(policy.expected_end(last.start, float(request.admission.expected_days)), now + policy.OVERRUN_GRACE)
    booking.undo_depart(booking_id=last.pk, by=actor, end=end)
    return Outcome("discharge_cancelled", patient.pk)


def swap(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A17: two patients have changed places; each PV1-3 names the patient's new bed."""
    if len(event.further) != 1:
        raise InvalidInput("swap_needs_two")
    now = clock.now()
    at = times.happened(event, now)
    pair = [_in_bed(part, source, actor) for part in (event, event.further[0])]
    (first, told_first), (second, told_second) = pair
    if told_first == first.place.capacity_id and told_second == second.place.capacity_id:
        return Outcome(ALREADY_SO, first.booking.patient_id)
    swapped = told_first in (None, second.place.capacity_id) and told_second in (None, first.place.capacity_id)
    if not swapped:
        raise Conflict("beds_not_swapped")
    at = max(times.since(at, one.booking.start) for one, _ in pair)
    for one, _ in pair:
        _give_up_plans(one, actor=actor)
    rows = booking.swap(first_id=first.booking.pk, second_id=second.booking.pk, by=actor, at=at)
    for row, one, other in zip(rows, (first, second), (second, first), strict=True):
        placements.note(row, one.request, other.place)
    return Outcome("swapped", first.booking.patient_id)


def _in_bed(event: AdtEvent, source: Sender, actor: Actor) -> tuple[Presence, UUID | None]:
    """Where a patient of a swap lies, and the capacity that the message names."""
    patient = people.known(event, source=source, actor=actor)
    place = place_at(event.location, source=source, actor=actor)
    here = presence.required(patient.pk, source=source, actor=actor)
    requests.refuse_other_visit(here.request, event)
    return here, place.capacity_id if place else None


def _move(here: Presence, place: BedPlace, at: datetime, *, actor: Actor) -> None:
    """Move a patient; a transfer that was planned to this very bed happens as planned."""
    length = proposals.turnover(here.place)
    planned = _give_up_plans(here, actor=actor, keep=place.capacity_id)
    if planned is not None:
        presence.end_turnover(place, at, actor=actor)
        row = booking.arrive(booking_id=planned.pk, by=actor, turnover_length=length, at=at)
    else:
        current = holdings().get([here.booking.pk])[here.booking.pk]
        expected = current.end or policy.expected_end(at, float(here.request.admission.expected_days))
        claim = Claim(place.capacity_id, here.request, at, max(expected, at + SHORTEST, clock.now() + SHORTEST))
        row = booking.move(booking_id=current.pk, claim=claim, by=actor, turnover_length=length, at=at)
    placements.note(row, here.request, place)


def _give_up_plans(here: Presence, *, actor: Actor, keep: UUID | None = None) -> Booking | None:
    """Release what was planned for the patient elsewhere; return the plan for the bed `keep`, if there is one."""
    kept = None
    for row in holdings().kept_for(here.request):
        if row.pk == here.booking.pk:
            continue
        if row.capacity_id == keep:
            kept = row
        else:
            booking.release(booking_id=row.pk, by=actor, reason=requests.REASON)
    return kept


def _last_stay(patient_id: UUID) -> Booking | None:
    done = [b for b in holdings().of(patient_id) if b.state == State.DONE and b.body and b.end > b.start]
    beds = [b for b in done if b.request is not None and b.request.line == "beds"]
    return max(beds, key=lambda b: (b.end, b.created_at), default=None)


def _left_already(patient_id: UUID, event: AdtEvent, at: datetime) -> bool:
    """The visit is over, or, when the message names none, a stay that was under way at `at` is."""
    request = requests.of_visit(patient_id, event.visit_number)
    if request is not None:
        return request.cancelled_at is None and any(
            b.request_id == request.pk and b.state == State.DONE for b in holdings().of(patient_id)
        )
    last = _last_stay(patient_id)
    return last is not None and last.start <= at <= last.end + times.SKEW
