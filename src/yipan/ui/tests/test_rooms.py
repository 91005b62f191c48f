"""The base rooms are found by those who may enter them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from yipan.base.access import Actor, Role
from yipan.base.patients import queries
from yipan.ui import navigation, rooms


def request_of(*roles: Role) -> HttpRequest:
    request: Any = RequestFactory().get("/patients/")
    request.actor = Actor(user_id=1, name="x", grants=tuple((role, "0001.", None) for role in roles))
    return request  # type: ignore[no-any-return]


def labels(*roles: Role) -> set[str]:
    return {link.item.name_url for link in navigation.links(request_of(*roles)).every}


@pytest.mark.django_db
def test_everybody_sees_what_their_role_may_open() -> None:
    """An administrator manages users and reads no patients; a nurse the other way round."""
    assert {"users", "audit", "network:home"} <= labels(Role.ADMINISTRATOR)
    assert "patients" not in labels(Role.ADMINISTRATOR)
    assert "patients" in labels(Role.WARD_NURSE)
    assert not {"users", "audit"} & labels(Role.WARD_NURSE)


def test_search_asks_nothing_for_roles_that_may_not_see_patients(monkeypatch: pytest.MonkeyPatch) -> None:
    """A manager's search does not touch the patients at all."""
    monkeypatch.setattr(queries, "search", lambda *_, **__: pytest.fail("patients were read"))
    assert list(rooms.find_patients(request_of(Role.MANAGER), "李")) == []


@pytest.mark.usefixtures("english")
def test_hits_are_masked_and_lead_to_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the query gives, masked, is shown with sex and age, and links to the record."""
    found = SimpleNamespace(
        id="018f0000-0000-7000-8000-000000000001", name="李*国", sex_label="male", birth_date=None, national_id="110***"
    )
    monkeypatch.setattr(queries, "search", lambda *_, **__: [found])
    (hit,) = rooms.find_patients(request_of(Role.DOCTOR), "李")
    assert (hit.label, hit.detail) == ("李*国", "male · – · 110***")
    assert hit.url.endswith("/patients/018f0000-0000-7000-8000-000000000001")
