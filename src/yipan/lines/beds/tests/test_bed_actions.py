"""The steps of a bed by their addresses: what they do, who may, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from yipan.base.access import SYSTEM, Role
from yipan.base.access.models import Grant
from yipan.kernel import clock
from yipan.lines.beds import actions
from yipan.lines.beds.policy import AdmissionFacts
from yipan.spine import booking
from yipan.spine.models import Booking, Event
from yipan.spine.states import Purpose, State
from yipan.spine.testing import SmallNetwork, patient, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> SmallNetwork:
    return small_network()


def client(network, role, ward=None):
    user = User.objects.create_user(f"{role}-{network.site.code}", first_name=role)
    Grant.objects.create(user=user, role=role, organisation=network.organisation, ward=ward)
    made = Client()
    made.force_login(user)
    return made


def kept(network, bed=0):
    """A confirmed bed."""
    request = actions.request_admission(
        actor=network.actor(Role.COORDINATOR),
        patient_id=patient().pk,
        home_department_id=network.departments["neurology"].pk,
        facts=AdmissionFacts(),
    )
    row = actions.hold_bed(actor=SYSTEM, request_id=request.pk, bed_id=network.beds["neurology"][bed].pk)
    return actions.confirm_admission(actor=SYSTEM, booking_id=row.pk)


def post(who, name, key, **values):
    return who.post(reverse(name, args=[key]), values, follow=False)


def test_a_stay_by_the_ward(network):
    """Ready, arrived, discharge announced, left, clean: the ward's nurse takes a bed through a whole stay."""
    nurse = client(network, "ward_nurse", network.wards["neurology"])
    row = kept(network)
    later = (clock.now() + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M")
    for name, key, values in (
        ("bed-ready", row.pk, {}),
        ("bed-arrive", row.pk, {}),
        ("bed-discharge", row.pk, {"end": later}),
        ("bed-discharge-withdraw", row.pk, {}),
        ("bed-depart", row.pk, {}),
        ("bed-clean-done", row.capacity_id, {}),
    ):
        assert post(nurse, name, key, **values).status_code == 302, name
    row.refresh_from_db()
    assert row.state == State.DONE
    assert not Booking.objects.filter(state=State.ACTIVE).exists()
    told = set(Event.objects.filter(booking_id=row.pk).values_list("kind", flat=True))
    assert {"bed.ready", "booking.arrived", "booking.end_announced", "booking.end_withdrawn"} <= told


def test_nurse_of_another_ward_is_refused(network):
    """A nurse of another ward cannot mark the arrival, and nothing changes."""
    nurse = client(network, "ward_nurse", network.wards["neurosurgery"])
    row = kept(network)
    before = Event.objects.count()
    assert post(nurse, "bed-arrive", row.pk).status_code == 302
    row.refresh_from_db()
    assert (row.state, Event.objects.count()) == (State.CONFIRMED, before)


def test_undo(network):
    """An arrival and a departure marked by mistake can be taken back."""
    desk = client(network, "coordinator")
    row = kept(network)
    post(desk, "bed-arrive", row.pk)
    post(desk, "bed-depart", row.pk)
    post(desk, "bed-undo-depart", row.pk)
    row.refresh_from_db()
    assert row.state == State.ACTIVE
    post(desk, "bed-undo-arrive", row.pk)
    row.refresh_from_db()
    assert row.state == State.RELEASED


def test_close_and_reopen(network):
    """A bed and a ward close with a reason and open again; without a reason nothing closes."""
    desk = client(network, "coordinator")
    bed, ward = network.beds["neurology"][0].pk, network.wards["neurology"].pk
    closed = Booking.objects.filter(purpose=Purpose.CLOSURE, state=State.ACTIVE)
    post(desk, "bed-close", bed)
    assert closed.count() == 0
    post(desk, "bed-close", bed, reason="repair")
    assert closed.count() == 1
    post(desk, "bed-reopen", bed)
    assert closed.count() == 0
    post(desk, "ward-close", ward, reason="epidemic")
    assert closed.count() == 4
    post(desk, "ward-reopen", ward)
    assert closed.count() == 0


def test_clean_once_more(network):
    """An empty bed can be sent to cleaning."""
    desk = client(network, "coordinator")
    post(desk, "bed-clean-start", network.beds["neurology"][0].pk)
    assert Booking.objects.get(state=State.ACTIVE).purpose == Purpose.TURNOVER


def test_wrong_time(network):
    """A time that cannot be read is refused with a sentence, and nothing is announced."""
    desk = client(network, "coordinator")
    row = kept(network)
    booking.arrive(booking_id=row.pk, by=SYSTEM)
    post(desk, "bed-discharge", row.pk, end="tomorrow")
    row.refresh_from_db()
    assert not row.end_announced


def test_returns_only_to_this_site(network):
    """`next` leads back to a page of this site, never elsewhere."""
    desk = client(network, "coordinator")
    row = kept(network)
    assert post(desk, "bed-ready", row.pk, next="/waiting")["Location"] == "/waiting"
    assert post(desk, "bed-ready", row.pk, next="https://elsewhere.example/")["Location"] == reverse("board")


def test_htmx_gets_a_toast(network):
    """A refusal asked for by htmx is a toast with the status of a conflict."""
    desk = client(network, "coordinator")
    bed = network.beds["neurology"][0].pk
    answer = desk.post(reverse("bed-clean-done", args=[bed]), headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "yipan:toast" in answer["HX-Trigger"]
