"""The pages of the ambulances, as people open them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from yipan.base.access import SYSTEM, Role
from yipan.base.access.models import Grant
from yipan.kernel import clock
from yipan.lines.dispatch import actions
from yipan.lines.dispatch.models import Handover, Vehicle
from yipan.lines.dispatch.tests.fleet import asked, assigned, county
from yipan.spine import booking
from yipan.spine.models import Booking, Request
from yipan.spine.queries import state_of
from yipan.spine.testing import NOON, patient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hour():
    moving = clock.FrozenClock(NOON)
    with clock.using(moving):
        yield moving


@pytest.fixture
def place(hour):
    return county("basic", "advanced")


def browser(place, *roles):
    user = User.objects.create(username=f"u{User.objects.count()}")
    for role in roles:
        Grant.objects.create(user=user, role=role, organisation=place.hospital.organisation)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def text(answer, status=200):
    assert answer.status_code == status, answer.content[-2000:]
    return answer.content.decode()


def test_from_asking_to_the_hand_over(place, hour):
    """Asked, a vehicle held and confirmed, step by step on the crew's phone, handed over, and shown on the request."""
    dispatcher, nurse = browser(place, Role.DISPATCHER, Role.COORDINATOR), browser(place, Role.WARD_NURSE)
    who = patient(name="钱学森")
    form = {
        "patient": who.pk,
        "from_site": place.town.pk,
        "to_site": place.hospital.site.pk,
        "department": place.hospital.departments["neurology"].pk,
        "condition": "左侧肢体无力",
        "level": "basic",
        "step": "save",
    }
    page = text(dispatcher.post(reverse("dispatch-new"), {**form, "to_site": place.town.pk}), 422)
    assert "there already" in page
    assert not Request.objects.exists()
    made = dispatcher.post(reverse("dispatch-new"), form)
    request = Request.objects.get()
    assert made["Location"] == reverse("transport", args=[request.pk])
    assert place.vehicles[0].call_sign in text(dispatcher.get(made["Location"]))
    assert "左侧肢体无力" in text(dispatcher.get(reverse("dispatch")))
    leave = (NOON + timedelta(minutes=3)).isoformat()
    dispatcher.post(reverse("transport-assign", args=[request.pk]), {"vehicle": place.vehicles[0].pk, "leave": leave})
    row = Booking.objects.get()
    dispatcher.post(reverse("transport-confirm", args=[row.pk]))
    crew = reverse("crew", args=[row.capacity_id])
    for step, button in (
        ("alerted", "We are alerted"),
        ("on_the_way", "We leave now"),
        ("with_patient", "We are with the patient"),
        ("under_way", "We leave with the patient"),
    ):
        assert button in text(nurse.get(crew))
        nurse.post(reverse("transport-step", args=[row.pk]), {"step": step})
        hour.advance(timedelta(minutes=10))
    hand = reverse("transport-hand", args=[row.pk])
    assert "not possible" in text(nurse.post(hand, {"received_by": "彭医生", "pulse": "none"}), 422)
    assert not Handover.objects.exists()
    nurse.post(hand, {"received_by": "彭医生", "pulse": "88", "systolic": "168", "treatment": "吸氧"})
    page = text(dispatcher.get(made["Location"]))
    assert "彭医生" in page
    assert "168" in page
    assert "钱学森" in page
    hidden = text(browser(place, Role.MANAGER).get(made["Location"]))
    assert "钱学森" not in hidden
    assert "吸氧" not in hidden
    assert "Back at the base" in text(nurse.get(crew))
    nurse.post(reverse("vehicle-home", args=[row.capacity_id]))
    assert "No transport for you now" in text(nurse.get(crew))


def test_the_board(place):
    """Each vehicle with what it does, who has none, and an empty board that says what to do."""
    dispatcher = browser(place, Role.DISPATCHER)
    row = assigned(place)
    actions.report_step(actor=place.dispatcher, booking_id=row.pk, step="alerted")
    asked(place, level="advanced")
    page = text(dispatcher.get(reverse("dispatch")))
    assert "Alerted" in page
    assert "At the base" in page
    assert "Without a vehicle" in page
    Vehicle.objects.filter(pk=place.vehicles[1].pk).update(in_service=False, note="保养")
    assert "保养" in text(dispatcher.get(reverse("dispatch")))


def test_a_vehicle_closed_without_an_end_is_out_of_service(place):
    """The board says so, and its line goes on to the end of the time shown."""
    dispatcher = browser(place, Role.DISPATCHER)
    assert "Out of service" not in text(dispatcher.get(reverse("dispatch")))
    booking.close(capacity_ids=[place.vehicles[0].pk], until=None, reason="defect", by=SYSTEM)
    assert "Out of service" in text(dispatcher.get(reverse("dispatch")))


def test_a_step_taken_back_on_the_phone(place):
    """The crew takes back what was pressed by mistake."""
    nurse, row = browser(place, Role.WARD_NURSE), assigned(place)
    nurse.post(reverse("transport-step", args=[row.pk]), {"step": "alerted"})
    crew = reverse("crew", args=[row.capacity_id])
    assert "Take the last step back" in text(nurse.get(crew))
    nurse.post(reverse("transport-back", args=[row.pk]))
    assert "We are alerted" in text(nurse.get(crew))


def test_cancelling_on_the_page(place):
    """A transport is cancelled with a reason; without one it is not."""
    dispatcher, row = browser(place, Role.DISPATCHER), assigned(place)
    cancel = reverse("transport-cancel", args=[row.request_id])
    dispatcher.post(cancel, {"reason": ""})
    assert state_of(row.request_id) == "confirmed"
    dispatcher.post(cancel, {"reason": "walks"})
    assert "walks" not in text(dispatcher.get(reverse("dispatch")))
    assert state_of(row.request_id) == "cancelled"


def test_describing_a_vehicle(place):
    """A vehicle is made and changed; wrong fields are named and nothing is written."""
    client = browser(place, Role.DISPATCHER)
    form = {"site": place.hospital.site.pk, "call_sign": "青石 9", "level": "basic", "preparation_minutes": "3"}
    text(client.post(reverse("vehicle-new"), {**form, "call_sign": ""}), 422)
    text(client.post(reverse("vehicle-new"), {**form, "preparation_minutes": "x"}), 422)
    assert Vehicle.objects.count() == 2
    client.post(reverse("vehicle-new"), {**form, "in_service": "1"})
    made = Vehicle.objects.get(call_sign="青石 9")
    client.post(reverse("vehicle", args=[made.pk]), {**form, "note": "保养"})
    made.refresh_from_db()
    assert (made.in_service, made.note) == (False, "保养")


def test_words_that_nobody_sent(place):
    """Steps and offers that do not exist are refused with a sentence, and change nothing."""
    dispatcher, row = browser(place, Role.DISPATCHER, Role.COORDINATOR), assigned(place)
    dispatcher.post(reverse("transport-step", args=[row.pk]), {"step": "fly"})
    request = asked(place)
    for leave in ("x", "2026-03-02T08:00", "", "9999-12-31T23:59:59+00:00"):
        told = {"vehicle": place.vehicles[1].pk, "leave": leave}
        dispatcher.post(reverse("transport-assign", args=[request.pk]), told)
    assert state_of(request.pk) == "waiting"
    assert state_of(row.request_id) == "confirmed"
