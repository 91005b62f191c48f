"""The desk corrects what is known of a patient, and moves patients who are in a bed already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from yipan.base.access import Role
from yipan.base.network.models import Alliance
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds.tests.busy import ask, lie
from yipan.lines.beds.tests.people import signed_in
from yipan.spine.models import Booking, Event, Request
from yipan.spine.testing import NOON, SmallNetwork, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[FrozenClock]:
    frozen = FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def network() -> SmallNetwork:
    """Neurology (4 beds) asks neurosurgery (4 beds) first."""
    made = small_network()
    home, ally = made.departments["neurology"], made.departments["neurosurgery"]
    Alliance.objects.create(department=home, ally=ally, rank=1)
    return made


@pytest.fixture
def desk(network: SmallNetwork) -> Client:
    """The coordinator's browser."""
    return signed_in(network.organisation, Role.COORDINATOR)


def text_of(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query_params=query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def post(client: Client, name: str, *args: object, **values: object) -> tuple[int, str]:
    response = client.post(reverse(name, args=args), values)
    return response.status_code, response.content.decode()


# correcting the facts


def facts(**changes: str) -> dict[str, str]:
    """The fields of the correction form as they stand."""
    stored = {"diagnosis_code": "I63.9", "diagnosis": "脑梗死", "severity": "general", "nursing_level": "2"}
    more = {"isolation": "none", "pathogen": "", "level_of_care": "general", "expected_days": "7", "note": ""}
    return stored | more | {"home_minutes": ""} | changes


def test_a_correction_changes_the_proposals_and_keeps_the_old_value(network: SmallNetwork, desk: Client) -> None:
    """A patient who turns out critical stays with the own specialty; the history says what it was before."""
    request = ask(network)
    assert f'id="offer-{network.beds["neurosurgery"][0].id}"' in text_of(desk, "desk", request.id)
    assert post(desk, "request-revise", request.id, **facts(severity="critical"))[0] == 302
    page = text_of(desk, "desk", request.id)
    assert f'id="offer-{network.beds["neurosurgery"][0].id}"' not in page
    assert "Severity General → Critical" in page


def test_a_wrong_correction_keeps_what_was_typed(network: SmallNetwork, desk: Client) -> None:
    """Every wrong field is named beside itself, the typed values stay, and nothing is stored."""
    request = ask(network)
    values = facts(diagnosis_code="not a code", expected_days="many", note="speaks Wu")
    status, page = post(desk, "request-revise", request.id, **values)
    assert status == 422
    assert 'id="f-diagnosis_code-error"' in page
    assert 'id="f-expected_days-error"' in page
    assert "speaks Wu" in page
    assert 'value="many"' in page
    request.admission.refresh_from_db()
    assert request.admission.note == ""
    assert not Event.objects.filter(kind="request.revised").exists()


def test_a_correction_without_a_difference_writes_nothing(network: SmallNetwork, desk: Client) -> None:
    """Saving the form as it came leaves no event."""
    request = ask(network, diagnosis_code="I63.9", diagnosis="脑梗死")
    assert post(desk, "request-revise", request.id, **facts())[0] == 302
    assert not Event.objects.filter(kind="request.revised").exists()


# a patient in a bed


def stay_of(network: SmallNetwork, department: str, number: int, **facts: str) -> tuple[Request, Booking]:
    request = ask(network, **facts)
    until = NOON + timedelta(days=3)
    bed = network.beds[department][number]
    return request, lie(network, bed, request, since=NOON - timedelta(days=1), until=until)


def test_a_transfer_is_proposed_like_a_placement_and_moves_at_once(network: SmallNetwork, desk: Client) -> None:
    """From the stay the same ranked beds lead to a move now; both wards change, and the day is the present."""
    request, row = stay_of(network, "neurosurgery", 0)
    target = network.beds["neurology"][2]
    assert "Change beds with somebody" in text_of(desk, "desk", request.id)
    page = text_of(desk, "desk", request.id, do="transfer")
    assert f'id="offer-{target.id}"' in page
    assert post(desk, "request-transfer", request.id, bed=target.id)[0] == 302
    row.refresh_from_db()
    assert row.state == "done"
    moved = Booking.objects.get(request=request, state="active")
    assert moved.capacity_id == target.id


def test_a_planned_transfer_is_held_beside_the_stay(network: SmallNetwork, desk: Client) -> None:
    """Planning keeps a bed for a patient who lies in another one until the move is confirmed."""
    request, row = stay_of(network, "neurosurgery", 0)
    assert post(desk, "request-hold", request.id, bed=network.beds["neurology"][2].id)[0] == 302
    page = text_of(desk, "desk", request.id)
    assert "Planned transfer, held" in page
    assert "In the bed" in page
    row.refresh_from_db()
    assert row.state == "active"


def test_a_transfer_without_a_stay_is_refused(network: SmallNetwork, desk: Client) -> None:
    """Who waits cannot be transferred."""
    request = ask(network)
    status, _ = post(desk, "request-transfer", request.id, bed=network.beds["neurology"][0].id)
    assert status == 409
    assert not Booking.objects.exists()


def test_two_patients_change_beds(network: SmallNetwork, desk: Client) -> None:
    """The page offers whom the rules allow both ways and says why others cannot; one click swaps the two."""
    request, mine = stay_of(network, "neurosurgery", 0)
    _, other = stay_of(network, "neurology", 0)
    _, woman = stay_of(network, "neurology", 2, sex="female")
    stay_of(network, "neurology", 3, sex="female")
    page = text_of(desk, "request-swap", request.id)
    assert f'name="other" value="{other.id}"' in page
    assert f'name="other" value="{woman.id}"' not in page
    assert "That bed for this patient: Women in the room" in page
    assert post(desk, "request-swap", request.id, other=other.id)[0] == 302
    here = Booking.objects.get(request=request, state="active")
    assert here.capacity_id == other.capacity_id
    assert Booking.objects.get(request=other.request, state="active").capacity_id == mine.capacity_id


def test_a_swap_that_a_rule_forbids_changes_nothing(network: SmallNetwork, desk: Client) -> None:
    """A man cannot go into a women's room, even when the form says so."""
    request, mine = stay_of(network, "neurosurgery", 0)
    _, woman = stay_of(network, "neurology", 0, sex="female")
    stay_of(network, "neurology", 1, sex="female")
    before = Event.objects.count()
    status, page = post(desk, "request-swap", request.id, other=woman.id)
    assert status == 409
    assert "Women in the room" in page
    mine.refresh_from_db()
    assert mine.state == "active"
    assert Event.objects.count() == before


def test_a_nurse_cannot_swap(network: SmallNetwork) -> None:
    """Changing beds belongs to the admission desk."""
    request, _ = stay_of(network, "neurosurgery", 0)
    nurse = signed_in(network.organisation, Role.WARD_NURSE, network.wards["neurology"])
    assert nurse.get(reverse("request-swap", args=[request.id])).status_code == 403
