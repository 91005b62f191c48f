"""The verbs of the one writer, on a small network."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, state_of, waiting
from yipan.spine.states import Purpose, State
from yipan.spine.testing import NOON, SmallNetwork, hours, patient, request_for, small_network

pytestmark = pytest.mark.django_db

KEEP = timedelta(minutes=15)
CLEAN = timedelta(minutes=30)


@pytest.fixture
def network() -> SmallNetwork:
    return small_network()


@pytest.fixture(autouse=True)
def noon():
    frozen = clock.FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


def claim(network, bed=0, department="neurology", request=None, start=NOON, length=hours(72), **more):
    return Claim(
        network.beds[department][bed].id,
        request or request_for(network, department),
        start,
        None if length is None else start + length,
        **more,
    )


def hold(*claims):
    return booking.hold(claims=claims, by=SYSTEM, keep=KEEP)


def lying(network, bed=0, **more):
    return booking.occupy(claim=claim(network, bed, **more), by=SYSTEM)


def kinds(of):
    return list(Event.objects.filter(booking_id=of.id).order_by("id").values_list("kind", flat=True))


def test_two_holds_on_one_bed(network):
    """A bed that is held cannot be held again; the refusal leaves no booking and no event."""
    hold(claim(network))
    before = (Booking.objects.count(), Event.objects.count())
    with pytest.raises(Conflict) as refusal:
        hold(claim(network))
    assert refusal.value.code == "capacity_taken"
    assert (Booking.objects.count(), Event.objects.count()) == before


def test_one_patient_two_beds(network):
    """One body cannot be held for in two beds at the same time."""
    request = request_for(network, "neurology")
    hold(claim(network, 0, request=request))
    with pytest.raises(Conflict) as refusal:
        hold(claim(network, 1, request=request))
    assert refusal.value.code == "patient_elsewhere"


def trip(network, vehicle, ride, request, start=NOON, length=hours(3)):
    """A vehicle that is taken for hours, in which it carries the patient for a while."""
    period = (NOON + hours(ride[0]), NOON + hours(ride[1]))
    return claim(
        network, vehicle, request=request, start=start, length=length, body=False, attends=True, patient_period=period
    )


@pytest.mark.parametrize(
    ("ride", "code"), [((1, 2), "patient_busy"), ((1.5, 2.5), "patient_busy"), ((2, 3), None), ((0, 1), None)]
)
def test_of_a_trip_only_the_ride_counts(network, ride, code):
    """Two vehicles may be out for one patient at once, but carry them one after the other."""
    request = request_for(network, "neurology")
    hold(trip(network, 0, (1, 2), request))
    if code is None:
        hold(trip(network, 1, ride, request))
    else:
        with pytest.raises(Conflict) as refusal:
            hold(trip(network, 1, ride, request))
        assert refusal.value.code == code


def test_a_ride_is_within_its_trip(network):
    """A patient cannot be in a vehicle that is not out."""
    with pytest.raises(IntegrityError, match="booking_patient_period"), transaction.atomic():
        hold(trip(network, 0, (2, 4), request_for(network, "neurology")))


def test_a_ride_moves_with_its_trip(network, noon):
    """A trip that is put off puts the ride off by as much."""
    first = hold(trip(network, 0, (0.5, 0.75), request_for(network, "neurology"), length=hours(1)))[0]
    later = trip(network, 0, (1.5, 1.75), request_for(network, "neurology"), start=NOON + hours(1), length=hours(1))
    second = hold(later)[0]
    booking.arrive(booking_id=first.id, by=SYSTEM, lasts=hours(1), shift=True, at=NOON + hours(0.25))
    second.refresh_from_db()
    assert second.start == NOON + hours(1.25)
    assert (second.patient_period.lower, second.patient_period.upper) == (NOON + hours(1.75), NOON + hours(2))


def test_all_or_none(network):
    """Of several capacities claimed together none is kept when one is taken."""
    hold(claim(network, 1))
    request = request_for(network, "neurology")
    with pytest.raises(Conflict):
        hold(
            claim(network, 0, request=request, start=NOON, length=hours(1)),
            claim(network, 1, request=request, start=NOON + hours(1), length=hours(1)),
        )
    assert not Booking.objects.filter(request=request).exists()


def test_expired_hold_keeps_nobody_out(network, noon):
    """A hold that ran out gives way to the next claim although no worker has cleared it."""
    (old,) = hold(claim(network))
    noon.advance(timedelta(minutes=16))
    assert state_of(old.request_id) == RequestState.WAITING
    (new,) = hold(claim(network, start=noon.now()))
    old.refresh_from_db()
    assert (old.state, new.state) == (State.EXPIRED, State.HELD)
    assert kinds(old) == ["booking.held", "booking.expired"]


def test_worker_clears_expired_holds(network, noon):
    """expire_due ends exactly the holds that ran out."""
    (old,) = hold(claim(network, 0))
    noon.advance(timedelta(minutes=10))
    (young,) = hold(claim(network, 1, start=noon.now()))
    noon.advance(timedelta(minutes=6))
    assert booking.expire_due() == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, young.state) == (State.EXPIRED, State.HELD)


def test_path_from_hold_to_ready(network, noon):
    """Hold, confirm, arrive, depart, clean: each step changes what the request and the bed are."""
    (row,) = hold(claim(network))
    assert state_of(row.request_id) == RequestState.HELD
    booking.confirm(booking_id=row.id, by=SYSTEM)
    assert state_of(row.request_id) == RequestState.CONFIRMED
    noon.advance(timedelta(minutes=12))
    row = booking.arrive(booking_id=row.id, by=SYSTEM)
    assert row.start == noon.now()
    assert state_of(row.request_id) == RequestState.ACTIVE
    noon.advance(hours(48))
    row = booking.depart(booking_id=row.id, by=SYSTEM, turnover_length=CLEAN)
    assert (row.state, row.end) == (State.DONE, noon.now())
    assert state_of(row.request_id) == RequestState.DONE
    cleaning = Booking.objects.get(capacity_id=row.capacity_id, state=State.ACTIVE)
    assert cleaning.purpose == Purpose.TURNOVER
    with pytest.raises(Conflict):
        hold(claim(network, start=noon.now()))
    noon.advance(timedelta(minutes=20))
    booking.finish_turnover(capacity_id=row.capacity_id, by=SYSTEM)
    assert hold(claim(network, start=noon.now()))
    assert kinds(row) == ["booking.held", "booking.confirmed", "booking.arrived", "booking.departed"]


@pytest.mark.parametrize("verb", ["confirm", "no_show"])
def test_steps_out_of_order(network, verb):
    """A step that the table does not allow is refused and changes nothing."""
    row = lying(network)
    with pytest.raises(Conflict) as refusal:
        getattr(booking, verb)(booking_id=row.id, by=SYSTEM)
    assert refusal.value.code == "booking_step"
    row.refresh_from_db()
    assert row.state == State.ACTIVE


def test_reserve_behind_announced_departure(network, noon):
    """A bed can be reserved from the announced departure of its occupant, and only entered once it is ready."""
    stay = lying(network)
    booking.announce_end(booking_id=stay.id, end=NOON + hours(3), by=SYSTEM)
    (following,) = hold(claim(network, start=NOON + hours(3) + CLEAN, length=hours(48)))
    with pytest.raises(Conflict) as refusal:
        booking.arrive(booking_id=following.id, by=SYSTEM)
    assert refusal.value.code == "bed_not_ready"
    noon.advance(hours(3) + timedelta(minutes=10))
    booking.depart(booking_id=stay.id, by=SYSTEM, turnover_length=CLEAN)
    following.refresh_from_db()
    assert following.start == noon.now() + CLEAN, "the reservation begins after the cleaning"
    with pytest.raises(Conflict):
        booking.arrive(booking_id=following.id, by=SYSTEM)
    booking.finish_turnover(capacity_id=stay.capacity_id, by=SYSTEM)
    assert booking.arrive(booking_id=following.id, by=SYSTEM).start == noon.now()


def test_overrun_displaces_the_next(network, noon):
    """A stay that is not over when it should be is lengthened, and who was next waits again."""
    stay = lying(network)
    booking.announce_end(booking_id=stay.id, end=NOON + hours(3), by=SYSTEM)
    (following,) = hold(claim(network, start=NOON + hours(3) + CLEAN, length=hours(48)))
    noon.advance(hours(3))
    assert booking.extend_overruns(kind="bed", grace=hours(4)) == 1
    stay.refresh_from_db()
    following.refresh_from_db()
    assert stay.end == NOON + hours(7)
    assert not stay.end_announced
    assert following.state == State.DISPLACED
    assert following.request in waiting(Request.objects.all())
    assert booking.extend_overruns(kind="bed", grace=hours(4)) == 0


def test_late_departure_before_the_worker_looks(network, noon):
    """A patient who leaves late, before any worker lengthened the stay, only makes the next reservation begin later."""
    stay = lying(network)
    booking.announce_end(booking_id=stay.id, end=NOON + hours(3), by=SYSTEM)
    (following,) = hold(claim(network, start=NOON + hours(3) + CLEAN, length=hours(48)))
    booking.confirm(booking_id=following.id, by=SYSTEM)
    noon.advance(hours(5))
    booking.depart(booking_id=stay.id, by=SYSTEM, turnover_length=CLEAN)
    stay.refresh_from_db()
    following.refresh_from_db()
    assert (stay.state, stay.end) == (State.DONE, noon.now())
    assert (following.state, following.start) == (State.CONFIRMED, noon.now() + CLEAN)


def test_withdrawn_departure_displaces_the_next(network):
    """Whoever was reserved on a promise that is withdrawn waits again."""
    stay = lying(network, length=hours(72))
    booking.announce_end(booking_id=stay.id, end=NOON + hours(3), by=SYSTEM)
    (following,) = hold(claim(network, start=NOON + hours(4), length=hours(48)))
    booking.announce_end(booking_id=stay.id, end=None, by=SYSTEM)
    following.refresh_from_db()
    assert following.state == State.DISPLACED


def test_transfer_is_one_step(network, noon):
    """A transfer ends one stay and begins the next at the same instant, and the bed left goes to cleaning."""
    stay = lying(network)
    noon.advance(hours(5))
    target = claim(network, 0, "neurosurgery", request=stay.request, start=noon.now())
    moved = booking.move(booking_id=stay.id, claim=target, by=SYSTEM, turnover_length=CLEAN)
    stay.refresh_from_db()
    assert stay.end == moved.start == noon.now()
    assert moved.previous_id == stay.id
    assert state_of(stay.request_id) == RequestState.ACTIVE


def test_transfer_into_a_taken_bed_changes_nothing(network, noon):
    """A transfer into an occupied bed leaves the patient where they are."""
    stay, other = lying(network), lying(network, 0, department="neurosurgery")
    with pytest.raises(Conflict):
        booking.move(
            booking_id=stay.id,
            claim=claim(network, 0, "neurosurgery", request=stay.request, start=noon.now()),
            by=SYSTEM,
            turnover_length=CLEAN,
        )
    stay.refresh_from_db()
    other.refresh_from_db()
    assert stay.state == other.state == State.ACTIVE


def test_planned_transfer(network, noon):
    """A transfer can be reserved ahead; on arrival the former bed is left in the same transaction."""
    stay = lying(network)
    former = stay.end
    plan = claim(network, 1, request=stay.request, start=NOON + hours(2), length=hours(72), previous_id=stay.id)
    (following,) = hold(plan)
    stay.refresh_from_db()
    assert stay.end == NOON + hours(2)
    booking.release(booking_id=following.id, by=SYSTEM)
    stay.refresh_from_db()
    assert stay.end == former, "a transfer that is given up gives the stay its end back"
    (following,) = hold(plan)
    noon.advance(hours(1))
    booking.arrive(booking_id=following.id, by=SYSTEM, turnover_length=CLEAN)
    stay.refresh_from_db()
    assert (stay.state, stay.end) == (State.DONE, noon.now())


def test_a_late_planned_move_waits(network, noon):
    """Who does not come at the planned time still lies where they were: stay and move go on together until they do."""
    stay = lying(network, 0)
    plan = claim(network, 1, request=stay.request, start=NOON + hours(2), length=hours(72), previous_id=stay.id)
    held = booking.hold(claims=[plan], by=SYSTEM, keep=hours(3))[0]
    booking.confirm(booking_id=held.id, by=SYSTEM)
    noon.advance(hours(2) + timedelta(minutes=1))
    assert booking.extend_overruns(kind="bed", grace=hours(4)) == 1
    stay.refresh_from_db()
    held.refresh_from_db()
    assert (stay.end, held.start) == (held.start, NOON + hours(2) + timedelta(minutes=16))
    noon.advance(timedelta(minutes=40))
    arrived = booking.arrive(booking_id=held.id, by=SYSTEM, turnover_length=CLEAN)
    stay.refresh_from_db()
    assert (stay.state, stay.end, arrived.start) == ("done", clock.now(), clock.now())


def test_swap(network, noon):
    """Two patients change beds at one instant and neither bed is free in between."""
    a, b = lying(network, 0), lying(network, 0, department="neurosurgery", length=hours(200))
    noon.advance(hours(1))
    in_b, in_a = booking.swap(first_id=a.id, second_id=b.id, by=SYSTEM)
    assert (in_b.patient_id, in_b.capacity_id, in_b.end) == (a.patient_id, b.capacity_id, a.end)
    assert (in_a.patient_id, in_a.capacity_id, in_a.end) == (b.patient_id, a.capacity_id, b.end)


def test_undo_departure(network, noon):
    """A departure told by mistake is taken back together with its cleaning."""
    stay = lying(network)
    noon.advance(hours(1))
    booking.depart(booking_id=stay.id, by=SYSTEM, turnover_length=CLEAN)
    back = booking.undo_depart(booking_id=stay.id, by=SYSTEM, end=NOON + hours(72))
    assert (back.state, back.end) == (State.ACTIVE, NOON + hours(72))
    assert not Booking.objects.filter(purpose=Purpose.TURNOVER, state=State.ACTIVE).exists()


def test_undo_departure_from_a_bed_taken_since(network, noon):
    """A departure cannot be taken back when somebody else lies in the bed."""
    stay = lying(network)
    noon.advance(hours(1))
    booking.depart(booking_id=stay.id, by=SYSTEM, turnover_length=timedelta(0))
    lying(network, start=noon.now())
    with pytest.raises(Conflict):
        booking.undo_depart(booking_id=stay.id, by=SYSTEM, end=None)


def test_cancel_move(network, noon):
    """A transfer told by mistake puts the patient back where they were."""
    stay = lying(network)
    noon.advance(hours(1))
    target = claim(network, 1, request=stay.request, start=noon.now())
    moved = booking.move(booking_id=stay.id, claim=target, by=SYSTEM, turnover_length=CLEAN)
    back = booking.cancel_move(booking_id=moved.id, by=SYSTEM, end=None)
    assert (back.id, back.state) == (stay.id, State.ACTIVE)
    moved.refresh_from_db()
    assert moved.state == State.RELEASED


def test_departure_before_arrival(network):
    """A stay cannot end before it began."""
    stay = lying(network)
    with pytest.raises(InvalidInput):
        booking.depart(booking_id=stay.id, by=SYSTEM, turnover_length=CLEAN, at=NOON - hours(1))


def test_close_free_and_occupied(network, noon):
    """A free bed closes at once, an occupied one when its patient has left; reopening frees both."""
    stay = lying(network, 0)
    beds = [b.id for b in network.beds["neurology"][:2]]
    booking.close(capacity_ids=beds, until=None, reason="repair", by=SYSTEM)
    with pytest.raises(Conflict):
        hold(claim(network, 1))
    noon.advance(hours(1))
    booking.depart(booking_id=stay.id, by=SYSTEM, turnover_length=CLEAN)
    now_there = Booking.objects.get(capacity_id=stay.capacity_id, state=State.ACTIVE)
    assert now_there.purpose == Purpose.CLOSURE
    assert booking.reopen(capacity_ids=beds, by=SYSTEM) == 2
    assert hold(claim(network, 1, start=noon.now()))


def test_closure_ends_by_itself(network, noon):
    """A bed closed until a time opens then."""
    bed = network.beds["neurology"][0].id
    booking.close(capacity_ids=[bed], until=NOON + hours(2), reason="paint", by=SYSTEM)
    assert booking.end_due_closures() == 0
    noon.advance(hours(2))
    assert booking.end_due_closures() == 1
    assert hold(claim(network, start=noon.now()))


def test_occupy_displaces_a_hold(network):
    """When the hospital's own system says who lies in a bed, somebody else's hold on it gives way."""
    (kept,) = hold(claim(network))
    lying(network)
    kept.refresh_from_db()
    assert kept.state == State.DISPLACED


def test_events_cannot_be_changed(network):
    """The journal refuses updates, deletions and truncation."""
    hold(claim(network))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE spine_event ENABLE TRIGGER ALL")
    for sql in ("UPDATE spine_event SET kind = 'x'", "DELETE FROM spine_event", "TRUNCATE spine_event"):
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Event.objects.exclude(kind="x").exists()


def test_patient_of_two_requests(network, noon):
    """The body constraint counts the patient, not the request."""
    who = patient()
    booking.occupy(claim=claim(network, 0, request=request_for(network, "neurology", who)), by=SYSTEM)
    with pytest.raises(Conflict) as refusal:
        booking.occupy(claim=claim(network, 1, request=request_for(network, "neurology", who)), by=SYSTEM)
    assert refusal.value.code == "patient_elsewhere"
