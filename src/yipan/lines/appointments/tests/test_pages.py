"""The pages of the clinics, as people open them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from yipan.base.access import Role
from yipan.base.access.models import Grant
from yipan.kernel import clock
from yipan.lines.appointments import actions
from yipan.lines.appointments.models import Clinic, Holiday
from yipan.lines.appointments.tests.clinics import MONDAY, asked, booked, clinic_at, desk, doctor
from yipan.spine.models import Booking, Request
from yipan.spine.queries import state_of
from yipan.spine.testing import patient, small_network

pytestmark = pytest.mark.django_db

TEN = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def hour():
    moving = clock.FrozenClock(MONDAY)
    with clock.using(moving):
        yield moving


@pytest.fixture
def network(hour):
    return small_network()


@pytest.fixture
def clinic(network):
    return clinic_at(network, room="203")


def browser(network, *roles):
    user = User.objects.create(username=f"u{User.objects.count()}")
    for role in roles:
        Grant.objects.create(user=user, role=role, organisation=network.organisation)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def text(answer, status=200):
    assert answer.status_code == status, answer.content[-2000:]
    return answer.content.decode()


def test_the_fortnight(network, clinic):
    """The grid tells how many seats are free, whose session is closed, and keeps to its filters."""
    booked(network, clinic)
    actions.close_session(actor=desk(network), clinic_id=clinic.pk, day=date(2026, 3, 3), reason="away")
    page = text(browser(network, Role.COORDINATOR).get(reverse("clinics")))
    assert "23 of 24 free" in page
    assert "Does not take place" in page
    assert "No clinic matches" in text(browser(network, Role.MANAGER).get(reverse("clinics"), {"visiting": "1"}))


def test_booking_in_the_browser(network, clinic):
    """Patient and seat chosen, held, confirmed; what is missing is named and nothing is written."""
    client, who = browser(network, Role.COORDINATOR), patient(name="钱学")
    form = {"clinic": clinic.pk, "specialty": clinic.department.specialty_id}
    page = text(client.post(reverse("clinic-book"), {**form, "step": "save"}), 422)
    assert "Choose a seat" in page
    assert not Request.objects.exists()
    seat = f"{clinic.pk}@{(MONDAY + TEN).isoformat()}"
    assert seat in page
    told = client.post(reverse("clinic-book"), {**form, "patient": who.pk, "seat": seat, "step": "save"})
    row = Booking.objects.get()
    assert told["Location"] == reverse("appointment", args=[row.request_id])
    assert "Confirm the seat" in text(client.get(told["Location"]))
    client.post(reverse("seat-confirm", args=[row.pk]))
    assert state_of(row.request_id) == "confirmed"
    assert "No. 2" in text(client.get(told["Location"], {"print": ""}))


def test_a_second_appointment_is_warned_of(network, clinic):
    """Before anything is written the desk hears that the patient has a seat in the specialty, and must mean it."""
    client, who = browser(network, Role.COORDINATOR), patient()
    booked(network, clinic, MONDAY + TEN, who.pk)
    form = {"clinic": clinic.pk, "patient": who.pk, "seat": f"{clinic.pk}@{(MONDAY + 3 * TEN).isoformat()}"}
    page = text(client.post(reverse("clinic-book-seats"), form))
    assert "has an appointment in this specialty already" in page
    assert "No new registration" in page
    text(client.post(reverse("clinic-book"), {**form, "warned": "1", "step": "save"}), 422)
    assert Booking.objects.count() == 1
    client.post(reverse("clinic-book"), {**form, "warned": "1", "seen": "1", "step": "save"})
    assert Booking.objects.count() == 2


def test_the_doctors_day(network, clinic):
    """The list of the day with its buttons, called, in, and seen; the display shows a number and no whole name."""
    row = booked(network, clinic, patient_id=patient(name="司马相如").pk)
    nurse = browser(network, Role.WARD_NURSE)
    day, wall = reverse("clinic-day", args=[clinic.pk]), reverse("clinic-wall", args=[clinic.pk])
    assert "Is here" in text(nurse.get(day))
    nurse.post(reverse("seat-check-in", args=[row.pk]))
    assert "Call no. 1" in text(nurse.get(day))
    nurse.post(reverse("session-call", args=[clinic.pk]))
    shown = text(nurse.get(wall))
    assert "司马**" in shown or "司马*" in shown
    assert "司马相如" not in shown
    nurse.post(reverse("seat-come-in", args=[row.pk]))
    assert "With the doctor" in text(nurse.get(day))
    nurse.post(reverse("seat-finish", args=[row.pk]))
    assert state_of(row.request_id) == "done"
    assert "司马" not in text(browser(network, Role.MANAGER).get(day))


def test_who_lost_a_seat(network, clinic):
    """After a session was closed its patients are on the list with the next seats, which one click holds."""
    with clock.using(clock.FrozenClock(MONDAY - timedelta(days=1))):
        row = booked(network, clinic)
        actions.close_session(actor=desk(network), clinic_id=clinic.pk, day=date(2026, 3, 2), reason="away")
    client = browser(network, Role.COORDINATOR)
    assert "Session closed" in text(client.get(reverse("clinic-waiting")))
    start = (MONDAY + timedelta(days=1)).isoformat()
    assert start in text(client.get(reverse("appointment", args=[row.request_id])))
    client.post(reverse("seat-hold", args=[row.request_id]), {"clinic": clinic.pk, "start": start})
    assert state_of(row.request_id) == "held"


def test_figures(network, clinic, hour):
    """Booked, seen, missed and the wait for the first call, of the days named."""
    rows = [booked(network, clinic, MONDAY + n * TEN) for n in range(3)]
    actions.check_in(actor=desk(network), booking_id=rows[0].pk)
    hour.advance(timedelta(minutes=2))
    actions.call_next(actor=doctor(network), clinic_id=clinic.pk)
    actions.come_in(actor=doctor(network), booking_id=rows[0].pk)
    actions.finish(actor=doctor(network), booking_id=rows[0].pk)
    hour.advance(TEN)
    actions.mark_no_show(actor=desk(network), booking_id=rows[1].pk)
    page = text(browser(network, Role.MANAGER).get(reverse("clinic-figures"), {"to": "2026-03-02"}))
    assert "100% within 3 min" in page
    assert "50.0%" in page
    assert "2 min" in page


def test_describing_a_clinic(network):
    """A manager makes a clinic and changes it; wrong fields are named and nothing is written."""
    client, known = browser(network, Role.MANAGER), clinic_at(network)
    form = {
        "site": network.site.pk,
        "code": "NEW",
        "name": "专家门诊",
        "department": known.department_id,
        "practitioner": known.practitioner_id,
        "weekdays": ["2"],
        "starts": "08:00",
        "ends": "12:00",
        "first_day": "2026-03-03",
        "minutes": "10",
        "every_weeks": "1",
        "kept_for_referrals": "2",
        "in_use": "1",
    }
    page = text(client.post(reverse("clinic-new"), {**form, "ends": "07:00", "minutes": "1"}), 422)
    assert "must end after it begins" in page
    assert Clinic.objects.count() == 1
    client.post(reverse("clinic-new"), form)
    made = Clinic.objects.get(code="NEW")
    page = text(client.get(reverse("clinic", args=[made.pk])))
    assert "专家门诊" in page
    client.post(reverse("clinic", args=[made.pk]), {**form, "room": "301", "weekdays": ["2", "4"]})
    made.refresh_from_db()
    assert (made.room, made.weekdays) == ("301", [2, 4])


def test_holidays(network):
    """A holiday is added and removed; one without a name is not."""
    client, there = browser(network, Role.MANAGER), reverse("clinic-holidays")
    text(client.post(there, {"day": "2026-05-01", "name": ""}), 422)
    text(client.post(there, {"day": "soon", "name": "劳动节"}), 422)
    assert not Holiday.objects.exists()
    client.post(there, {"day": "2026-05-01", "name": "劳动节"})
    assert "劳动节" in text(client.get(there))
    client.post(there, {"day": "2026-05-01", "step": "drop"})
    assert not Holiday.objects.exists()


def test_a_seat_that_nobody_sent(network, clinic):
    """Words that are no seat are refused with a sentence, and hold nothing."""
    client, request = browser(network, Role.COORDINATOR), asked(network, clinic)
    for start in ("x", "2026-03-02T08:00", "", "9999-12-31T23:59:59+00:00"):
        client.post(reverse("seat-hold", args=[request.pk]), {"clinic": clinic.pk, "start": start})
    assert not Booking.objects.exists()
