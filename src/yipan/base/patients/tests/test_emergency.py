"""The page in front of a record that somebody has no right to."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from yipan.base.access import Role
from yipan.base.access.models import EmergencyAccess
from yipan.base.access.tests.samples import network, person
from yipan.base.audit.models import Entry
from yipan.base.patients.tests.samples import registered

pytestmark = pytest.mark.django_db

REASON = "Collapsed in the clinic, needs her allergies"


@pytest.fixture
def client() -> Client:
    """The browser of a manager, who may not read records."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person("manager", Role.MANAGER, network().north))
    return client


def test_way_through_the_page(client: Client) -> None:
    """Refused, the page offers the emergency; with a reason the record opens, says so, and each reading is told."""
    her = registered("秦月明")
    refused = client.get(f"/patients/{her.pk}")
    assert refused.status_code == 403
    assert "秦月明" not in refused.content.decode()
    assert f"/patients/{her.pk}/emergency" in refused.content.decode()
    assert client.post(f"/patients/{her.pk}/emergency", {"reason": "urgent"}).status_code == 422
    assert client.get(f"/patients/{her.pk}").status_code == 403
    opened = client.post(f"/patients/{her.pk}/emergency", {"reason": REASON})
    assert opened["Location"] == f"/patients/{her.pk}"
    page = client.get(opened["Location"]).content.decode()
    assert "秦月明" in page
    assert REASON in page
    read = Entry.objects.get(action="patient.read")
    assert read.data["emergency"] == str(EmergencyAccess.objects.get().pk)


def test_it_opens_for_reading_and_this_record_only(client: Client) -> None:
    """Neither changing it, nor another record, nor the search comes with it."""
    her, him = registered(), registered("赵敏")
    client.post(f"/patients/{her.pk}/emergency", {"reason": REASON})
    assert client.get(f"/patients/{him.pk}").status_code == 403
    assert client.get(f"/patients/{her.pk}/edit").status_code == 403
    assert client.get("/patients/?q=x").status_code == 403


def test_nothing_tells_whether_a_patient_exists(client: Client) -> None:
    """An unknown record looks the same as one without right, until it is really opened."""
    unknown, known = client.get(f"/patients/{uuid4()}"), client.get(f"/patients/{registered().pk}")
    assert unknown.status_code == known.status_code == 403
    assert client.post(f"/patients/{uuid4()}/emergency", {"reason": REASON}).status_code == 404
    assert not EmergencyAccess.objects.exists()


def test_those_without_any_task_are_not_offered_it() -> None:
    """A person without a role and the privacy officer get the plain refusal, and the form is refused too."""
    net, her = network(), registered()
    for user in (person("nobody"), person("officer", Role.PRIVACY_OFFICER, net.group)):
        client = Client()
        client.force_login(user)
        answer = client.get(f"/patients/{her.pk}")
        assert answer.status_code == 403
        assert "emergency" not in answer.content.decode()
        assert client.post(f"/patients/{her.pk}/emergency", {"reason": REASON}).status_code == 403
    assert not EmergencyAccess.objects.exists()
