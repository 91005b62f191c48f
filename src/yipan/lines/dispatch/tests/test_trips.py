"""Ambulances: offered, booked, driven, and handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import Role
from yipan.base.network.models import Road
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, Refused
from yipan.lines.dispatch import actions, tasks
from yipan.lines.dispatch.models import Handover, Vehicle
from yipan.lines.dispatch.policy import Step
from yipan.lines.dispatch.queries import facts
from yipan.lines.dispatch.queries.proposals import proposals
from yipan.lines.dispatch.tests.fleet import asked, assigned, county, need
from yipan.spine import booking, capacities, joint
from yipan.spine.booking import Claim
from yipan.spine.consistency import bookings as findings
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, state_of
from yipan.spine.testing import NOON, hours, patient, request_for

pytestmark = pytest.mark.django_db

LENGTH = timedelta(minutes=40 + 10 + 40 + 15 + 10)
"""Hospital, township, hospital: out, loading, over, handing over, making ready."""
KEEP = hours(1)


@pytest.fixture(autouse=True)
def hour():
    moving = clock.FrozenClock(NOON)
    with clock.using(moving):
        yield moving


@pytest.fixture
def place():
    return county("basic", "advanced")


def refused(code, call, *arguments, **more):
    """The call is refused with this code and changes nothing."""
    before = Booking.objects.count(), Event.objects.count(), Request.objects.count()
    with pytest.raises(Conflict) as refusal:
        call(*arguments, **more)
    assert refusal.value.code == code
    assert (Booking.objects.count(), Event.objects.count(), Request.objects.count()) == before


def test_offers(place):
    """The basic vehicle first where it will do, both with their reasons; an advanced patient gets the advanced one."""
    found = proposals(start=place.town, end=place.hospital.site, level="basic")
    assert [p.vehicle.level for p in found] == ["basic", "advanced"]
    assert found[0].trip.at_patient == NOON + timedelta(minutes=43)
    (only,) = proposals(start=place.town, end=place.hospital.site, level="advanced")
    assert only.vehicle.level == "advanced"


def test_a_vehicle_is_offered_when_it_is_back(place):
    """While one is on the road the next trip begins when it is ready again."""
    assigned(place)
    found = proposals(start=place.town, end=place.hospital.site, level="basic")
    assert {p.vehicle.call_sign: p.trip.leave for p in found} == {
        place.vehicles[0].call_sign: NOON + LENGTH,
        place.vehicles[1].call_sign: NOON + timedelta(minutes=3),
    }


def test_a_vehicle_is_on_one_transport(place):
    """From leaving the base until it is ready again nobody else gets it; then somebody does."""
    assigned(place)
    other = asked(place)
    refused("vehicle_taken", assigned, place, other, leave=NOON + LENGTH - timedelta(minutes=1))
    assert assigned(place, other, leave=NOON + LENGTH).state == "confirmed"


def test_who_needs_more_than_the_vehicle_can(place):
    """A basic vehicle is refused to somebody who needs an advanced one, and one out of service to everybody."""
    request = asked(place, level="advanced")
    refused("vehicle_level", assigned, place, request)
    Vehicle.objects.filter(pk=place.vehicles[1].pk).update(in_service=False)
    refused("vehicle_out_of_service", assigned, place, request, vehicle=1)


def test_no_two_vehicles_for_one_patient(place):
    """A patient is carried by one vehicle at a time."""
    who = patient().pk
    assigned(place, asked(place, who))
    refused("transport_double", assigned, place, asked(place, who), vehicle=1)


def test_no_ride_of_somebody_still_under_way(place):
    """While a vehicle that is late still carries the patient, no other is sent for the time it was given."""
    who = patient().pk
    row = assigned(place, asked(place, who))
    step(place, row, "alerted")
    step(place, row, "on_the_way")
    refused("transport_double", assigned, place, asked(place, who), vehicle=1, leave=NOON + timedelta(minutes=60))
    assert assigned(place, asked(place, who), vehicle=1, leave=NOON + LENGTH).state == "confirmed"


def test_not_while_the_patient_is_elsewhere(place):
    """An appointment during the ride is refused, whichever was planned first; before and after, neither minds."""
    who = patient()
    chair = capacities.make(kind="chair", site_id=place.hospital.site.pk)
    parent = request_for(place.hospital, "neurology", who)

    def sit(at):
        claim = Claim(chair.pk, parent, at, at + timedelta(minutes=10), body=False, attends=True)
        return booking.hold(claims=[claim], by=place.dispatcher, keep=hours(9), at=NOON)[0]

    row = sit(NOON + timedelta(minutes=60))
    refused("patient_busy", assigned, place, asked(place, who.pk))
    booking.release(booking_id=row.pk, by=place.dispatcher)
    sit(NOON + timedelta(minutes=90))
    waiting = Request.objects.get(line="dispatch")
    assert assigned(place, waiting).state == "confirmed"
    booking.release(booking_id=Booking.objects.get(capacity=chair, state="held").pk, by=place.dispatcher)
    refused("patient_busy", sit, NOON + timedelta(minutes=60))
    assert sit(NOON + timedelta(minutes=20)).state == "held"


def test_the_joint_way(place):
    """Offered with reasons and the time of arrival, held, made firm, withdrawn; offering writes nothing."""
    parent = request_for(place.hospital, "neurology", patient())
    wanted = need(place, parent)
    offer = joint.offers(actor=place.dispatcher, need=wanted)[0]
    assert len(offer.reasons) >= 3
    assert offer.end - offer.start == LENGTH
    assert Request.objects.count() == 1
    (part,) = joint.book(actor=place.dispatcher, parent=parent, parts=[(wanted, offer)], keep=KEEP)
    told = Event.objects.get(kind="transport.expected", request_id=part.request.pk)
    assert told.data["eta"] == offer.data["eta"]
    joint.confirm(actor=place.dispatcher, parent=parent)
    assert state_of(part.request.pk) == RequestState.CONFIRMED
    joint.withdraw(actor=place.dispatcher, parent=parent, reason="walks")
    assert state_of(part.request.pk) == RequestState.CANCELLED


@pytest.mark.parametrize(
    ("details", "field"),
    [({"colour": "red"}, "colour"), ({"level": "best"}, "level"), ({"from_site": "x"}, "from_site")],
)
def test_unknown_words(place, details, field):
    """What ambulances do not know is named."""
    parent = request_for(place.hospital, "neurology", patient())
    with pytest.raises(InvalidInput) as refusal:
        joint.offers(actor=place.dispatcher, need=need(place, parent, **details))
    assert field in refusal.value.params["fields"]


def test_who_may_not_send(place):
    """A doctor cannot send a vehicle, and with a right that was lent can."""
    parent, doctor = request_for(place.hospital, "neurology", patient()), place.actor(Role.DOCTOR)
    wanted = need(place, parent)
    offer = joint.offers(actor=doctor, need=wanted)[0]
    with pytest.raises(Refused):
        joint.book(actor=doctor, parent=parent, parts=[(wanted, offer)], keep=KEEP)
    assert not Booking.objects.exists()
    helped = doctor.lent(Role.COORDINATOR, place.hospital.organisation.path)
    assert joint.book(actor=helped, parent=parent, parts=[(wanted, offer)], keep=KEEP)


def step(place, row, name):
    return actions.report_step(actor=place.dispatcher, booking_id=row.pk, step=name)


def drive(place, row, hour, *names):
    for name in names:
        step(place, row, name)
        hour.advance(timedelta(minutes=10))


def test_a_transport_to_its_end(place, hour):
    """Step by step, the time of arrival told anew with each; handed over, home, and free for the next."""
    row = assigned(place)
    drive(place, row, hour, "alerted", "on_the_way", "with_patient", "under_way")
    etas = Event.objects.filter(request_id=row.request_id, data__has_key="eta").order_by("id")
    told = [(e.kind, e.data["eta"]) for e in etas]
    assert [kind for kind, _ in told] == [
        "transport.expected",
        "transport.alerted",
        "transport.expected",
        "transport.with_patient",
        "transport.under_way",
    ]
    assert told[-1][1] == (NOON + timedelta(minutes=70)).isoformat()
    made = actions.hand_over(
        actor=place.dispatcher,
        booking_id=row.pk,
        received_by="张医生",
        vitals={"pulse": 88, "oxygen": 97},
        treatment="阿司匹林 300 mg",
    )
    assert made.at == NOON + timedelta(minutes=40)
    assert state_of(row.request_id) == RequestState.DONE
    assert facts.progress(Booking.objects.get(pk=row.pk)).step is Step.HANDED_OVER
    home = Booking.objects.get(capacity_id=row.capacity_id, purpose="turnover")
    assert home.state == "active"
    assert Event.objects.get(kind="turnover.started").line == "dispatch"
    actions.back_at_base(actor=place.dispatcher, vehicle_id=row.capacity_id)
    assert assigned(place).state == "confirmed"
    assert list(findings()) == []


def test_steps_in_order_only(place, hour):
    """A step that is not the next one is refused, told twice too."""
    row = assigned(place)
    refused("transport_step", step, place, row, "under_way")
    drive(place, row, hour, "alerted", "on_the_way")
    refused("transport_step", step, place, row, "on_the_way")
    refused("transport_step", step, place, row, "handed_over")


def test_a_held_vehicle_does_not_go(place):
    """Before the vehicle is firmly promised no step is told."""
    request = asked(place)
    row = actions.assign_vehicle(
        actor=place.dispatcher, request_id=request.pk, vehicle_id=place.vehicles[0].pk, leave=NOON
    )
    refused("transport_step", step, place, row, "alerted")


def test_taking_a_step_back(place, hour):
    """The last step can be taken back for five minutes, and told again; leaving the base cannot."""
    row = assigned(place)
    drive(place, row, hour, "alerted", "on_the_way")
    refused("step_back_late", actions.take_back_step, actor=place.dispatcher, booking_id=row.pk)
    step(place, row, "with_patient")
    actions.take_back_step(actor=place.dispatcher, booking_id=row.pk)
    assert facts.progress(row).step is Step.ON_THE_WAY
    drive(place, row, hour, "with_patient")
    refused("step_back_late", actions.take_back_step, actor=place.dispatcher, booking_id=row.pk)


def test_handing_over_before_the_ride(place, hour):
    """Nobody is handed over who was not brought; nor without somebody who takes over, nor with impossible values."""
    row = assigned(place)
    drive(place, row, hour, "alerted", "on_the_way", "with_patient")
    give = {"actor": place.dispatcher, "booking_id": row.pk}
    refused("transport_step", actions.hand_over, received_by="张", **give)
    drive(place, row, hour, "under_way")
    for wrong in ({"received_by": " "}, {"received_by": "张", "vitals": {"oxygen": 140}}):
        with pytest.raises(InvalidInput):
            actions.hand_over(**give, **wrong)
    assert not Handover.objects.exists()
    assert state_of(row.request_id) == RequestState.ACTIVE


def test_a_transport_that_lasts_longer(place, hour):
    """The vehicle keeps its transport, and who was to get it next waits again and is told so once."""
    row, following = assigned(place), assigned(place, leave=NOON + LENGTH)
    drive(place, row, hour, "alerted", "on_the_way")
    hour.advance(LENGTH)
    assert tasks.extend_overruns() == 1
    assert state_of(following.request_id) == RequestState.WAITING
    for _ in range(2):
        tasks.tell_displaced("key", {"booking": str(following.pk)})
    assert Event.objects.filter(kind="transport.lost", request_id=following.request_id).count() == 1


def test_the_way_home_ends_by_itself(place, hour):
    """A vehicle that should be home by now is taken to be there."""
    row = assigned(place)
    drive(place, row, hour, "alerted", "on_the_way", "with_patient", "under_way")
    actions.hand_over(actor=place.dispatcher, booking_id=row.pk, received_by="张")
    assert tasks.end_returns() == 0
    hour.advance(hours(1))
    assert tasks.end_returns() == 1


def test_cancelling(place):
    """A cancelled transport keeps no vehicle; one that is on its way is not cancelled."""
    row = assigned(place)
    actions.cancel_transport(actor=place.dispatcher, request_id=row.request_id, reason="walks")
    second = assigned(place)
    step(place, second, "alerted")
    step(place, second, "on_the_way")
    refused(
        "transport_step", actions.cancel_transport, actor=place.dispatcher, request_id=second.request_id, reason="x"
    )


def test_where_nobody_knows_the_way(place):
    """Without coordinates or road minutes no vehicle is offered, and none can be sent."""
    place.hospital.site.latitude = place.hospital.site.longitude = None
    place.hospital.site.save()
    Road.objects.all().delete()
    assert proposals(start=place.town, end=place.hospital.site, level="basic") == []
    refused("road_unknown", assigned, place, asked(place))


def test_a_vehicle_described(place):
    """Call signs are unique, levels known, minutes possible; nothing else is written."""
    site = place.hospital.site.pk
    for wrong in ({"call_sign": place.vehicles[0].call_sign}, {"call_sign": " "}, {"call_sign": "x", "level": "best"}):
        with pytest.raises(InvalidInput):
            actions.save_vehicle(actor=place.dispatcher, site_id=site, **wrong)
    assert Vehicle.objects.count() == 2
    changed = actions.save_vehicle(
        actor=place.dispatcher, site_id=site, call_sign="青石 9", in_service=False, vehicle_id=place.vehicles[0].pk
    )
    assert (changed.call_sign, changed.in_service, Vehicle.objects.count()) == ("青石 9", False, 2)
