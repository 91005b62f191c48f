"""What each role sees of a person on every page, and what a display in the corridor shows."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from yipan.base.access import Role, matrix
from yipan.base.patients.disclosure import TABLE, Item, Screen, Shown, name_on
from yipan.base.patients.models import Identifier, Patient
from yipan.kernel import clock
from yipan.lines.beds.pages.tests.test_board import person
from yipan.lines.beds.tests.busy import BusyHospital, busy_hospital
from yipan.spine.testing import NOON

pytestmark = pytest.mark.django_db

NAMES = {"李建国": "李*国", "王小梅": "王*梅", "陈丽华": "陈*华"}
PHONE, NUMBER = "13987650001", "330782196203120114"
KNOWING = {Role.COORDINATOR, Role.WARD_NURSE, Role.DOCTOR, Role.DISPATCHER}
PEOPLE = [role for role in Role if role is not Role.INTERFACE]
ON_THE_BOARD = [role for role in PEOPLE if role in matrix.roles_of("beds.view")]


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)):
        yield


@pytest.fixture
def hospital() -> BusyHospital:
    """The busy hospital, whose people have phone and card numbers."""
    made = busy_hospital()
    for n, patient in enumerate(Patient.objects.filter(name__in=NAMES)):
        patient.phone, patient.address = PHONE, "大桥路 1 号"
        patient.save()
        Identifier.objects.create(patient=patient, system=f"GB{n}", value=NUMBER, type="NI", created_at=NOON)
    return made


def walk(client: Client, hospital: BusyHospital) -> dict[str, str]:
    """Every list that this person may open, by its address."""
    ward, site = hospital.network.wards["neurology"].pk, hospital.network.site.code
    request = hospital.bookings["away"].request_id
    bed = hospital.bed(0).pk
    paths = [
        "/",
        f"/beds?site={site}",
        f"/beds/waiting?site={site}",
        f"/beds/cells?ids={ward}",
        f"/beds/bed/{bed}",
        "/waiting",
        "/waiting/repatriation",
        f"/wards/{ward}",
        f"/wards/{ward}?print",
        f"/wards/{ward}/wall",
        f"/desk/{request}",
        "/rounds",
        "/calls",
        "/figures",
        "/figures/stays?which=admissions",
        "/messages",
        "/audit",
    ]
    pages = {}
    for path in paths:
        answer = client.get(path, follow=True)
        assert answer.status_code in (200, 403, 404), path
        if answer.status_code == 200:
            pages[path] = html.unescape(answer.content.decode())
    for path in ("/search", "/patients/"):
        answer = client.post(path, {"q": "李建"})
        if answer.status_code == 200:
            pages[path] = html.unescape(answer.content.decode()).replace("For example 李建国", "")
    return pages


@pytest.mark.parametrize("role", ON_THE_BOARD)
def test_no_list_shows_a_whole_name_or_number(hospital: BusyHospital, role: Role) -> None:
    """Whoever looks: no page but a record shows a whole name, card number, phone number or address."""
    pages = walk(person(hospital.network.organisation, role), hospital)
    assert len(pages) >= 8
    secrets = (*NAMES, PHONE, NUMBER, "大桥路")
    assert [(path, s) for path, page in pages.items() for s in secrets if s in page] == []


@pytest.mark.parametrize("role", [role for role in PEOPLE if role not in KNOWING])
def test_who_does_not_know_patients_sees_no_name_and_no_illness(hospital: BusyHospital, role: Role) -> None:
    """Managers, administrators and integrators see neither masked names nor diagnoses."""
    pages = walk(person(hospital.network.organisation, role), hospital)
    hints = (*NAMES.values(), "李**", "脑梗死")
    assert [(path, hint) for path, page in pages.items() for hint in hints if hint in page] == []


def test_who_knows_patients_sees_masked_names(hospital: BusyHospital) -> None:
    """The walk above would notice a name: to a coordinator the same pages show masked ones."""
    pages = walk(person(hospital.network.organisation), hospital)
    named = [path for path, page in pages.items() if any(masked in page for masked in NAMES.values())]
    assert len(named) >= 5


@pytest.mark.parametrize("role", ON_THE_BOARD)
def test_wall_shows_beds_and_hardly_anybody(hospital: BusyHospital, role: Role) -> None:
    """A display shows bed, state and at most a surname with stars; nothing to press, no diagnosis, sex or age."""
    ward = hospital.network.wards["neurology"]
    client = person(hospital.network.organisation, role)
    page = client.get(reverse("ward-wall", args=[ward.pk])).content.decode()
    assert ("李**" in page) is (role in KNOWING)
    body = page[page.index("<main") :]
    assert not re.findall(r"<(form|button|a|input)\b", body)
    told = re.sub(r"<[^>]+>", " ", body)
    for secret in (*NAMES, *NAMES.values(), "脑梗死", "Male", "Critical", "Outlier", PHONE):
        assert secret not in told
    beds = re.findall(r'<li class="wall-bed (\w+)"><b>', page)
    assert sorted(beds) == sorted(["occupied", "occupied", "held", "free", "cleaning", "free", "closed", "free"])
    part = client.get(reverse("ward-wall", args=[ward.pk]), headers={"hx-request": "true"}).content.decode()
    assert part.strip().startswith("{#") is False
    assert '<section id="wall"' in part
    assert "<html" not in part


def test_table_is_whole_and_never_opens_more_to_strangers() -> None:
    """Every screen says something of every item for both kinds of reader, and who knows nobody never sees more."""
    order = [Shown.HIDDEN, Shown.MASKED, Shown.WHOLE]
    for screen in Screen:
        for item in Item:
            stranger, knowing = TABLE[screen, False][item], TABLE[screen, True][item]
            assert order.index(stranger) <= order.index(knowing)
        assert TABLE[Screen.WALL, True][Item.DIAGNOSIS] is Shown.HIDDEN
    assert [name_on("李建国", True, s) for s in Screen] == ["李建国", "李*国", "李**"]
    assert [name_on("李建国", False, s) for s in Screen] == ["", "", ""]
