"""The day of a clinic: the door, the queue, the room."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.appointments import actions
from yipan.lines.appointments.models import Appointment
from yipan.lines.appointments.queries import facts
from yipan.lines.appointments.queries.day import Standing, sheet_of
from yipan.lines.appointments.tests.clinics import MONDAY, booked, clinic_at, desk, doctor
from yipan.spine.consistency import bookings as findings
from yipan.spine.models import Booking, Event
from yipan.spine.testing import patient, small_network

pytestmark = pytest.mark.django_db

TEN = timedelta(minutes=10)


@pytest.fixture
def hour():
    moving = clock.FrozenClock(MONDAY)
    with clock.using(moving):
        yield moving


@pytest.fixture
def network(hour):
    return small_network()


@pytest.fixture
def clinic(network):
    return clinic_at(network)


def sheet(clinic):
    return sheet_of(facts.clinic(clinic.pk), MONDAY.date())


def standings(clinic):
    return [e.standing.value for e in sheet(clinic).entries]


def three(network, clinic):
    rows = [booked(network, clinic, MONDAY + n * TEN) for n in range(3)]
    for row in rows:
        actions.check_in(actor=desk(network), booking_id=row.pk)
    return rows


def test_a_morning(network, clinic, hour):
    """Called by number, seen one after the other; seats keep their planned times however long each takes."""
    rows = three(network, clinic)
    for n, row in enumerate(rows):
        hour.advance(timedelta(minutes=25))
        called = actions.call_next(actor=doctor(network), clinic_id=clinic.pk)
        assert called.pk == row.pk
        actions.come_in(actor=doctor(network), booking_id=row.pk)
        assert standings(clinic) == ["seen"] * n + ["inside"] + ["here"] * (2 - n)
    actions.finish(actor=doctor(network), booking_id=rows[2].pk)
    stored = Booking.objects.order_by("period")
    assert [(b.state, b.start) for b in stored] == [("done", MONDAY + n * TEN) for n in range(3)]
    assert [e.number for e in sheet(clinic).entries] == [1, 2, 3]
    waits = [e.waited_until(clock.now()) for e in sheet(clinic).entries]
    assert waits == [timedelta(minutes=25), timedelta(minutes=40), timedelta(minutes=55)]
    assert list(findings()) == []


def test_nobody_waits(network, clinic):
    """Without anybody at the door nobody is called; the visit under way is not ended by the attempt."""
    row = booked(network, clinic)
    actions.check_in(actor=desk(network), booking_id=row.pk)
    actions.call_next(actor=doctor(network), clinic_id=clinic.pk)
    actions.come_in(actor=doctor(network), booking_id=row.pk)
    before = Event.objects.count()
    with pytest.raises(Conflict) as refusal:
        actions.call_next(actor=doctor(network), clinic_id=clinic.pk)
    assert refusal.value.code == "nobody_waits"
    assert (standings(clinic), Event.objects.count()) == (["inside"], before)


def test_one_patient_in_the_room(network, clinic):
    """Nobody comes in while another is with the doctor."""
    first, second, _ = three(network, clinic)
    actions.call_next(actor=doctor(network), clinic_id=clinic.pk)
    actions.come_in(actor=doctor(network), booking_id=first.pk)
    with pytest.raises(Conflict) as refusal:
        actions.come_in(actor=doctor(network), booking_id=second.pk)
    assert refusal.value.code == "appointment_step"
    assert standings(clinic) == ["inside", "here", "here"]


def test_called_in_vain(network, clinic):
    """Who does not come in is called again after the next two."""
    first, second, third = three(network, clinic)
    actions.call_next(actor=doctor(network), clinic_id=clinic.pk)
    actions.pass_over(actor=doctor(network), booking_id=first.pk)
    order = [actions.call_next(actor=doctor(network), clinic_id=clinic.pk).pk for _ in range(3)]
    assert order == [second.pk, third.pk, first.pk]


def test_the_position_of_a_patient(network, clinic):
    """A patient sees how many are called before; who is not there has no position."""
    first, second, third = three(network, clinic)
    assert [sheet(clinic).position(row.pk) for row in (first, second, third)] == [0, 1, 2]
    actions.call_next(actor=doctor(network), clinic_id=clinic.pk)
    assert [sheet(clinic).position(row.pk) for row in (first, second, third)] == [None, 0, 1]


def test_received_on_the_day_only(network, clinic, hour):
    """The evening before is too early, and nothing changes; the day itself counts from midnight at the site."""
    row = booked(network, clinic, MONDAY + timedelta(days=1))
    hour.advance(MONDAY + timedelta(hours=15, minutes=59) - clock.now())
    with pytest.raises(Conflict) as refusal:
        actions.check_in(actor=desk(network), booking_id=row.pk)
    assert refusal.value.code == "appointment_early"
    assert not Event.objects.filter(kind="appointment.checked_in").exists()
    hour.advance(MONDAY + timedelta(hours=16) - clock.now())
    actions.check_in(actor=desk(network), booking_id=row.pk)


def test_received_once(network, clinic):
    """A patient who is here already does not get in the queue twice."""
    row = booked(network, clinic)
    actions.check_in(actor=desk(network), booking_id=row.pk)
    with pytest.raises(Conflict):
        actions.check_in(actor=desk(network), booking_id=row.pk)
    assert Event.objects.filter(kind="appointment.checked_in").count() == 1


def test_who_never_came(network, clinic, hour):
    """Not before the seat's time; then the seat counts as missed and the request waits again."""
    row = booked(network, clinic, MONDAY + TEN)
    with pytest.raises(Conflict):
        actions.mark_no_show(actor=desk(network), booking_id=row.pk)
    hour.advance(MONDAY + 2 * TEN - clock.now())
    actions.mark_no_show(actor=desk(network), booking_id=row.pk)
    assert standings(clinic) == ["no_show"]


def test_a_registration_that_was_not_used(network, clinic, hour):
    """Who missed the visit that was registered is registered when they come the next day."""
    who = patient().pk
    first = booked(network, clinic, patient_id=who)
    back = booked(network, clinic, MONDAY + timedelta(days=1), who)
    assert Appointment.objects.get(pk=back.request_id).registration_id == first.request_id
    hour.advance(MONDAY + TEN - clock.now())
    actions.mark_no_show(actor=desk(network), booking_id=first.pk)
    hour.advance(MONDAY + timedelta(days=1) - clock.now())
    actions.check_in(actor=desk(network), booking_id=back.pk)
    assert Appointment.objects.get(pk=back.request_id).registration_id is None


def test_an_emergency_goes_first(network, clinic):
    """An emergency is called before those whose turn it is."""
    three(network, clinic)
    urgent = booked(network, clinic, MONDAY + 5 * TEN, priority="emergency")
    actions.check_in(actor=desk(network), booking_id=urgent.pk)
    assert actions.call_next(actor=doctor(network), clinic_id=clinic.pk).pk == urgent.pk
    assert sheet(clinic).called.standing is Standing.CALLED
