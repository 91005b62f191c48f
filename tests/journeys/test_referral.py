"""A village doctor refers a stroke patient, in two browsers and two languages: reserved, received, sent back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import User

from tests.journeys.hospital import Hospital
from tests.journeys.people import Person, barriers
from yipan.base.access import SYSTEM
from yipan.base.access.models import Grant
from yipan.base.network.models import Department, Organisation, Site
from yipan.lines.referrals import actions
from yipan.lines.referrals.actions.agreeing import Terms
from yipan.lines.referrals.models import Referral
from yipan.spine.models import Booking
from yipan.spine.states import State

pytestmark = pytest.mark.browser

NAMES = {"zh-hans": "高长顺", "en": "Amina Diallo"}


def village(hospital: Hospital) -> User:
    """A clinic with a doctor, and an agreement that lets it reserve in the hospital."""
    here = hospital.network.organisation
    clinic = Organisation(code=f"{here.code}V", name="青山村卫生室", name_en="Qingshan Village", kind="village_clinic")
    clinic.save()
    site = Site.objects.create(code=f"{here.code}VS", organisation=clinic, name=clinic.name, name_en=clinic.name_en)
    specialty = hospital.network.departments["neurology"].specialty
    Department.objects.create(code=f"{here.code}VD", site=site, specialty=specialty, name="全科", name_en="Practice")
    user = User.objects.create(username="village", first_name="村医")
    Grant.objects.create(user=user, role="doctor", organisation=clinic)
    actions.save_agreement(actor=SYSTEM, terms=Terms(clinic.code, here.code, date(2020, 1, 1), direct=True))
    return user


def write(doctor: Person, name: str, department: Department) -> None:
    """The form on a phone: somebody new, stroke, a bed; then what can be had."""
    page = doctor.page
    page.check("input[name=patient][value=new]")
    page.fill("#f-name", name)
    page.select_option("#f-to", str(department.pk))
    page.locator("label", has_text=doctor.says("Stroke")).first.click()
    page.locator("label", has_text=doctor.says("Emergency")).first.click()
    page.fill("#f-diagnosis_code", "I63.9")
    page.fill("#f-reason", "右侧肢体无力 1 小时")
    page.check("input[name=need][value=beds]")
    assert barriers(page) == []
    doctor.press("Show what can be reserved")
    page.locator("#places .pick").first.wait_for()
    assert barriers(page) == []
    doctor.press("Reserve all and send")
    page.locator("#parts li").first.wait_for()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_up_with_a_bed_and_back_with_a_plan(language: str, hospital: Hospital, person: Callable[..., Person]) -> None:
    """One press reserves and sends; the other side sees it without reloading, takes the patient, and sends a plan."""
    hospital.live_where_it_is_morning()
    village(hospital)
    desk = person(language)
    desk.come_as("zhou", "/referrals?box=in")
    desk.is_live()
    desk.mark()
    doctor = person(language, width=390)
    doctor.come_as("village", "/referrals/new")
    write(doctor, NAMES[language], hospital.network.departments["neurosurgery"])
    found = Referral.objects.get()
    assert Booking.objects.filter(request__parent=found.request, state=State.CONFIRMED).count() == 1
    row = desk.page.locator(f"#referral-{found.pk}")
    row.wait_for()
    assert desk.still_here()
    doctor.press("Patient has set out")

    row.get_by_role("link").first.click()
    desk.page.locator("#milestones").wait_for()
    assert barriers(desk.page) == []
    desk.press("Pre-arrival")
    desk.page.locator(".pre-eta").wait_for()
    assert barriers(desk.page) == []
    desk.page.go_back()
    for step in ("Patient has arrived", "Treatment done"):
        desk.press(step)
    desk.press("Send back with a plan")
    desk.page.fill("#f-reason", "恢复期")
    desk.page.fill("#f-plan", "康复训练")
    desk.page.fill("#f-task-0-title", "血脂复查")
    desk.page.fill("#f-task-0-due", "2030-01-01")
    desk.press("Send back with a plan")
    desk.page.wait_for_url(lambda url: str(found.pk) not in url)
    down = Referral.objects.get(previous=found)
    doctor.page.goto(f"/referrals/{down.pk}")
    doctor.press("Accept")
    doctor.press("Patient has arrived")
    doctor.press("Done", doctor.page.locator("#tasks"))
    doctor.page.locator("#tasks .done").wait_for()
