"""Records opened in an emergency, and their review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from yipan.base.access import ANONYMOUS, SYSTEM, Role, emergency, limits
from yipan.base.access.models import EmergencyAccess
from yipan.base.access.queries import actor_of
from yipan.base.access.tests.samples import PASSWORD, Net, acting, network, person
from yipan.base.audit.models import Entry
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, Refused, TooOften

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
REASON = "Unconscious in the lobby, no other doctor here"
WHILE = timedelta(minutes=settings.YIPAN_EMERGENCY_MINUTES)


@pytest.fixture
def frozen() -> Iterator[Any]:
    with clock.using(clock.FrozenClock(START)) as still:
        yield still


@pytest.fixture
def net() -> Net:
    return network()


def test_opening_lasts_for_a_while_and_is_told(net: Net, frozen: Any) -> None:
    """An opening has its reason, ends by itself, counts for this record and this person only, and is in the trail."""
    manager, other = acting("manager", Role.MANAGER, net.north), acting("other", Role.MANAGER, net.north)
    patient_id = uuid4()
    opening = emergency.break_glass(actor=manager, patient_id=patient_id, reason=f"  {REASON}\n")
    assert (opening.reason, opening.until) == (REASON, START + WHILE)
    assert emergency.opening_of(manager, patient_id) == opening
    assert emergency.opening_of(manager, uuid4()) is None
    assert emergency.opening_of(other, patient_id) is None
    entry = Entry.objects.get(action="emergency.open")
    assert (entry.patient_id, entry.data["reason"], entry.actor_name) == (patient_id, REASON, "manager 名")
    frozen.advance(WHILE)
    assert emergency.opening_of(manager, patient_id) is None


def test_opening_twice_is_one_opening(net: Net, frozen: Any) -> None:
    """While a record is open, opening it again neither lengthens nor doubles it."""
    manager, patient_id = acting("manager", Role.MANAGER, net.north), uuid4()
    first = emergency.break_glass(actor=manager, patient_id=patient_id, reason=REASON)
    frozen.advance(WHILE / 2)
    assert emergency.break_glass(actor=manager, patient_id=patient_id, reason=REASON) == first
    assert EmergencyAccess.objects.count() == 1


def test_refusals_change_nothing(net: Net, frozen: Any) -> None:
    """No reason, no role, no person, too many: nothing is opened and nothing written."""
    manager = acting("manager", Role.MANAGER, net.north)
    officer = acting("officer", Role.PRIVACY_OFFICER, net.group)
    nobody = actor_of(person("nobody"))
    for reason in ("", "   \n  ", "urgent", " a  b  c "):
        with pytest.raises(InvalidInput, match="reason_too_short"):
            emergency.break_glass(actor=manager, patient_id=uuid4(), reason=reason)
    for who in (officer, nobody, ANONYMOUS):
        with pytest.raises(Refused):
            emergency.break_glass(actor=who, patient_id=uuid4(), reason=REASON)
    with pytest.raises(InvalidInput, match="emergency_needs_person"):
        emergency.break_glass(actor=SYSTEM, patient_id=uuid4(), reason=REASON)
    assert not EmergencyAccess.objects.exists()
    assert not Entry.objects.exists()
    for _ in range(limits.EMERGENCY.most):
        emergency.break_glass(actor=manager, patient_id=uuid4(), reason=REASON)
    with pytest.raises(TooOften):
        emergency.break_glass(actor=manager, patient_id=uuid4(), reason=REASON)
    assert EmergencyAccess.objects.count() == Entry.objects.count() == limits.EMERGENCY.most


def test_review_by_another(net: Net, frozen: Any) -> None:
    """The officer reviews once; nobody else may, and nobody reviews an opening of their own, not even in the table."""
    manager, officer = acting("manager", Role.MANAGER, net.north), acting("officer", Role.PRIVACY_OFFICER, net.group)
    opening = emergency.break_glass(actor=manager, patient_id=uuid4(), reason=REASON)
    assert (emergency.waiting(officer), emergency.waiting(manager)) == (1, 0)
    with pytest.raises(Refused):
        emergency.review(actor=manager, opening_id=opening.pk, justified=True)
    opening.refresh_from_db()
    assert opening.reviewed_at is None
    done = emergency.review(actor=officer, opening_id=opening.pk, justified=False, note=" asked her ")
    assert (done.reviewed_at, done.reviewed_by_id, done.justified, done.note) == (
        START,
        officer.user_id,
        False,
        "asked her",
    )
    assert emergency.waiting(officer) == 0
    with pytest.raises(Conflict, match="emergency_reviewed"):
        emergency.review(actor=officer, opening_id=opening.pk, justified=True)
    with pytest.raises(IntegrityError, match="emergency_reviewed_by_another"), transaction.atomic():
        EmergencyAccess.objects.update(reviewed_by=manager.user_id)
    assert Entry.objects.get(action="emergency.review").data == {"justified": False, "note": "asked her"}


def test_somebody_with_both_roles_does_not_review_the_own_opening(net: Net, frozen: Any) -> None:
    """An officer who is also a manager leaves the own opening to somebody else."""
    user = person("both", Role.MANAGER, net.north)
    user.grants.create(role=Role.PRIVACY_OFFICER, organisation=net.group)
    both = actor_of(user)
    opening = emergency.break_glass(actor=both, patient_id=uuid4(), reason=REASON)
    assert emergency.waiting(both) == 0
    with pytest.raises(Conflict, match="emergency_own"):
        emergency.review(actor=both, opening_id=opening.pk, justified=True)
    opening.refresh_from_db()
    assert opening.reviewed_at is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_officer_is_told_and_reviews_on_the_page(net: Net, language: str) -> None:
    """Every page of the officer shows how many wait; the list has who, why and the button; others see no list."""
    manager = acting("manager", Role.MANAGER, net.north)
    opening = emergency.break_glass(actor=manager, patient_id=uuid4(), reason=REASON)
    client = Client(headers={"accept-language": language})
    client.force_login(person("officer", Role.PRIVACY_OFFICER, net.group))
    assert 'class="count"' in client.get("/password").content.decode()
    page = client.get("/emergencies?show=waiting").content.decode()
    assert REASON in page
    assert "manager 名" in page
    address = f"/emergencies/{opening.pk}/review"
    assert address in page
    assert client.post(address, {"justified": "1", "note": "fine"}).status_code == 302
    assert client.post(address, {"justified": "1"}).status_code == 409
    assert 'class="count" aria' not in client.get("/password").content.decode()
    other = Client()
    other.force_login(person("admin", Role.ADMINISTRATOR, net.group))
    assert other.get("/emergencies").status_code == other.post(address).status_code == 403


def test_officer_begins_at_the_list(net: Net) -> None:
    """The start page is about beds, which is not the officer's task."""
    person("officer", Role.PRIVACY_OFFICER, net.group)
    login = {"username": "officer", "password": PASSWORD}
    assert Client().post("/login", login | {"next": "/"})["Location"] == "/emergencies"
    assert Client().post("/login", login | {"next": "/audit"})["Location"] == "/audit"
