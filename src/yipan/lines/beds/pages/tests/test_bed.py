"""The panel of one bed."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from yipan.base.access import Actor, Role
from yipan.base.audit.models import Entry
from yipan.kernel import clock
from yipan.kernel.ids import new_id
from yipan.lines.beds.pages.bed import actions
from yipan.lines.beds.pages.tests.test_board import person
from yipan.lines.beds.queries.bed import bed_sheet
from yipan.lines.beds.tests.busy import BusyHospital, busy_hospital
from yipan.spine.testing import NOON, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    frozen = clock.FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def hospital() -> BusyHospital:
    return busy_hospital()


def show(client: Client, bed: object, **headers: str) -> str:
    response = client.get(reverse("bed", args=[bed.id]), headers=headers)
    assert response.status_code == 200
    assert "HX-Request" in response["Vary"]
    return response.content.decode()


def test_page_and_panel_are_one_fragment(hospital):
    """htmx gets the panel alone, everybody else the page around the same panel."""
    client = person(hospital.network.organisation)
    page = show(client, hospital.bed(0))
    panel = show(client, hospital.bed(0), **{"hx-request": "true"})
    assert "<html" in page
    assert panel.strip().startswith("<section")
    assert 'id="sheet"' in page


def test_responsibility_is_visible(hospital):
    """An outlier's panel names home department and attending, and says that the bed is another department's."""
    html = show(person(hospital.network.organisation), hospital.bed(0, "neurosurgery"))
    attending = hospital.bookings["away"].request.attending
    assert "Neurology" in html
    assert attending.name_en in html
    assert "other department than the bed" in html
    assert "陈*华" in html


def test_a_name_is_shown_masked_and_the_look_is_written_down(hospital):
    """Looking at a patient in a bed leaves an entry; looking at an empty bed does not."""
    client = person(hospital.network.organisation)
    html = show(client, hospital.bed(0))
    assert "李*国" in html
    assert "李建国" not in html
    assert list(Entry.objects.filter(action="bed.read").values_list("patient_id", flat=True)) == [
        hospital.bookings["man"].patient_id
    ]
    show(client, hospital.bed(3))
    assert Entry.objects.filter(action="bed.read").count() == 1


def test_a_manager_sees_the_bed_not_the_person(hospital):
    """Without the right to see patients there is neither name nor diagnosis, and no entry about a patient."""
    html = show(person(hospital.network.organisation, Role.MANAGER), hospital.bed(0, "neurosurgery"))
    assert "陈" not in html
    assert "脑梗死" not in html
    assert not Entry.objects.filter(action="bed.read").exists()


def test_every_status_has_its_panel(hospital):
    """Free, held, cleaning, closed and promised beds each tell what is next."""
    client = person(hospital.network.organisation)
    texts = {n: re.sub(r"<[^>]+>", " ", show(client, hospital.bed(n), **{"hx-request": "true"})) for n in range(8)}
    assert "Held until" in texts[2]
    assert "Ready at" in texts[4]
    assert "until it is opened again" in texts[6]
    assert "Confirmed" in texts[7]
    assert "announced" in texts[1]


def test_history_speaks(hospital):
    """What happened to the bed stands in words, the newest first."""
    html = show(person(hospital.network.organisation), hospital.bed(1))
    assert html.index("Expected discharge announced") < html.index("Patient arrived")


def test_unknown_and_foreign_beds_are_not_found(hospital):
    """A bed that does not exist and one of another hospital look the same."""
    stranger = person(small_network().organisation)
    assert stranger.get(reverse("bed", args=[hospital.bed(0).id])).status_code == 404
    assert stranger.get(reverse("bed", args=[new_id()])).status_code == 404


def test_only_those_who_may_are_offered_steps(hospital, monkeypatch):
    """A manager may close a free bed and nothing else; a ward nurse of another ward may do nothing here."""
    monkeypatch.setattr("yipan.lines.beds.pages.bed.address", lambda name, *args: f"/{name}")
    network = hospital.network

    def offered(actor: Actor, number: int) -> list[str]:
        sheet = bed_sheet(actor=actor, bed_id=hospital.bed(number).id)
        return [action.url for action in actions(actor, sheet)]

    nurse = network.actor(Role.WARD_NURSE)
    assert offered(nurse, 0) == ["/bed-discharge", "/bed-depart"]
    assert offered(nurse, 2) == ["/bed-arrive"]
    assert offered(nurse, 3) == ["/bed-clean-start"]
    assert offered(nurse, 4) == ["/bed-clean-done"]
    manager = network.actor(Role.MANAGER)
    assert offered(manager, 3) == ["/bed-close"]
    assert offered(manager, 6) == ["/bed-reopen"]
    path = network.organisation.path
    elsewhere = Actor(None, "nurse", ((Role.WARD_NURSE, path, network.wards["neurosurgery"].id),))
    assert offered(elsewhere, 0) == []
