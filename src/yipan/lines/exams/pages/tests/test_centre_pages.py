"""The pages of the keepers of centres and of the catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from yipan.base.access import Role
from yipan.base.access.models import Grant
from yipan.lines.exams.models import Coverage, ItemCode, ReportTemplate
from yipan.lines.exams.pages.reading.centres import _body, _stored
from yipan.lines.exams.policy import centre as policy
from yipan.lines.exams.tests.readers import Room, room

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Room:
    return room()


@pytest.fixture
def manager(here: Room) -> Client:
    user = User.objects.create_user("keeper")
    Grant.objects.create(user=user, role=Role.MANAGER, organisation=here.network.organisation)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def test_saving_an_unchanged_form_changes_nothing(here: Room, manager: Client) -> None:
    """The form of a centre sent back as it stands keeps its rules, word for word."""
    here.centre.policy = {"deadlines": {"ecg": {"emergency": 7}}, "peer_rate": 0.125, "second_items": []}
    here.centre.save()
    form: Any = _stored(here.centre) | {"second_grades": ["resident"]}
    address = f"/reading/centres/{here.centre.pk}"
    page = manager.get(address).content.decode()
    assert 'value="7"' in page
    assert 'value="12.5"' in page
    assert manager.post(address, form).status_code == 302
    here.centre.refresh_from_db()
    assert here.centre.policy == {"deadlines": {"ecg": {"emergency": 7}}, "peer_rate": 0.125}


def test_a_wrong_number_comes_back_with_what_was_typed(here: Room, manager: Client) -> None:
    """The page says what is wrong beside the form and keeps every other field."""
    form: Any = _stored(here.centre) | {"work.CT": "soon", "name_en": "Other name"}
    answer = manager.post(f"/reading/centres/{here.centre.pk}", form)
    assert answer.status_code == 422
    assert "Give whole minutes" in answer.content.decode()
    assert 'value="soon"' in answer.content.decode()
    assert 'value="Other name"' in answer.content.decode()


def test_coverage_readers_and_templates_by_form(here: Room, manager: Client) -> None:
    """Ticks, a new reader's account and a template with fields are saved from their forms."""
    address, site = f"/reading/centres/{here.centre.pk}", here.network.site
    manager.post(f"{address}/coverage", {"shown": str(site.pk), "cover": f"{site.pk} ecg"})
    assert Coverage.objects.get().category == "ecg"
    user = User.objects.create_user("gu", first_name="Gu Huaiyuan")
    Grant.objects.create(user=user, role=Role.READER, organisation=here.network.organisation)
    manager.post(f"{address}/readers", {"user": user.pk, "grade": "senior", "specialties": "chest"})
    assert "Gu Huaiyuan" in manager.get(address).content.decode()
    told = "/reading/templates/" + str(here.items["ecg"].pk)
    lines = "qtc | QTc | | ms\naxis | 电轴 | Axis | | normal=正常=Normal; left=左偏=Left"
    assert manager.post(told, {"impression": "x", "fields": lines}).status_code == 302
    assert [part["key"] for part in ReportTemplate.objects.get().fields] == ["qtc", "axis"]
    assert lines.replace(" | | ms", " |  | ms").replace("| | n", "|  | n") in manager.get(told).content.decode()
    assert manager.post(told, {"fields": "no name"}).status_code == 422


def test_codes_of_an_item_come_and_go(here: Room, manager: Client) -> None:
    """A code of the own organisation is added once and taken away; the same code again is refused in words."""
    address = "/exams/catalogue/" + str(here.items["ecg"].pk)
    form = {"code": "K001", "system": "L", "organisation": str(here.network.organisation.pk)}
    assert manager.post(address, form).status_code == 302
    assert manager.post(address, form).status_code == 422
    row = ItemCode.objects.get()
    assert "K001" in manager.get(address).content.decode()
    assert manager.post(address, {"step": "drop", "known": str(row.pk)}).status_code == 302
    assert not ItemCode.objects.exists()


def test_every_rule_has_its_field(here: Room) -> None:
    """What the form of a usual centre sends is the usual: no rule is missing from it, and none is wrong."""
    from django.http import QueryDict

    given = QueryDict(mutable=True)
    here.centre.policy = {}
    given.update({name: str(value) for name, value in _stored(here.centre).items()})
    given.setlist("second_grades", ["resident"])
    body = _body(given)
    assert policy.problems(body) == {}
    assert policy.own(body) == {}
