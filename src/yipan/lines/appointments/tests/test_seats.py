"""Booking seats: by the desk, for referrals, in sessions that are closed."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from yipan.base.access import Role
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, Refused
from yipan.lines.appointments import actions, tasks
from yipan.lines.appointments.models import Appointment, ClosedSession
from yipan.lines.appointments.queries import facts
from yipan.lines.appointments.queries.proposals import proposals
from yipan.lines.appointments.tests.clinics import MONDAY, asked, booked, clinic_at, desk, need
from yipan.spine import booking, joint
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, state_of
from yipan.spine.testing import patient, request_for, small_network

pytestmark = pytest.mark.django_db

BEFORE = MONDAY - timedelta(days=3)
TEN = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def friday():
    with clock.using(clock.FrozenClock(BEFORE)):
        yield


@pytest.fixture
def network():
    return small_network()


def hold(network, clinic, start=MONDAY, request=None):
    request = request or asked(network, clinic)
    return actions.hold_seat(actor=desk(network), request_id=request.pk, clinic_id=clinic.pk, start=start)


def refused(code, call, *arguments, **more):
    """The call is refused with this code and changes nothing."""
    before = Booking.objects.count(), Event.objects.count()
    with pytest.raises(Conflict) as refusal:
        call(*arguments, **more)
    assert refusal.value.code == code
    assert (Booking.objects.count(), Event.objects.count()) == before


def test_held_confirmed_given_back(network):
    """A seat is held for a request, made firm, and given back; the patient is meant to come in person."""
    clinic = clinic_at(network)
    row = hold(network, clinic)
    assert (row.state, row.attends, row.body) == ("held", True, False)
    actions.confirm_seat(actor=desk(network), booking_id=row.pk)
    assert state_of(row.request_id) == RequestState.CONFIRMED
    actions.release_seat(actor=desk(network), booking_id=row.pk)
    assert state_of(row.request_id) == RequestState.WAITING


def test_a_seat_is_taken_once(network):
    """The second who wants a seat is told so, and the next seat is still free."""
    clinic = clinic_at(network)
    booked(network, clinic)
    second = asked(network, clinic)
    refused("seat_taken", hold, network, clinic, request=second)
    assert hold(network, clinic, MONDAY + TEN, second).start == MONDAY + TEN


def test_a_patient_is_at_one_clinic_at_a_time(network):
    """Two seats at overlapping times for one patient are refused by the database."""
    who = patient().pk
    booked(network, clinic_at(network), patient_id=who)
    other = clinic_at(network, "neurosurgery", minutes=15)
    request = asked(network, other, who)
    refused("patient_busy", hold, network, other, request=request)


@pytest.mark.parametrize("off", [timedelta(minutes=5), timedelta(days=2), timedelta(hours=4)])
def test_times_that_are_no_seats(network, off):
    """Between two seats, on a day without the clinic, after its end: there is no seat."""
    clinic = clinic_at(network)
    request = asked(network, clinic)
    refused("seat_unknown", hold, network, clinic, MONDAY + off, request)


def test_a_seat_that_has_passed(network):
    """Nobody is given a seat whose time is over."""
    clinic = clinic_at(network)
    request = asked(network, clinic)
    with clock.using(clock.FrozenClock(MONDAY + TEN)):
        refused("seat_past", hold, network, clinic, request=request)


def test_kept_for_referrals(network):
    """The desk cannot take the last seats that are kept; a referral can."""
    clinic = clinic_at(network, ends=time(8, 30), kept_for_referrals=2)
    booked(network, clinic)
    request = asked(network, clinic)
    refused("seats_kept", hold, network, clinic, MONDAY + TEN, request)
    parent = request_for(network, "neurology", patient())
    offer = joint.offers(actor=desk(network), need=need(network, parent, clinic=clinic.code))[0]
    assert offer.start == MONDAY + TEN
    (part,) = joint.book(
        actor=desk(network), parent=parent, parts=[(need(network, parent, clinic=clinic.code), offer)], keep=TEN
    )
    assert part.bookings[0].start == MONDAY + TEN


def test_the_joint_way(network):
    """Offered with reasons, held, made firm and withdrawn as one of several parts; offering writes nothing."""
    clinic = clinic_at(network)
    parent = request_for(network, "neurology", patient())
    wanted = need(network, parent, specialty=clinic.department.specialty_id)
    first, second, *_ = joint.offers(actor=desk(network), need=wanted)
    assert (first.start, second.start) == (MONDAY, MONDAY + TEN)
    assert len(first.reasons) >= 3
    assert Request.objects.count() == 1
    (part,) = joint.book(actor=desk(network), parent=parent, parts=[(wanted, first)], keep=TEN)
    assert part.request.parent_id == parent.pk
    joint.confirm(actor=desk(network), parent=parent)
    assert state_of(part.request.pk) == RequestState.CONFIRMED
    joint.withdraw(actor=desk(network), parent=parent, reason="not needed")
    assert state_of(part.request.pk) == RequestState.CANCELLED


def test_two_seats_together_in_either_order(network):
    """Two parts of this line are judged in one order, whatever order they are asked in."""
    clinics = [clinic_at(network), clinic_at(network, "neurosurgery")]
    for turned in (False, True):
        parent = request_for(network, "neurology", patient())
        parts = []
        for n, clinic in enumerate(clinics):
            wanted = need(network, parent, clinic=clinic.code)
            offers = joint.offers(actor=desk(network), need=wanted)
            parts.append((wanted, offers[1 + n]))
        made = joint.book(actor=desk(network), parent=parent, parts=parts[::-1] if turned else parts, keep=TEN)
        assert [p.bookings[0].capacity_id for p in made] == [c.pk for c in (clinics[::-1] if turned else clinics)]


@pytest.mark.parametrize(
    ("details", "field"),
    [({"colour": "red"}, "colour"), ({"clinic": "none"}, "clinic"), ({"specialty": "0"}, "specialty")],
)
def test_unknown_words(network, details, field):
    """What clinics do not know is named."""
    parent = request_for(network, "neurology", patient())
    with pytest.raises(InvalidInput) as refusal:
        joint.offers(actor=desk(network), need=need(network, parent, **details))
    assert field in refusal.value.params["fields"]


def test_who_may_not_book_at_the_clinic(network):
    """Somebody of another hospital is refused, and with a right that was lent is not."""
    clinic, other = clinic_at(network), small_network()
    parent = request_for(network, "neurology", patient())
    wanted = need(network, parent, clinic=clinic.code)
    stranger = other.actor(Role.DOCTOR)
    offer = joint.offers(actor=stranger, need=wanted)[0]
    with pytest.raises(Refused):
        joint.book(actor=stranger, parent=parent, parts=[(wanted, offer)], keep=TEN)
    assert not Booking.objects.exists()
    helped = stranger.lent(Role.COORDINATOR, network.organisation.path)
    assert joint.book(actor=helped, parent=parent, parts=[(wanted, offer)], keep=TEN)


def test_a_closed_session(network):
    """Its patients wait again and are proposed the next seats, once; nobody can book it until it is opened again."""
    clinic = clinic_at(network)
    kept, held = booked(network, clinic), hold(network, clinic, MONDAY + TEN)
    lost = actions.close_session(actor=desk(network), clinic_id=clinic.pk, day=date(2026, 3, 2), reason="away")
    assert [row.pk for row in lost] == [kept.pk, held.pk]
    assert state_of(kept.request_id) == RequestState.WAITING
    for _ in range(2):
        tasks.propose_again("key", {"booking": str(kept.pk)})
    told = Event.objects.get(kind="appointment.proposed", booking_id=kept.pk)
    assert told.data["seats"][0]["start"] == (MONDAY + timedelta(days=1)).isoformat()
    request = asked(network, clinic)
    refused("clinic_closed", hold, network, clinic, request=request)
    actions.reopen_session(actor=desk(network), clinic_id=clinic.pk, day=date(2026, 3, 2))
    assert hold(network, clinic, request=request).start == MONDAY


def test_closing_twice(network):
    """A session that is closed is not closed again, and a day without the clinic not at all."""
    clinic = clinic_at(network)
    close = {"actor": desk(network), "clinic_id": clinic.pk, "reason": "away"}
    actions.close_session(day=date(2026, 3, 2), **close)
    refused("session_closed_already", actions.close_session, day=date(2026, 3, 2), **close)
    with pytest.raises(InvalidInput):
        actions.close_session(day=date(2026, 3, 4), **close)
    assert ClosedSession.objects.count() == 1


def test_seats_beside_an_edit(network):
    """A clinic that gets longer seats offers none that overlaps what was booked before."""
    clinic = clinic_at(network)
    row = booked(network, clinic, MONDAY + TEN)
    clinic.minutes = 15
    clinic.save()
    (session, *_) = facts.sessions([facts.clinic(clinic.pk)], date(2026, 3, 2), date(2026, 3, 2))
    assert all(seat.end <= row.start or seat.start >= row.end for seat in session.free)
    assert len(session.seats) - len(session.free) == 2


def test_proposals_by_each_rank(network):
    """The doctor who saw the patient comes first when continuity is wished; a hold that ran out takes no seat."""
    known, other = clinic_at(network), clinic_at(network)
    who, specialty = patient().pk, known.department.specialty_id
    with clock.using(clock.FrozenClock(MONDAY - timedelta(days=7))):
        row = booked(network, known, MONDAY - timedelta(days=7), who)
        booking.take_seat(booking_id=row.pk, by=desk(network))
        booking.leave_seat(booking_id=row.pk, by=desk(network))
    found = proposals(specialty=specialty, patient_id=who, by="continuity")
    assert found[0].clinic.pk == known.pk
    assert {p.clinic.pk for p in found} == {known.pk, other.pk}
    hold(network, known)
    assert proposals(clinic_id=known.pk)[0].seat.start == MONDAY + TEN
    with clock.using(clock.FrozenClock(BEFORE + timedelta(hours=1))):
        assert proposals(clinic_id=known.pk)[0].seat.start == MONDAY


@pytest.mark.parametrize(("days", "covered"), [(0, True), (1, True), (7, False)])
def test_one_registration_for_three_days(network, days, covered):
    """Who comes back to the department within three days needs no new registration; a week later they do."""
    who = patient().pk
    first = booked(network, clinic_at(network), patient_id=who)
    back = booked(network, clinic_at(network), MONDAY + timedelta(days=days, hours=1), who)
    stored = Appointment.objects.get(pk=back.request_id)
    assert (stored.registration_id == first.request_id) is covered
    assert Appointment.objects.get(pk=first.request_id).registration_id is None


def test_another_department_is_another_registration(network):
    """The registration is for one department."""
    who = patient().pk
    booked(network, clinic_at(network), patient_id=who)
    back = booked(network, clinic_at(network, "neurosurgery"), MONDAY + timedelta(days=1), who)
    assert Appointment.objects.get(pk=back.request_id).registration_id is None


def test_cancelling(network):
    """A cancelled appointment keeps no seat; one without a reason is not cancelled."""
    clinic = clinic_at(network)
    row = booked(network, clinic)
    with pytest.raises(InvalidInput):
        actions.cancel_appointment(actor=desk(network), request_id=row.request_id, reason=" ")
    assert state_of(row.request_id) == RequestState.CONFIRMED
    actions.cancel_appointment(actor=desk(network), request_id=row.request_id, reason="better")
    assert hold(network, clinic).start == MONDAY
