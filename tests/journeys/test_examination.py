"""A doctor orders a scan at another campus, the technician there does it, and the doctor sees it without reloading."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from tests.journeys.hospital import PASSWORD, Hospital, known
from tests.journeys.people import Person, barriers
from yipan.base.access.models import Grant
from yipan.base.access.roles import Role
from yipan.base.network.models import Road, Site
from yipan.base.patients.masks import mask_name
from yipan.lines.exams.models import ExamItem
from yipan.lines.exams.tests.radiology import add_device, add_technician
from yipan.spine.models import Request
from yipan.spine.queries import RequestState, state_of
from yipan.spine.testing import SmallNetwork

pytestmark = pytest.mark.browser

PATIENT = "秦月明"


def other_campus(hospital: Hospital) -> Site:
    """A second campus half an hour away with the only scanner, always open, and the technician "deng"."""
    home = hospital.network
    zone = home.site.time_zone
    site = Site.objects.create(
        code="NORTH", organisation=home.organisation, name="北院区", name_en="North Campus", time_zone=zone
    )
    Road.objects.create(from_site=home.site, to_site=site, minutes=30)
    there = SmallNetwork(home.organisation, site, departments=home.departments)
    item = ExamItem.objects.create(
        code="CT-HEAD", name="头颅CT平扫", name_en="CT head", category="imaging", modality="CT", minutes=10, price=180
    )
    add_device(there, item, hours={})
    add_technician(there, item, hours={})
    user = User.objects.create(username="deng", first_name="deng", password=make_password(PASSWORD))
    Grant.objects.create(user=user, role=Role.TECHNICIAN, organisation=home.organisation)
    return site


def order(doctor: Person, site: Site) -> None:
    """Find the patient, choose the examination, read the offers, book the first."""
    page = doctor.page
    page.goto("/exams/new")
    page.fill("#f-q", PATIENT)
    page.locator("#picks .pick").first.click()
    page.fill("#f-item", "CT-HEAD")
    page.select_option("#f-home", index=1)
    offer = page.locator(".time").first
    offer.wait_for()
    assert site.name in offer.inner_text() or site.name_en in offer.inner_text()
    assert doctor.says("The earliest finish in the network") in offer.inner_text()
    assert barriers(page) == []
    doctor.press("Order and book", offer)
    page.wait_for_url("**/exams/orders/**")
    assert doctor.says("Planned") in page.locator(".panel").first.inner_text()
    assert barriers(page) == []
    doctor.press("Slip for the patient")
    page.locator(".slip").wait_for()
    assert PATIENT in page.locator(".slip").inner_text()
    assert page.locator(".slip svg.qr").count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ordered_here_examined_there(language: str, hospital: Hospital, person: Callable[..., Person]) -> None:
    """The order has its time with one press; the technician on a phone begins and finishes it."""
    hospital.live_where_it_is_morning()
    site = other_campus(hospital)
    known(PATIENT)
    doctor = person(language)
    doctor.log_in("zhang")
    order(doctor, site)
    request = Request.objects.get(line="exams")
    assert state_of(request.pk) == RequestState.CONFIRMED

    technician = person(language, width=390)
    technician.log_in("deng")
    page = technician.page
    page.goto(f"/exams/worklist?site={site.code}")
    card = page.locator("#work-expected .work-card", has_text=mask_name(PATIENT))
    card.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert barriers(page) == []
    technician.press("Begin", card)
    card = page.locator("#work-running .work-card", has_text=mask_name(PATIENT))
    card.wait_for()
    assert state_of(request.pk) == RequestState.ACTIVE
    technician.press("Done", card)
    page.locator("#work-done .work-card", has_text=mask_name(PATIENT)).wait_for()
    assert state_of(request.pk) == RequestState.DONE
