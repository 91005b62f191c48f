"""The desk of one request: what it shows to whom, and that each step does what it says or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from yipan.base.access import SYSTEM, Role
from yipan.base.audit.models import Entry
from yipan.base.network.models import Alliance
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds import actions
from yipan.lines.beds.tests.busy import ask, lie
from yipan.lines.beds.tests.people import signed_in
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Event, OutboxMessage
from yipan.spine.queries import RequestState, state_of
from yipan.spine.testing import NOON, SmallNetwork, hours, small_network

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


def fill(network: SmallNetwork, department: str = "neurology", *, sex: str = "male") -> list[Booking]:
    """Somebody in every bed of a ward."""
    until = NOON + timedelta(days=3)
    return [
        lie(
            network,
            bed,
            ask(network, department, sex=sex),
            since=NOON - timedelta(days=2),
            until=until,
            home=department,
        )
        for bed in network.beds[department]
    ]


def text_of(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query_params=query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def post(client: Client, name: str, *args: object, **values: object) -> tuple[int, str]:
    response = client.post(reverse(name, args=args), values)
    return response.status_code, response.content.decode()


# what it shows


def test_proposals_carry_three_reasons_in_both_languages(network: SmallNetwork, desk: Client) -> None:
    """Each proposed bed says where, who cares and what it costs tomorrow, in the reader's language."""
    request = ask(network)
    english = text_of(desk, "desk", request.id)
    assert "Beds that can take this patient" in english
    assert english.count('data-item tabindex="-1"') == 8
    assert "In the home department" in english
    assert "own patients expected in 24 h" in english
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    chinese = text_of(desk, "desk", request.id)
    assert "可收治床位" in chinese
    assert "在本科室病区" in chinese
    assert "Hold this bed" not in chinese


def test_the_full_home_ward_says_why_it_was_not_possible(network: SmallNetwork, desk: Client) -> None:
    """When the first proposal is elsewhere, the home ward is named with its counts and the rule in words."""
    fill(network)
    page = text_of(desk, "desk", ask(network).id)
    assert "neurology病区" in page.split("Why not the home department?")[1]
    assert "4 of 4 occupied" in page
    assert "Allied department" in page
    assert "Call on day 3 (Thu 5 Mar)" in page


def test_the_name_is_masked_and_the_reading_is_audited(network: SmallNetwork, desk: Client) -> None:
    """The desk shows a masked name; who looked at the request is in the audit trail once, not for each refresh."""
    request = ask(network, name="欧阳建国")
    page = text_of(desk, "desk", request.id)
    assert "欧阳*国" in page
    assert "欧阳建国" not in page
    desk.get(reverse("desk", args=[request.id]), {"part": "path"}, headers={"HX-Request": "true"})
    assert Entry.objects.filter(action="request.read", patient_id=request.patient_id).count() == 1


def test_a_live_update_gets_one_part_only(network: SmallNetwork, desk: Client) -> None:
    """With htmx a part comes alone, again with what it listens to."""
    request = ask(network)
    url = reverse("desk", args=[request.id])
    for part, mark in (
        ("path", "desk-path"),
        ("facts", "desk-facts"),
        ("beds", "desk-beds"),
        ("history", "desk-history"),
    ):
        part_text = desk.get(url, {"part": part}, headers={"HX-Request": "true"}).content.decode()
        assert part_text.strip().endswith((">", "</section>"))
        assert f'id="{mark}"' in part_text
        assert f"request:{request.id}" in part_text
        assert "<html" not in part_text


def test_the_list_listens_to_its_beds_and_to_the_wards_that_were_refused(network: SmallNetwork, desk: Client) -> None:
    """A bed that is taken and a bed that comes free at home both refresh the proposals."""
    fill(network)
    page = text_of(desk, "desk", ask(network).id)
    assert f"capacity:{network.beds['neurosurgery'][0].id}" in page
    assert f"ward:{network.wards['neurology'].id}" in page


def test_who_may_not_place_sees_the_beds_without_buttons(network: SmallNetwork) -> None:
    """A ward nurse looks at the desk but gets no form that holds a bed, and posting one is refused."""
    request = ask(network)
    nurse = signed_in(network.organisation, Role.WARD_NURSE, network.wards["neurology"])
    page = text_of(nurse, "desk", request.id)
    assert reverse("request-hold", args=[request.id]) not in page
    assert "Beds are held by the admission desk" in page
    status, _ = post(nurse, "request-hold", request.id, bed=network.beds["neurology"][0].id)
    assert status == 403
    assert not Booking.objects.exists()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.INTEGRATOR])
def test_who_may_not_ask_for_beds_gets_no_desk(network: SmallNetwork, role: Role) -> None:
    """Managers and integrators are refused: the desk is a patient's record. The board does not lead them there."""
    client, address = signed_in(network.organisation, role), reverse("desk", args=[ask(network).id])
    assert client.get(address).status_code == 403
    rail = {"site": network.site.code}
    assert address not in client.get(reverse("board-waiting"), rail).content.decode()
    coordinator = signed_in(network.organisation, Role.COORDINATOR)
    assert address in coordinator.get(reverse("board-waiting"), rail).content.decode()


def test_another_hospital_sees_and_changes_nothing(network: SmallNetwork) -> None:
    """For a coordinator of another hospital there is no such request; neither hold, cancel nor revise does anything."""
    request = ask(network)
    other = signed_in(small_network().organisation, Role.COORDINATOR)
    assert other.get(reverse("desk", args=[request.id])).status_code == 404
    bed = network.beds["neurology"][0].id
    for name, values in (("request-hold", {"bed": bed}), ("request-cancel", {"reason": "x"}), ("request-revise", {})):
        assert post(other, name, request.id, **values)[0] in (403, 404)
    assert state_of(request.id) is RequestState.WAITING
    assert not Event.objects.filter(request_id=request.id).exists()


def test_the_next_desk_is_that_of_the_most_urgent(network: SmallNetwork, desk: Client) -> None:
    """/desk opens whoever is to be placed next; with nobody waiting it says so."""
    assert "Nobody waits for a bed" in text_of(desk, "desk-list")
    ask(network, at=NOON - hours(2))
    emergency = ask(network, at=NOON, priority="emergency")
    assert desk.get(reverse("desk-list")).headers["Location"] == reverse("desk", args=[emergency.id])


def test_a_planned_admission_has_no_running_clock_yet(network: SmallNetwork, desk: Client, noon: FrozenClock) -> None:
    """The 20-minute clock of a bed wanted for later starts at that time, not with the certificate."""
    request = ask(network, at=NOON, wanted_from=NOON + hours(5), priority="elective")
    assert "The 20-minute clock starts then." in text_of(desk, "desk", request.id)
    noon.advance(hours(5) + timedelta(minutes=7))
    desk.force_login(User.objects.get(pk=desk.session["_auth_user_id"]))  # hours without use end a login
    page = text_of(desk, "desk", request.id)
    assert f'data-since="{(NOON + hours(5)).isoformat()}"' in page


# hold, confirm, give back


def test_hold_confirm_and_slip_are_three_steps(network: SmallNetwork, desk: Client) -> None:
    """Holding shows the countdown and what comes next; confirming tells the ward; then there is a slip."""
    fill(network)
    request = ask(network, name="李建国")
    bed = network.beds["neurosurgery"][1]
    assert desk.get(reverse("slip", args=[request.id])).headers["Location"] == reverse("desk", args=[request.id])
    status, _ = post(desk, "request-hold", request.id, bed=bed.id)
    assert status == 302
    row = Booking.objects.get(request=request)
    assert (row.state, row.capacity_id) == ("held", bed.id)
    page = text_of(desk, "desk", request.id)
    assert "is held until" in page
    assert f'data-until="{(NOON + timedelta(minutes=15)).isoformat()}"' in page
    assert "does the cross-department formalities" in page
    assert post(desk, "booking-confirm", row.id)[0] == 302
    assert OutboxMessage.objects.filter(key=f"incoming:{row.id}").exists()
    assert "neurosurgery病区 is told" in text_of(desk, "desk", request.id)
    slip = text_of(desk, "slip", request.id)
    assert "李建国" in slip
    assert "<svg" in slip
    assert "Bed of another department" in slip
    assert Entry.objects.filter(action="patient.read", patient_id=request.patient_id).count() == 1


def test_somebody_was_quicker_shows_the_sentence_and_fresh_proposals(network: SmallNetwork, desk: Client) -> None:
    """A bed taken a moment ago is refused with 409 on the same page, which proposes others; nothing is changed."""
    request, bed = ask(network), network.beds["neurology"][0]
    assert f'id="offer-{bed.id}"' in text_of(desk, "desk", request.id)
    actions.hold_bed(actor=SYSTEM, request_id=ask(network).id, bed_id=bed.id)
    before = Event.objects.count()
    status, page = post(desk, "request-hold", request.id, bed=bed.id)
    assert status == 409
    assert "This bed is not possible now: Held for somebody else" in page
    assert f'id="offer-{bed.id}"' not in page
    assert 'id="offer-' in page
    assert Event.objects.count() == before
    assert state_of(request.id) is RequestState.WAITING


def test_a_rule_that_holds_by_now_is_told_in_words(network: SmallNetwork, desk: Client) -> None:
    """The room that had nobody has a woman now: the refusal says so for this one bed."""
    first, second = network.beds["neurology"][:2]
    request = ask(network, sex="male")
    woman = ask(network, sex="female")
    actions.hold_bed(actor=SYSTEM, request_id=woman.id, bed_id=first.id)
    status, page = post(desk, "request-hold", request.id, bed=second.id)
    assert status == 409
    assert "Women in the room" in page


def test_a_bed_that_is_none_is_refused(network: SmallNetwork, desk: Client) -> None:
    """A post without a bed names the problem on the page."""
    request = ask(network)
    status, page = post(desk, "request-hold", request.id, bed="nonsense")
    assert status == 422
    assert "Choose one of the listed values." in page
    assert not Booking.objects.exists()


def test_a_bed_given_back_leaves_no_step_done(network: SmallNetwork, desk: Client, noon: FrozenClock) -> None:
    """After a release the patient waits again, the clock runs on, and 'bed chosen' is not ticked any more."""
    request = ask(network)
    row = actions.hold_bed(actor=SYSTEM, request_id=request.id, bed_id=network.beds["neurology"][0].id)
    noon.advance(timedelta(minutes=4))
    assert text_of(desk, "desk", request.id).count('class="step done"') == 2
    assert post(desk, "booking-release", row.id, reason="wrong bed")[0] == 302
    page = text_of(desk, "desk", request.id)
    assert page.count('class="step done"') == 1
    assert "wrong bed" in page
    assert f'data-since="{NOON.isoformat()}"' in page


def test_a_step_that_was_done_already_is_refused(network: SmallNetwork, desk: Client) -> None:
    """Confirming twice, or releasing what is gone, answers 409 on the desk."""
    request = ask(network)
    row = actions.hold_bed(actor=SYSTEM, request_id=request.id, bed_id=network.beds["neurology"][0].id)
    assert post(desk, "booking-confirm", row.id)[0] == 302
    before = Event.objects.count()
    status, page = post(desk, "booking-confirm", row.id)
    assert status == 409
    assert "This step is no longer possible" in page
    assert Event.objects.count() == before


def test_a_patient_who_did_not_come_waits_again(network: SmallNetwork, desk: Client) -> None:
    """No-show of a confirmed bed frees it; the desk proposes beds again."""
    request = ask(network)
    row = actions.hold_bed(actor=SYSTEM, request_id=request.id, bed_id=network.beds["neurology"][0].id)
    actions.confirm_admission(actor=SYSTEM, booking_id=row.id)
    assert post(desk, "booking-no-show", row.id)[0] == 302
    page = text_of(desk, "desk", request.id)
    assert "Beds that can take this patient" in page
    assert "Patient did not come" in page


def test_withdrawing_needs_a_reason(network: SmallNetwork, desk: Client) -> None:
    """Without a reason nothing is changed and the page says so; with one the request is over."""
    request = ask(network)
    status, page = post(desk, "request-cancel", request.id, reason="  ")
    assert status == 422
    assert "Please give a reason; nothing was changed." in page
    assert state_of(request.id) is RequestState.WAITING
    assert post(desk, "request-cancel", request.id, reason="goes home")[0] == 302
    assert "goes home" in text_of(desk, "desk", request.id)
    assert state_of(request.id) is RequestState.CANCELLED


def test_a_lost_reservation_is_told_on_the_desk(network: SmallNetwork, desk: Client, noon: FrozenClock) -> None:
    """When the present patient stays longer, the desk says that the bed is lost and proposes others."""
    until = NOON + hours(2)
    stay = lie(network, network.beds["neurology"][0], ask(network), since=NOON - hours(20), until=until)
    booking.announce_end(booking_id=stay.id, end=until, by=SYSTEM)
    request = ask(network)
    claim = Claim(network.beds["neurology"][0].id, request, until, until + timedelta(days=4))
    booking.hold(claims=[claim], by=SYSTEM, keep=hours(3))
    booking.announce_end(booking_id=stay.id, end=None, by=SYSTEM)
    page = text_of(desk, "desk", request.id)
    assert "The reservation was lost" in page
    assert "Beds that can take this patient" in page


def test_a_forms_address_opened_by_a_link_shows_the_desk(network: SmallNetwork, desk: Client) -> None:
    """After a refusal the browser stands on the form's address; opening it again acts on nothing."""
    request = ask(network)
    row = actions.hold_bed(actor=SYSTEM, request_id=request.id, bed_id=network.beds["neurology"][0].id)
    before = Event.objects.count()
    there = reverse("desk", args=[request.id])
    assert desk.get(reverse("request-hold", args=[request.id])).headers["Location"] == there
    assert desk.get(reverse("booking-release", args=[row.id])).headers["Location"] == there
    assert Event.objects.count() == before


def test_a_stay_that_the_hospitals_system_told_has_a_stopped_clock(network: SmallNetwork, desk: Client) -> None:
    """Without the desk's steps the path ends with the arrival; nothing runs on for ever."""
    request = ask(network, at=NOON - hours(5))
    lie(network, network.beds["neurology"][0], request, since=NOON - hours(4), until=NOON + hours(90))
    page = text_of(desk, "desk", request.id)
    assert 'class="since stopped"' in page
    assert page.count('class="step done"') == 5


def test_a_form_comes_back_to_our_own_pages_only(network: SmallNetwork, desk: Client) -> None:
    """`next` leads back to the page that posted, never to another site."""
    rows = [
        actions.hold_bed(actor=SYSTEM, request_id=ask(network).id, bed_id=bed.id)
        for bed in network.beds["neurology"][:2]
    ]
    url = reverse("booking-release", args=[rows[0].id])
    assert desk.post(url, {"next": "/beds"}).headers["Location"] == "/beds"
    url = reverse("booking-release", args=[rows[1].id])
    away = desk.post(url, {"next": "https://elsewhere.example/"}).headers["Location"]
    assert away == reverse("desk", args=[rows[1].request_id])
