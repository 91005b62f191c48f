"""The pages of what counts as critical, and of heads of departments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from yipan.base.access import Role
from yipan.base.access.models import Grant
from yipan.lines.exams.models import CriticalFinding, CriticalRule, DepartmentHead
from yipan.lines.exams.tests.readers import Room, room
from yipan.spine.testing import practitioner, small_network

pytestmark = pytest.mark.django_db

LIMIT = {"loinc": "2823-3", "name": "血钾", "name_en": "Potassium", "unit": "mmol/l", "low": "２.5", "high": "6.5"}


@pytest.fixture
def here() -> Room:
    return room()


@pytest.fixture
def browser(here: Room) -> Callable[[Role], Client]:
    def open_as(role: Role) -> Client:
        user = User.objects.create_user(f"keeper-{role}")
        Grant.objects.create(user=user, role=role, organisation=here.network.organisation)
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    return open_as


def test_a_limit_by_form(browser: Callable[[Role], Client]) -> None:
    """A manager adds a limit, is told what is wrong beside the form, changes it and takes it out of use."""
    manager = browser(Role.MANAGER)
    assert "No limit yet" in manager.get("/critical/limits").content.decode()
    answer = manager.post("/critical/limits/new", {**LIMIT, "low": "seven", "name_en": "Typed"})
    assert answer.status_code == 422
    assert "Write a number such as 2.5." in answer.content.decode()
    assert 'value="seven"' in answer.content.decode()
    assert 'value="Typed"' in answer.content.decode()
    for odd in ("2_5", "1,000", "nan", "1e99"):
        assert manager.post("/critical/limits/new", {**LIMIT, "low": odd}).status_code == 422
    assert manager.post("/critical/limits/new", {**LIMIT, "unit": "mmol/L{" + "x" * 30 + "}"}).status_code == 422
    assert manager.post("/critical/limits/new", LIMIT).status_code == 302
    row = CriticalRule.objects.get()
    assert (row.low, row.high, row.unit, row.in_use) == (2.5, 6.5, "mmol/L", True)
    page = manager.get("/critical/limits").content.decode()
    assert "Potassium" in page
    form = manager.get(f"/critical/limits/{row.pk}").content.decode()
    assert 'value="2.5"' in form
    assert manager.post(f"/critical/limits/{row.pk}", {**LIMIT, "high": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.high, row.in_use) == (None, False)
    assert "Out of use" in manager.get("/critical/limits").content.decode()


def test_a_finding_by_form(here: Room, browser: Callable[[Role], Client]) -> None:
    """A finding is added and changed by its form; a taken code comes back with its sentence."""
    manager = browser(Role.MANAGER)
    told = {"code": "stemi", "category": "ecg", "name": "急性心梗"}
    assert manager.post("/critical/findings/new", {**told, "code": "pneumothorax"}).status_code == 422
    assert manager.post("/critical/findings/new", told).status_code == 302
    row = CriticalFinding.objects.get(code="stemi")
    assert (
        manager.post(f"/critical/findings/{row.pk}", {**told, "name": "急性心肌梗死", "in_use": "1"}).status_code == 302
    )
    row.refresh_from_db()
    assert (row.name, row.in_use) == ("急性心肌梗死", True)
    assert manager.get(f"/critical/findings/{row.pk}").status_code == 200


def test_a_head_is_looked_for_and_chosen(here: Room, browser: Callable[[Role], Client]) -> None:
    """The list shows who has none; somebody of another department is found by name, named, and taken away again."""
    manager, home = browser(Role.MANAGER), here.network.departments["neurology"]
    other = next(d for d in here.network.departments.values() if d != home)
    near, far = practitioner(home), practitioner(other)
    for person, name in ((near, "近处"), (far, "远处")):
        person.name, person.name_en = name, ""
        person.save()
    assert home.label in manager.get("/critical/heads?list=without").content.decode()
    address = f"/critical/heads/{home.pk}"
    page = manager.get(address).content.decode()
    assert "近处" in page
    assert "远处" not in page
    assert "远处" in manager.get(address + "?q=远").content.decode()
    assert manager.post(address, {"practitioner": str(far.pk)}).status_code == 302
    assert DepartmentHead.objects.get().practitioner == far
    assert "远处" in manager.get("/critical/heads").content.decode()
    assert manager.post(address, {"practitioner": "nobody"}).status_code == 422
    assert manager.post(address, {"step": "nobody"}).status_code == 302
    assert not DepartmentHead.objects.exists()


def test_others_look_and_are_led_nowhere_closed(browser: Callable[[Role], Client]) -> None:
    """Somebody who keeps nothing sees what counts, without a link to a form or to heads; the forms refuse them, and so
    does a network of which one keeps a part only."""
    nurse = browser(Role.WARD_NURSE)
    page = nurse.get("/critical/limits").content.decode()
    assert "/critical/limits/new" not in page
    assert "/critical/heads" not in page
    assert "/critical/limits" in nurse.get("/critical").content.decode()
    small_network()
    manager = browser(Role.MANAGER)
    page = manager.get("/critical/limits").content.decode()
    assert "/critical/limits/new" not in page
    assert "/critical/heads" in page
    for client in (nurse, manager):
        assert client.get("/critical/limits/new").status_code == 403
        assert client.post("/critical/limits/new", LIMIT).status_code == 403
    assert not CriticalRule.objects.exists()
