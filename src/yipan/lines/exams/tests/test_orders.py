"""From the order to the image: ordered here, examined there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import SYSTEM, Role
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.exams import actions, tasks
from yipan.lines.exams.models import ExamOrder
from yipan.lines.exams.queries import slots
from yipan.lines.exams.queries.repetitions import repetitions
from yipan.lines.exams.tests.radiology import add_technician, radiology
from yipan.spine import booking, capacities, outbox
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, state_of
from yipan.spine.testing import NOON, patient

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def now():
    frozen = clock.FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def world():
    return radiology()


def wish(world, request, **more):
    order = request.exam_order
    return slots.Wish(order.item, request.patient_id, request.site_id, request.created_at, **more)


def kinds(request):
    told = Event.objects.filter(request_id=request.pk, kind__startswith="exam.")
    return list(told.order_by("id").values_list("kind", flat=True))


def bookings(request):
    return {row.capacity.kind: row for row in Booking.objects.filter(request=request).select_related("capacity")}


def test_ordered_here_examined_there(world, now):
    """The way of an order: an offer elsewhere, kept with a technician, begun, done; each step is an event."""
    request = world.order(reason="headache")
    booking.close(capacity_ids=[world.devices["here"].pk], until=None, reason="service", by=SYSTEM)
    found = slots.offers(actor=world.doctor, wish=wish(world, request))
    (best,) = found.offers
    assert best.device == world.devices["there"]
    assert best.start == NOON + 50 * MINUTE
    assert [(r.device, r.reason[0]) for r in found.refused] == [(world.devices["here"], "exam_device_closed")]
    actions.schedule_exam(actor=world.doctor, request_id=request.pk, device_id=best.device.pk, start=best.start)
    assert state_of(request.pk) == RequestState.CONFIRMED
    assert {k: (b.body, b.attends) for k, b in bookings(request).items()} == {
        "device": (False, True),
        "technician": (False, False),
    }
    now.advance(timedelta(hours=1))
    actions.begin_exam(actor=world.technician("there"), request_id=request.pk)
    assert state_of(request.pk) == RequestState.ACTIVE
    now.advance(8 * MINUTE)
    actions.finish_exam(actor=world.technician("there"), request_id=request.pk)
    assert state_of(request.pk) == RequestState.DONE
    assert {b.period.upper for b in bookings(request).values()} == {NOON + 68 * MINUTE}
    assert kinds(request) == ["exam.ordered", "exam.scheduled", "exam.arrived", "exam.performed"]


def test_a_ride_is_no_appointment_to_come_from(world):
    """An examination can begin when an ambulance is to have brought the patient, and not before: no way is added."""
    who, at = patient(), (NOON + 20 * MINUTE, NOON + 45 * MINUTE)
    vehicle = capacities.make(kind="ambulance", site_id=world.there.site.pk)
    trip = booking.Claim(
        vehicle.pk, world.order(who).exam_order.request, NOON, NOON + 90 * MINUTE, body=False, attends=True,
        patient_period=at,
    )  # fmt: skip
    booking.hold(claims=[trip], by=SYSTEM, keep=timedelta(hours=9))
    request = world.order(who, repeated=True)
    found = slots.offers(actor=world.doctor, wish=wish(world, request, not_before=NOON + 15 * MINUTE))
    best = found.offers[0]
    assert (best.device, best.start) == (world.devices["here"], at[1])


def test_accession(world):
    """Accession numbers are short, readable and each given once."""
    first, second = (world.order().exam_order.accession for _ in range(2))
    assert first.startswith("E260302")
    assert len(first) == 13
    assert first != second


def test_a_repetition_is_told_before_anything_is_written(world):
    """The same examination a short time ago is a question, also when another hospital ordered it; not a refusal."""
    who = patient()
    first = world.order(who)
    with pytest.raises(Conflict) as refusal:
        world.order(who)
    assert refusal.value.params["order"] == first.exam_order.accession
    assert Request.objects.count() == 1
    stranger = world.there.actor(Role.DOCTOR)
    assert [e.request_id for e in repetitions(actor=stranger, patient_id=who.pk, item=world.ct)] == [first.pk]
    world.order(who, repeated=True)
    actions.cancel_exam(actor=world.doctor, request_id=first.pk, reason="twice")
    assert ExamOrder.objects.count() == 2


def test_done_long_ago_is_no_repetition(world, now):
    """A week after the examination nobody is asked."""
    who = patient()
    request = world.scheduled(NOON, who=who)
    actions.begin_exam(actor=world.technician(), request_id=request.pk)
    actions.finish_exam(actor=world.technician(), request_id=request.pk, at=NOON + MINUTE)
    with pytest.raises(Conflict):
        world.order(who)
    now.advance(timedelta(days=7, minutes=2))
    world.order(who)


def test_who_may(world):
    """A technician orders nothing, a doctor begins nothing, and nothing is written by those who try."""
    home = world.here.departments["neurology"].pk
    with pytest.raises(Refused):
        actions.order_exam(actor=world.technician(), patient_id=patient().pk, item_id=world.ct.pk, department_id=home)
    assert not Request.objects.exists()
    request = world.scheduled(NOON)
    for actor in (world.doctor, world.technician("there")):
        with pytest.raises(Refused):
            actions.begin_exam(actor=actor, request_id=request.pk)
    assert state_of(request.pk) == RequestState.CONFIRMED


def test_two_want_one_time(world):
    """The second to choose the same time is told so, and keeps what it had."""
    world.scheduled(NOON)
    second = world.scheduled(NOON + 30 * MINUTE)
    with pytest.raises(Conflict) as refusal:
        actions.schedule_exam(
            actor=world.doctor, request_id=second.pk, device_id=world.devices["here"].pk, start=NOON + 5 * MINUTE
        )
    assert refusal.value.code == "exam_slot_refused"
    assert bookings(second)["device"].start == NOON + 30 * MINUTE


def test_moved(world):
    """Another time for an order gives the former one back; it may overlap its own former time."""
    request = world.scheduled(NOON)
    actions.schedule_exam(
        actor=world.doctor, request_id=request.pk, device_id=world.devices["here"].pk, start=NOON + 5 * MINUTE
    )
    states = Booking.objects.filter(request=request).order_by("created_at", "period").values_list("state", flat=True)
    assert sorted(states) == ["confirmed", "confirmed", "released", "released"]
    assert kinds(request)[-1] == "exam.rescheduled"


def test_cancelled(world):
    """A withdrawn order gives its time back; one that has begun cannot be withdrawn; a reason is needed."""
    request = world.scheduled(NOON)
    with pytest.raises(InvalidInput):
        actions.cancel_exam(actor=world.doctor, request_id=request.pk, reason=" ")
    actions.cancel_exam(actor=world.doctor, request_id=request.pk, reason="not needed")
    assert state_of(request.pk) == RequestState.CANCELLED
    other = world.scheduled(NOON)
    actions.begin_exam(actor=world.technician(), request_id=other.pk)
    with pytest.raises(Conflict):
        actions.cancel_exam(actor=world.doctor, request_id=other.pk, reason="late")
    assert state_of(other.pk) == RequestState.ACTIVE


def test_nobody_came(world):
    """After a no-show the time is free, and the order waits for another one."""
    request = world.scheduled(NOON)
    actions.miss_exam(actor=world.technician(), request_id=request.pk)
    assert state_of(request.pk) == RequestState.WAITING
    world.scheduled(NOON)


def test_whoever_comes_out_of_turn_makes_nobody_lose_their_time(world, now):
    """The second is begun before the first, who comes right afterwards, in the time that the second had."""
    first, second = (world.scheduled(NOON + n * MINUTE) for n in (0, 10))
    now.advance(2 * MINUTE)
    actions.begin_exam(actor=world.technician(), request_id=second.pk)
    assert state_of(first.pk) == RequestState.CONFIRMED
    assert bookings(second)["device"].end == bookings(first)["device"].start == NOON + 12 * MINUTE


def test_who_is_late_makes_others_wait(world, now):
    """Begun twenty minutes late, the examination moves whoever is behind; a gap takes the delay up; nobody is lost."""
    first, second, third = (world.scheduled(NOON + n * MINUTE) for n in (0, 10, 60))
    now.advance(20 * MINUTE)
    actions.begin_exam(actor=world.technician(), request_id=first.pk)
    spans = {r.pk: (b.start, b.end) for r in (first, second, third) for b in [bookings(r)["device"]]}
    assert spans[first.pk] == (NOON + 20 * MINUTE, NOON + 30 * MINUTE)
    assert spans[second.pk] == (NOON + 30 * MINUTE, NOON + 40 * MINUTE)
    assert spans[third.pk] == (NOON + 60 * MINUTE, NOON + 70 * MINUTE)
    now.advance(12 * MINUTE)
    assert tasks.extend_overruns() == 2
    assert bookings(second)["device"].start == NOON + 37 * MINUTE
    with pytest.raises(Conflict) as refusal:
        actions.begin_exam(actor=world.technician(), request_id=second.pk)
    assert refusal.value.code == "exam_device_in_use"


def test_earlier_than_planned(world):
    """Somebody who is there a day early takes minutes, not the time until the plan."""
    request = world.scheduled(NOON + timedelta(days=1))
    actions.begin_exam(actor=world.technician(), request_id=request.pk)
    assert bookings(request)["device"].end == NOON + 10 * MINUTE


def test_somebody_else_does_it(world):
    """A technician who is still busy does not stop the examination: another one takes it over."""
    other = add_technician(world.here, world.ct)
    request = world.scheduled(NOON)
    planned = bookings(request)["technician"].capacity_id
    substitute = next(t.pk for t in (other, world.staff["here"]) if t.pk != planned)
    actions.begin_exam(actor=world.technician(), request_id=request.pk, technician_id=substitute)
    actions.finish_exam(actor=world.technician(), request_id=request.pk, at=NOON + 5 * MINUTE)
    done = Booking.objects.filter(request=request, state="done").values_list("capacity_id", flat=True)
    assert set(done) == {world.devices["here"].pk, substitute}
    with pytest.raises(NotFound):
        actions.begin_exam(
            actor=world.technician(),
            request_id=world.scheduled(NOON + 5 * MINUTE).pk,
            technician_id=world.staff["there"].pk,
        )


def test_a_closed_device_gives_its_orders_back(world):
    """Closing a scanner sends its orders back to waiting, with both places free; open again it can be booked."""
    request = world.scheduled(NOON + 30 * MINUTE)
    manager = world.here.actor(Role.MANAGER)
    actions.close_device(actor=manager, device_id=world.devices["here"].pk, reason="tube")
    outbox.relay_once()
    assert state_of(request.pk) == RequestState.WAITING
    assert not Booking.objects.filter(request=request, state__in=["held", "confirmed"]).exists()
    assert kinds(request)[-1] == "exam.displaced"
    assert actions.reopen_device(actor=manager, device_id=world.devices["here"].pk) == 1
    world.scheduled(NOON + 30 * MINUTE)


def test_patient_is_in_one_place(world):
    """No time is offered while the patient is to be at another examination, or on the way between the two."""
    who = patient()
    world.scheduled(NOON, who=who, item=world.ct)
    request = world.order(who, repeated=True)
    found = slots.offers(actor=world.doctor, wish=wish(world, request))
    starts = {o.device.pk: o.start for o in found.offers}
    assert starts == {
        world.devices["here"].pk: NOON + 10 * MINUTE,
        world.devices["there"].pk: NOON + 50 * MINUTE,
    }


def test_specimen(world):
    """A laboratory order takes no device: the specimen is taken here and received there, in this order."""
    request = world.order(item=world.blood)
    with pytest.raises(Conflict):
        actions.schedule_exam(actor=world.doctor, request_id=request.pk, device_id=world.devices["here"].pk, start=NOON)
    laboratory = {"actor": world.technician("there"), "request_id": request.pk, "site_id": world.there.site.pk}
    with pytest.raises(Conflict):
        actions.receive_specimen(**laboratory)
    actions.collect_specimen(actor=world.doctor, request_id=request.pk)
    actions.receive_specimen(**laboratory)
    assert kinds(request) == ["exam.ordered", "exam.collected", "exam.received"]
