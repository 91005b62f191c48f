"""The evening's plan: asked for, watched, read and accepted, in two languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.hospital import Hospital
from tests.journeys.people import Person, at_night, barriers
from yipan.planning.models import Run
from yipan.planning.tasks import make_plan
from yipan.spine.models import Booking

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_coordinator_plans_tomorrow(language: str, hospital: Hospital, person: Callable[..., Person]) -> None:
    """The coordinator has a plan made, sees it come by itself, reads why, ticks all, and the beds are held."""
    desk = person(language)
    page = desk.page
    desk.come_as("zhou", "/plans")
    assert barriers(page) == []
    desk.press("Make the plan")
    page.locator("#plan-progress progress").wait_for()
    assert barriers(page) == []
    run = Run.objects.get()
    make_plan.func(str(run.id))  # what the worker does
    row = page.locator(".plan-row").first
    row.wait_for()
    assert page.locator(".plan-row").count() == len(hospital.waiting)
    assert page.locator(".plan-wards figure").count() >= 1
    row.locator("summary").click()
    assert row.locator(".reasons-list li").count() >= 3
    assert barriers(page) == []
    at_night(page)
    assert barriers(page) == []
    page.emulate_media(color_scheme="light")
    desk.press("Tick all unchanged")
    desk.press("Hold what is ticked")
    page.locator(".plan-row.is-held").first.wait_for()
    assert page.locator(".plan-row.is-held").count() == len(hospital.waiting)
    assert page.locator("input[name=accept]").count() == 0
    held = Booking.objects.filter(request__in=hospital.waiting, state="held")
    assert {b.capacity_id for b in held} == set(run.proposals.values_list("bed_id", flat=True))
    desk.press("By ward")
    page.locator(".plan-group h2", has_text=hospital.host.label).wait_for()
