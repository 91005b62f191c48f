"""With scripts switched off the desk and the ward still work: everything is a plain form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.hospital import Hospital
from tests.journeys.people import Person
from yipan.base.patients.masks import mask_name

pytestmark = pytest.mark.browser


def test_a_bed_is_asked_for_held_and_given_by_plain_forms(hospital: Hospital, person: Callable[..., Person]) -> None:
    """A known patient is found by pinyin, gets the allied bed, and the ward takes the patient in."""
    desk = person("zh-hans", scripts=False)
    desk.log_in("zhou")
    page = desk.page
    page.goto("/desk/new")
    page.fill("#f-q", "qinyueming")
    desk.press("Find")
    page.locator("#patients .pick", has_text=mask_name("秦月明")).locator("input").check()
    page.fill("#f-home", "neurology")
    page.fill("#f-diagnosis_code", "I63.9")
    desk.press("Ask for the bed and see proposals")
    first = page.locator(".offer").first
    assert hospital.host.label in first.inner_text()
    bed = first.get_attribute("data-bed")
    desk.press("Hold this bed", first)
    desk.press("Confirm the admission")
    assert hospital.host.label in page.inner_text(".kept h2")

    nurse = person("en", scripts=False)
    nurse.come_as("liu", f"/wards/{hospital.host.pk}")
    name = mask_name("秦月明")
    coming = nurse.page.locator("#coming .ward-card", has_text=name)
    nurse.press("Patient is in the bed", coming)
    assert nurse.page.locator("#there tr", has_text=name).count() == 1
    nurse.page.goto(f"/beds/bed/{bed}")
    assert nurse.says("Occupied") in nurse.page.inner_text("#sheet")
