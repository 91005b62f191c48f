"""A bed booked for another line's sake is a bed like any other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import Role
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, Refused
from yipan.lines.beds import actions
from yipan.lines.beds.models import Placement
from yipan.lines.beds.policy import AdmissionFacts
from yipan.spine import joint
from yipan.spine.models import Booking, Request
from yipan.spine.queries import RequestState, state_of
from yipan.spine.testing import NOON, patient, request_for, small_network

pytestmark = pytest.mark.django_db

KEEP = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)):
        yield


@pytest.fixture
def network():
    return small_network()


def need(network, parent, **details):
    facts = {"diagnosis_code": "I63.9", "severity": "serious", **details}
    return joint.Need("beds", parent.patient_id, network.departments["neurology"].pk, NOON, details=facts)


def test_offered_held_confirmed_withdrawn(network):
    """The best own bed is offered with its reasons, held with its placement recorded, made firm, and given back."""
    parent, desk = request_for(network, "neurology", patient()), network.actor(Role.COORDINATOR)
    wanted = need(network, parent)
    first = joint.offers(actor=desk, need=wanted)[0]
    assert first.data["tier"] == "own"
    assert len(first.reasons) >= 3
    (part,) = joint.book(actor=desk, parent=parent, parts=[(wanted, first)], keep=KEEP)
    assert Placement.objects.get(booking=part.bookings[0]).tier == "own"
    assert part.request.admission.origin == "referral"
    joint.confirm(actor=desk, parent=parent)
    assert state_of(part.request.pk) == RequestState.CONFIRMED
    joint.withdraw(actor=desk, parent=parent, reason="not needed")
    assert state_of(part.request.pk) == RequestState.CANCELLED


def test_offering_writes_nothing(network):
    """Asking what could be had leaves no request behind."""
    parent, desk = request_for(network, "neurology", patient()), network.actor(Role.COORDINATOR)
    joint.offers(actor=desk, need=need(network, parent))
    assert Request.objects.count() == 1


def test_who_may_not_place_is_refused(network):
    """A doctor without an agreement cannot hold a bed this way; with the right lent for it, under the own name, yes."""
    parent, doctor = request_for(network, "neurology", patient()), network.actor(Role.DOCTOR)
    wanted = need(network, parent)
    (first, *_) = joint.offers(actor=doctor, need=wanted)
    with pytest.raises(Refused):
        joint.book(actor=doctor, parent=parent, parts=[(wanted, first)], keep=KEEP)
    assert not Booking.objects.exists()
    helped = doctor.lent(Role.COORDINATOR, network.organisation.path)
    (part,) = joint.book(actor=helped, parent=parent, parts=[(wanted, first)], keep=KEEP)
    assert part.request.created_by == doctor.name


def test_a_patient_with_an_open_request(network):
    """Somebody who waits for a bed already gets no second request; the refusal names the part."""
    who, desk = patient(), network.actor(Role.COORDINATOR)
    home = network.departments["neurology"].pk
    actions.request_admission(actor=desk, patient_id=who.pk, home_department_id=home, facts=AdmissionFacts())
    parent = request_for(network, "neurology", who)
    wanted = need(network, parent)
    first = joint.offers(actor=desk, need=wanted)[0]
    with pytest.raises(Conflict) as refusal:
        joint.book(actor=desk, parent=parent, parts=[(wanted, first)], keep=KEEP)
    assert (refusal.value.code, refusal.value.params["part"]) == ("request_open", "beds")


def test_unknown_words(network):
    """A word that beds do not know is named."""
    parent, desk = request_for(network, "neurology", patient()), network.actor(Role.COORDINATOR)
    with pytest.raises(InvalidInput) as refusal:
        joint.offers(actor=desk, need=need(network, parent, colour="red"))
    assert refusal.value.params["fields"] == {"colour": "field_unknown"}
