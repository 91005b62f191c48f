"""The page of an order, and its slip: who may know whom it is for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from yipan.base.access import Role
from yipan.base.audit.models import Entry
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.exams.tests.one_scanner import Radiology, radiology
from yipan.spine.testing import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> Iterator[Radiology]:
    with clock.using(FrozenClock(NOON)):
        yield radiology()


@pytest.mark.parametrize(
    ("role", "knows", "prints"),
    [
        (Role.TECHNICIAN, True, True),
        (Role.WARD_NURSE, True, True),
        (Role.DISPATCHER, True, False),
        (Role.READER, False, False),
        (Role.MANAGER, False, False),
    ],
)
def test_whoever_examines_knows_whom(clinic: Radiology, role: Role, knows: bool, prints: bool) -> None:
    """The name stands on the page, audited, for those who find patients and who examine this one; others see the rest.
    Only those who care for or examine the patient print the slip."""
    order = clinic.order(clinic.patient())
    name = order.request.patient.name
    person = Client(headers={"accept-language": "en"})
    person.force_login(clinic.user("somebody", role))
    shown = person.get(reverse("exam-order", args=[order.pk]))
    assert shown.status_code == 200
    assert (name in shown.content.decode()) is knows
    read = Entry.objects.filter(action="patient.read", patient_id=order.request.patient_id)
    assert read.exists() is knows
    slip = person.get(reverse("exam-slip", args=[order.pk]))
    assert slip.status_code == (200 if prints else 403)
    assert (name in slip.content.decode()) is prints


@pytest.mark.parametrize(("role", "orders"), [(Role.DOCTOR, True), (Role.TECHNICIAN, False), (Role.MANAGER, False)])
def test_no_tab_leads_to_a_refusal(clinic: Radiology, role: Role, orders: bool) -> None:
    """The tab of the orders stands where the page may be opened."""
    person = Client(headers={"accept-language": "en"})
    person.force_login(clinic.user("somebody", role))
    shown = person.get(reverse("exam-devices")).content.decode()
    assert (f'href="{reverse("exam-orders")}"' in shown.partition("<main")[2]) is orders
    assert (person.get(reverse("exam-orders")).status_code == 200) is orders
