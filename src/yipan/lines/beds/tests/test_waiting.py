"""The waiting list: who is on it, in which order, how it is narrowed, and who can go home."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yipan.base.access import SYSTEM, Role
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds import actions
from yipan.lines.beds.queries import waiting as query
from yipan.lines.beds.queries.waiting import Standing, Wanted
from yipan.lines.beds.tests.busy import ask, lie
from yipan.lines.beds.tests.people import signed_in
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.testing import NOON, SmallNetwork, hours, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[FrozenClock]:
    frozen = FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def network() -> SmallNetwork:
    return small_network()


@pytest.fixture
def desk(network: SmallNetwork) -> Client:
    return signed_in(network.organisation, Role.COORDINATOR)


def page_of(client: Client, name: str = "waiting", **params: str) -> str:
    response = client.get(reverse(name), params)
    assert response.status_code == 200
    return response.content.decode()


def test_everybody_who_is_in_no_bed_is_listed(network: SmallNetwork, noon: FrozenClock) -> None:
    """Waiting, held, confirmed and planned are on the list with their standing; who lies in a bed is not."""
    waits, held, confirmed = ask(network), ask(network), ask(network)
    later = ask(network, wanted_from=NOON + hours(20))
    lies = ask(network)
    beds = network.beds["neurology"]
    actions.hold_bed(actor=SYSTEM, request_id=held.id, bed_id=beds[0].id)
    row = actions.hold_bed(actor=SYSTEM, request_id=confirmed.id, bed_id=beds[1].id)
    actions.confirm_admission(actor=SYSTEM, booking_id=row.id)
    lie(network, beds[2], lies, since=NOON - hours(2), until=NOON + hours(90))
    listed = {r.id: r.standing for r in query.waiting_list(actor=SYSTEM)}
    assert listed == {
        waits.id: Standing.WAITING,
        held.id: Standing.HELD,
        confirmed.id: Standing.CONFIRMED,
        later.id: Standing.LATER,
    }
    noon.advance(timedelta(minutes=16))
    assert next(r for r in query.waiting_list(actor=SYSTEM) if r.id == held.id).standing is Standing.WAITING


def test_the_list_goes_by_urgency_then_by_waiting(network: SmallNetwork) -> None:
    """Emergencies before urgent before elective, the gravely ill first among equals, then who waits longest."""
    old, new = ask(network, at=NOON - hours(3)), ask(network, at=NOON - hours(1))
    elective = ask(network, at=NOON - hours(9), priority="elective")
    critical = ask(network, at=NOON, severity="critical")
    emergency = ask(network, at=NOON, priority="emergency")
    later = ask(network, priority="emergency", wanted_from=NOON + hours(1))
    rows = query.waiting_list(actor=SYSTEM)
    assert [r.id for r in rows] == [emergency.id, critical.id, old.id, new.id, elective.id, later.id]
    following = query.next_waiting(rows, after=emergency.id)
    assert following is not None
    assert following.id == critical.id


def test_filters_narrow_the_list_and_count_the_others(network: SmallNetwork) -> None:
    """A count says what a value would show under the other filters as they are."""
    ask(network, priority="emergency")
    ask(network, "neurosurgery", priority="emergency")
    ask(network, "neurosurgery")
    rows = query.waiting_list(actor=SYSTEM)
    wanted = Wanted(department=network.departments["neurosurgery"].id, priority="emergency")
    assert sum(wanted.matches(r) for r in rows) == 1
    assert query.counts(rows, wanted, "priority") == {"emergency": 1, "urgent": 1}
    by_department = query.counts(rows, wanted, "department")
    assert by_department == {str(d.id): 1 for d in network.departments.values()}


def test_the_page_shows_masked_names_and_links_to_desks(network: SmallNetwork, desk: Client) -> None:
    """A coordinator sees who waits since when, and opens the desk from the row."""
    request = ask(network, name="李建国", at=NOON - timedelta(minutes=31), diagnosis_code="I63.9")
    page = page_of(desk)
    assert "李*国" in page
    assert "李建国" not in page
    assert "I63.9 Cerebral infarction" in page
    assert f'href="{reverse("desk", args=[request.id])}"' in page
    assert f'data-since="{(NOON - timedelta(minutes=31)).isoformat()}"' in page
    assert "longer than 20 minutes" in page


def test_a_kept_bed_is_named_with_its_end(network: SmallNetwork, desk: Client) -> None:
    """Held rows say which bed, and until when."""
    request, bed = ask(network), network.beds["neurology"][0]
    actions.hold_bed(actor=SYSTEM, request_id=request.id, bed_id=bed.id)
    page = page_of(desk, state="held")
    assert f"neurology病区, bed {bed.label}" in page
    assert "until Today 12:15" in page
    assert "Nobody matches these filters" in page_of(desk, state="confirmed")


def test_a_lost_reservation_is_marked(network: SmallNetwork, desk: Client) -> None:
    """Somebody whose bed was taken by a longer stay is told apart, until something is kept again."""
    request, bed = ask(network), network.beds["neurology"][0]
    stay = lie(network, bed, ask(network), since=NOON - hours(20), until=NOON + hours(2))
    booking.announce_end(booking_id=stay.id, end=NOON + hours(2), by=SYSTEM)
    claim = Claim(bed.id, request, NOON + hours(2), NOON + hours(80))
    booking.hold(claims=[claim], by=SYSTEM, keep=hours(3))
    booking.announce_end(booking_id=stay.id, end=None, by=SYSTEM)
    (row,) = query.waiting_list(actor=SYSTEM)
    assert (row.displaced, row.standing) == (True, Standing.WAITING)
    assert "Bed lost, choose again" in page_of(desk, state="displaced")
    actions.hold_bed(actor=SYSTEM, request_id=request.id, bed_id=network.beds["neurology"][2].id)
    (row,) = query.waiting_list(actor=SYSTEM)
    assert not row.displaced


def test_a_manager_sees_the_list_without_names(network: SmallNetwork) -> None:
    """Without patients.view neither names nor diagnoses nor links are shown."""
    request = ask(network, name="李建国", diagnosis_code="I63.9")
    page = page_of(signed_in(network.organisation, Role.MANAGER))
    assert "Neurology" in page
    assert "李" not in page
    assert "I63.9" not in page
    assert reverse("desk", args=[request.id]) not in page


def test_another_hospital_is_not_on_the_list(network: SmallNetwork, desk: Client) -> None:
    """Everybody sees their own organisations only."""
    ask(small_network(), name="欧阳建国")
    assert "Nobody waits for a bed" in page_of(desk)


def test_a_live_update_gets_the_list_only(network: SmallNetwork, desk: Client) -> None:
    """With htmx the list comes alone and asks for itself again with the same filters."""
    ask(network)
    url = reverse("waiting")
    part = desk.get(url, {"priority": "urgent"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'data-live-src="/waiting?priority=urgent"' in part


BADGES = 2
"""Queries of a coordinator's navigation on every page: referrals that ask, critical values that are overdue."""


def test_thousands_are_paged(network: SmallNetwork, desk: Client) -> None:
    """The number of queries does not grow with the list, and a page shows fifty."""
    ask(network)
    with CaptureQueriesContext(connection) as few:
        page_of(desk)
    for number in range(59):
        ask(network, at=NOON - timedelta(minutes=number))
    with CaptureQueriesContext(connection) as many:
        page = page_of(desk)
    assert len(many) <= len(few)
    assert len(many) <= 14 + BADGES
    assert page.count("data-item") == 50
    assert page_of(desk, page="2").count("data-item") == 10


def test_words_in_both_languages(network: SmallNetwork, desk: Client) -> None:
    """The list is complete in Chinese and in English."""
    ask(network)
    assert "Waiting list" in page_of(desk)
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    page = page_of(desk)
    assert "正在候床" in page
    assert "Waiting" not in page.split("<main")[1].split("</main>")[0]


# going home


def test_an_outlier_with_a_free_bed_at_home_is_proposed(network: SmallNetwork, desk: Client) -> None:
    """A patient of neurology in neurosurgery can go home while neurology has a bed that suits."""
    request = ask(network)
    host = network.beds["neurosurgery"][0]
    lie(network, host, request, since=NOON - timedelta(days=2), until=NOON + timedelta(days=3))
    (row,) = query.repatriations(actor=SYSTEM)
    assert (row.request_id, row.bed_id, row.possible) == (request.id, host.id, 4)
    assert row.proposed_id in {bed.id for bed in network.beds["neurology"]}
    page = page_of(desk, "repatriation")
    assert f"{reverse('desk', args=[request.id])}?do=transfer" in page


def test_a_home_bed_that_does_not_suit_is_no_reason_to_move(network: SmallNetwork) -> None:
    """A man is not proposed into rooms where women lie; nor is somebody whose way home is planned already."""
    request = ask(network)
    lie(network, network.beds["neurosurgery"][0], request, since=NOON - hours(40), until=NOON + hours(40))
    for number in (0, 2):
        woman = ask(network, sex="female")
        lie(network, network.beds["neurology"][number], woman, since=NOON - hours(30), until=NOON + hours(60))
    assert query.repatriations(actor=SYSTEM) == []


def test_a_planned_way_home_is_not_proposed_again(network: SmallNetwork) -> None:
    """Once the transfer is held, the patient leaves the list."""
    request = ask(network)
    lie(network, network.beds["neurosurgery"][0], request, since=NOON - hours(40), until=NOON + hours(40))
    (row,) = query.repatriations(actor=SYSTEM)
    actions.hold_bed(actor=SYSTEM, request_id=request.id, bed_id=row.proposed_id)
    assert query.repatriations(actor=SYSTEM) == []


def test_who_lies_at_home_is_no_outlier(network: SmallNetwork) -> None:
    """Patients in their own department are not listed."""
    lie(network, network.beds["neurology"][0], ask(network), since=NOON - hours(4), until=NOON + hours(40))
    assert query.repatriations(actor=SYSTEM) == []
