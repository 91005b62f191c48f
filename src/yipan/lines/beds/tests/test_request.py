"""Asking for a bed at the desk: the patient found or registered, every error beside its field, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yipan.base.access import SYSTEM, Role
from yipan.base.patients import actions as patients
from yipan.base.patients.idcard import check_digit
from yipan.base.patients.matching import NATIONAL_ID
from yipan.base.patients.models import Identifier, Patient
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds import actions
from yipan.lines.beds.tests.busy import ask
from yipan.lines.beds.tests.people import signed_in
from yipan.spine.models import Event, Request
from yipan.spine.testing import NOON, SmallNetwork, hours, practitioner, small_network

pytestmark = pytest.mark.django_db

CARD = "11010119600501123"
NUMBER = CARD + check_digit(CARD)
"""A man born on 1 May 1960."""


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


def known(name: str = "李建国", number: str = "", phone: str = "") -> Patient:
    """A patient who is in the register."""
    identifiers = [(NATIONAL_ID, number, "NI")] if number else []
    return patients.register(actor=SYSTEM, name=name, sex="male", identifiers=identifiers, phone=phone)


def filled(network: SmallNetwork, **changes: Any) -> dict[str, Any]:
    """The form as a person fills it in for a patient of neurology."""
    home = network.departments["neurology"]
    values = {
        "home": f"{home.label} · {network.site.label}",
        "priority": "urgent",
        "origin": "clinic",
        "diagnosis_code": "I63.9",
        "severity": "general",
        "nursing_level": "2",
        "isolation": "none",
        "level_of_care": "general",
        "expected_days": "8",
        "equipment": ["oxygen"],
    }
    return values | changes


def send(client: Client, values: dict[str, Any]) -> tuple[int, str]:
    response = client.post(reverse("desk-new"), values)
    return response.status_code, response.headers.get("Location", "") or response.content.decode()


def test_a_known_patient_leads_to_the_desk_of_the_request(network: SmallNetwork, desk: Client) -> None:
    """What was typed is what the request holds; the next page is its desk with the proposals."""
    doctor = practitioner(network.departments["neurology"])
    who = known()
    values = filled(network, patient=who.id, attending=doctor.name, home_minutes="150", certificate_no="ZY1")
    status, there = send(desk, values)
    made = Request.objects.get(patient=who)
    assert (status, there) == (302, reverse("desk", args=[made.id]))
    facts = made.admission
    assert made.attending_id == doctor.pk
    assert (facts.diagnosis_code, facts.diagnosis, facts.oxygen, facts.monitor) == ("I63.9", "脑梗死", True, False)
    assert (float(facts.expected_days), facts.home_minutes, facts.certificate_no) == (8.0, 150, "ZY1")
    assert (facts.sex, facts.certificate_at) == ("male", NOON)


def test_somebody_new_is_registered_with_the_request(network: SmallNetwork, desk: Client) -> None:
    """The card number fills sex and birth date, so that the request knows them too."""
    status, _ = send(desk, filled(network, patient="new", name="王小梅", id_number=NUMBER, phone="13812345678"))
    assert status == 302
    who = Patient.objects.get(name="王小梅")
    assert (who.sex, who.birth_date.isoformat()) == ("male", "1960-05-01")
    assert Identifier.objects.get(patient=who).value == NUMBER
    assert Request.objects.get(patient=who).admission.age_years == 65


def test_every_wrong_field_is_named_and_everything_typed_stays(network: SmallNetwork, desk: Client) -> None:
    """All errors come at once, each beside its field and in the summary; nobody is registered."""
    values = filled(
        network,
        patient="new",
        name="王小梅",
        id_number="110101196005011239",
        home="nowhere",
        diagnosis_code="???",
        expected_days="soon",
        wanted_from="tomorrow",
        note="needs an interpreter",
        equipment=["monitor"],
    )
    status, page = send(desk, values)
    assert status == 422
    for field in ("id_number", "home", "diagnosis_code", "expected_days", "wanted_from"):
        assert f'id="f-{field}-error"' in page, field
        assert f'href="#f-{field}"' in page, field
    for typed in ("王小梅", "needs an interpreter", 'value="nowhere"', 'value="soon"', 'value="tomorrow"'):
        assert typed in page, typed
    assert 'value="monitor" checked' in page
    assert 'value="new" checked' in page
    assert not Patient.objects.exists()
    assert not Request.objects.exists()


def test_without_a_patient_nothing_is_asked_for(network: SmallNetwork, desk: Client) -> None:
    """A form without a patient comes back with the sentence."""
    status, page = send(desk, filled(network))
    assert status == 422
    assert "Choose a patient, or register a new one." in page
    assert not Request.objects.exists()


def test_a_likely_namesake_is_shown_first(network: SmallNetwork, desk: Client) -> None:
    """Somebody with the same number is offered before a second record could be made; saying no registers anew."""
    same = known("王小明", phone="13812345678")
    values = filled(network, patient="new", name="王小明", phone="13812345678")
    status, page = send(desk, values)
    assert status == 422
    assert f'value="{same.id}"' in page
    assert "Is it one of these people?" in page
    assert Patient.objects.count() == 1
    status, _ = send(desk, values | {"seen": "1"})
    assert status == 302
    assert Patient.objects.count() == 2


def test_the_same_card_number_is_the_same_person(network: SmallNetwork, desk: Client) -> None:
    """A number that is known already leads to that record, whatever is said about namesakes."""
    same = known("李建国", number=NUMBER)
    status, _ = send(desk, filled(network, patient="new", name="李建国", id_number=NUMBER, seen="1"))
    assert status == 302
    assert Request.objects.get().patient_id == same.id


def test_a_second_open_request_leads_to_the_first(network: SmallNetwork, desk: Client) -> None:
    """A patient who waits already is not asked for twice; the page links to the request that there is."""
    first = ask(network)
    status, page = send(desk, filled(network, patient=first.patient_id))
    assert status == 422
    assert "already has an open request" in page
    assert reverse("desk", args=[first.id]) in page
    assert Request.objects.count() == 1


def test_a_patient_is_not_registered_when_the_request_fails(network: SmallNetwork, desk: Client) -> None:
    """Registering and asking happen together or not at all."""
    status, _ = send(desk, filled(network, patient="new", name="王小梅", phone="123"))
    assert status == 422
    assert not Patient.objects.exists()
    assert not Event.objects.exists()


def test_the_search_works_without_a_script(network: SmallNetwork, desk: Client) -> None:
    """The find button lists people, masked, and keeps what is typed elsewhere; pinyin finds characters."""
    who = known("欧阳建国")
    status, page = send(desk, filled(network, step="find", q="ouyang", note="keeps this"))
    assert status == 200
    assert f'value="{who.id}"' in page
    assert "欧阳*国" in page
    assert "欧阳建国" not in page
    assert "keeps this" in page


def test_enter_in_the_search_only_searches(network: SmallNetwork, desk: Client) -> None:
    """A form sent with words to search but nobody chosen shows whom it found instead of asking for a bed."""
    who = known()
    status, page = send(desk, filled(network, q="jianguo", step="save"))
    assert status == 422
    assert f'value="{who.id}"' in page
    assert "Choose the patient from the list." in page
    assert not Request.objects.exists()


def test_the_list_says_who_has_a_request_already(network: SmallNetwork, desk: Client) -> None:
    """While typing, a patient who waits is marked and linked to the desk."""
    patient = known()
    request = Request.objects.create(
        line="beds",
        patient=patient,
        site=network.site,
        home_department=network.departments["neurology"],
        wanted_from=NOON,
        created_at=NOON,
        created_by="tester",
    )
    page = desk.post(reverse("desk-patients"), {"q": "李建国"}).content.decode()
    assert "waits for a bed" in page
    assert reverse("desk", args=[request.id]) in page


@pytest.mark.parametrize(
    ("typed", "fits"),
    [("neurology · 院区", True), ("neuro", False), ("NEUROLOGY", True), ("", False), ("psychiatry", False)],
)
def test_departments_are_understood_as_they_are_typed(
    network: SmallNetwork, desk: Client, typed: str, fits: bool
) -> None:
    """Words that fit one department are enough; several or none are told apart."""
    status, page = send(desk, filled(network, patient=known().id, home=typed))
    assert (status == 302) is fits
    if typed == "neuro":
        assert "Several departments fit" in page


def test_a_department_of_another_hospital_is_not_offered(network: SmallNetwork, desk: Client) -> None:
    """The list ends at the coordinator's organisations, and so does what the form accepts."""
    other = small_network()
    home = other.departments["neurology"]
    page = desk.get(reverse("desk-new")).content.decode()
    assert network.departments["neurology"].code in page
    assert home.code not in page
    status, page = send(desk, filled(network, patient=known().id, home=home.code))
    assert status == 422
    assert not Request.objects.exists()


def test_the_attending_is_one_of_the_department(network: SmallNetwork, desk: Client) -> None:
    """A doctor of another department is refused with a sentence; leaving it open is allowed."""
    other = practitioner(network.departments["neurosurgery"])
    who = known()
    status, page = send(desk, filled(network, patient=who.id, attending=other.name))
    assert status == 422
    assert "The department has no doctor of this name." in page
    assert send(desk, filled(network, patient=who.id))[0] == 302


def test_suggestions_speak_the_readers_language(network: SmallNetwork, desk: Client) -> None:
    """Diagnoses are found by code and by name in either language and shown in the reader's."""
    english = desk.get(reverse("desk-diagnoses"), {"q": "脑梗死"}).content.decode()
    assert '<option value="I63.9">Cerebral infarction</option>' in english
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    assert "脑梗死" in desk.get(reverse("desk-diagnoses"), {"q": "I63"}).content.decode()


def test_the_name_of_a_diagnosis_does_for_its_code(network: SmallNetwork, desk: Client) -> None:
    """Typing 脑梗死 where the code belongs stores I63.9."""
    assert send(desk, filled(network, patient=known().id, diagnosis_code="脑梗死"))[0] == 302
    assert Request.objects.get().admission.diagnosis_code == "I63.9"


def test_doctors_follow_the_department(network: SmallNetwork, desk: Client) -> None:
    """The list of attendings is that of the department which was chosen."""
    mine, other = (practitioner(network.departments[name]) for name in ("neurology", "neurosurgery"))
    home = network.departments["neurology"]
    page = desk.get(reverse("desk-doctors"), {"home": home.code}).content.decode()
    assert mine.code in page
    assert other.code not in page


def test_a_time_is_read_in_the_zone_of_the_site(network: SmallNetwork, desk: Client) -> None:
    """20:00 in Shanghai is noon in UTC."""
    send(desk, filled(network, patient=known().id, priority="elective", wanted_from="2026-03-03T20:00"))
    assert Request.objects.get().wanted_from == NOON + hours(32)


def test_a_manager_cannot_ask_for_a_bed(network: SmallNetwork) -> None:
    """The form is for coordinators, doctors and nurses."""
    manager = signed_in(network.organisation, Role.MANAGER)
    assert manager.get(reverse("desk-new")).status_code == 403
    assert manager.post(reverse("desk-patients"), {"q": "li"}).status_code == 403
    assert send(manager, filled(network, patient=known().id))[0] == 403
    assert not Request.objects.exists()


def test_a_doctor_asks_for_a_bed(network: SmallNetwork) -> None:
    """Doctors ask; the desk places."""
    doctor = signed_in(network.organisation, Role.DOCTOR)
    status, there = send(doctor, filled(network, patient=known().id))
    assert status == 302
    page = doctor.get(there).content.decode()
    assert "Beds are held by the admission desk" in page


def test_the_patients_page_lists_admissions_and_leads_to_the_desk(network: SmallNetwork, desk: Client) -> None:
    """Every request with its state stands on the patient's page; without an open one a new one can be asked for."""
    request = ask(network)
    page = desk.get(reverse("patient", args=[request.patient_id])).content.decode()
    assert reverse("desk", args=[request.id]) in page
    assert "New request for a bed" not in page
    actions.cancel_request(actor=SYSTEM, request_id=request.id, reason="went home")
    page = desk.get(reverse("patient", args=[request.patient_id])).content.decode()
    assert "went home" in page
    assert f"{reverse('desk-new')}?patient={request.patient_id}" in page


def test_the_patients_page_keeps_other_hospitals_admissions_to_themselves(network: SmallNetwork, desk: Client) -> None:
    """An admission at a hospital outside the reader's organisations is not listed."""
    request = ask(small_network())
    page = desk.get(reverse("patient", args=[request.patient_id])).content.decode()
    assert reverse("desk", args=[request.id]) not in page
    assert "No request for a bed yet." in page
