"""An examination booked for another line's sake is an examination like any other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import Role
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, Refused
from yipan.lines.exams.models import ExamOrder
from yipan.lines.exams.tests.radiology import add_technician, radiology
from yipan.spine import joint
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, state_of
from yipan.spine.testing import NOON, patient, request_for

pytestmark = pytest.mark.django_db

KEEP = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)):
        yield


@pytest.fixture
def world():
    return radiology()


def need(world, parent, **details):
    home = world.here.departments["neurology"].pk
    return joint.Need("exams", parent.patient_id, home, NOON, details={"item": world.ct.code, **details})


def test_offered_held_confirmed_withdrawn(world):
    """The first time is offered with its reasons, held with its technician, made firm, and given back."""
    parent = request_for(world.here, "neurology")
    wanted = need(world, parent, reason="stroke")
    first = joint.offers(actor=world.doctor, need=wanted)[0]
    assert (first.site_id, first.start) == (world.here.site.pk, NOON)
    assert len(first.reasons) == 2
    (part,) = joint.book(actor=world.doctor, parent=parent, parts=[(wanted, first)], keep=KEEP)
    assert len(part.bookings) == 2
    assert ExamOrder.objects.get().reason == "stroke"
    joint.confirm(actor=world.doctor, parent=parent)
    assert state_of(part.request.pk) == RequestState.CONFIRMED
    assert Event.objects.filter(kind="exam.scheduled", request_id=part.request.pk).exists()
    joint.withdraw(actor=world.doctor, parent=parent, reason="not needed")
    assert state_of(part.request.pk) == RequestState.CANCELLED
    assert not Booking.objects.filter(state__in=["held", "confirmed"]).exists()


def test_where_the_ambulance_brings_them(world):
    """Limited to the receiving hospital, and coming from there, nobody travels."""
    parent = request_for(world.here, "neurology")
    there = world.there.site.code
    (only,) = joint.offers(actor=world.doctor, need=need(world, parent, **{"at": there, "from": there}))
    assert (only.site_id, only.start, only.data["travel"]) == (world.there.site.pk, NOON, 0)


def test_a_time_that_was_lost_meanwhile(world):
    """What was offered a minute ago and is taken now leaves no order behind; the refusal names the part."""
    parent = request_for(world.here, "neurology")
    wanted = need(world, parent)
    first = joint.offers(actor=world.doctor, need=wanted)[0]
    world.scheduled(NOON)
    before = Request.objects.count()
    with pytest.raises(Conflict) as refusal:
        joint.book(actor=world.doctor, parent=parent, parts=[(wanted, first)], keep=KEEP)
    assert (refusal.value.code, refusal.value.params["part"]) == ("exam_slot_refused", "exams")
    assert Request.objects.count() == before


def test_two_examinations_of_one_patient(world):
    """Two scans of one patient at one time are refused as a whole, whoever could do them."""
    add_technician(world.here, world.ct)
    parent = request_for(world.here, "neurology", patient())
    wanted = need(world, parent, repeated=True)
    offers = joint.offers(actor=world.doctor, need=wanted)
    twice = [(wanted, offers[0]), (wanted, offers[0])]
    with pytest.raises(Conflict):
        joint.book(actor=world.doctor, parent=parent, parts=twice, keep=KEEP)
    assert not ExamOrder.objects.exists()


def test_who_may_not_order_is_refused(world):
    """A ward nurse cannot order this way, and nothing is left."""
    parent, nurse = request_for(world.here, "neurology"), world.here.actor(Role.WARD_NURSE)
    wanted = need(world, parent)
    first = joint.offers(actor=nurse, need=wanted)[0]
    with pytest.raises(Refused):
        joint.book(actor=nurse, parent=parent, parts=[(wanted, first)], keep=KEEP)
    assert not ExamOrder.objects.exists()


def test_unknown_words(world):
    """Every word that is wrong is named, and a specimen has no time to offer."""
    parent = request_for(world.here, "neurology")
    with pytest.raises(InvalidInput) as refusal:
        joint.offers(actor=world.doctor, need=need(world, parent, item="X", goal="cheap", at="nowhere", colour="red"))
    assert set(refusal.value.params["fields"]) == {"item", "goal", "at", "colour"}
    with pytest.raises(InvalidInput):
        joint.offers(actor=world.doctor, need=need(world, parent, item=world.blood.code))
