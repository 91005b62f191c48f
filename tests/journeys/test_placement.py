"""From the admission certificate to the clean bed, in two browsers and two languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.hospital import Hospital
from tests.journeys.people import Person, barriers
from yipan.base.patients.masks import mask_name
from yipan.spine.models import Booking
from yipan.spine.states import State

pytestmark = pytest.mark.browser

NEWCOMERS = {"zh-hans": "许长河", "en": "Samuel Okafor"}


def ask_for_a_bed(desk: Person, name: str) -> None:
    """Look for the patient, register a new one, and describe the admission."""
    page = desk.page
    page.goto("/desk/new")
    page.fill("#f-q", name)
    page.get_by_text(desk.says("Nobody found. Check the spelling, or register somebody new.")).wait_for()
    assert barriers(page) == []
    page.check("input[name=patient][value=new]")
    page.fill("#f-name", name)
    page.locator("label", has_text=desk.says("Male")).first.click()
    page.fill("#f-birth_date", "1954-03-09")
    page.fill("#f-home", "neurology")
    page.fill("#f-diagnosis_code", "I63.9")
    page.locator("#f-diagnosis").focus()
    desk.press("Ask for the bed and see proposals")


def hold_the_first(desk: Person, hospital: Hospital) -> str:
    """Read the reasons, hold the best bed, return its identifier."""
    page = desk.page
    first = page.locator(".offer").first
    first.wait_for()
    assert desk.says("Allied department") in first.locator(".chip").first.inner_text()
    assert hospital.host.label in first.inner_text()
    assert first.locator(".reasons-list li").count() >= 3
    why = page.locator(".why").inner_text()
    assert hospital.network.wards["neurology"].label in why
    assert desk.says("%(occupied)s of %(total)s occupied", occupied=4, total=4) in why
    assert barriers(page) == []
    bed = first.get_attribute("data-bed")
    desk.press("Hold this bed", first)
    page.locator(".kept").wait_for()
    assert barriers(page) == []
    return str(bed)


def confirm_and_print(desk: Person, name: str, hospital: Hospital) -> None:
    page = desk.page
    desk.press("Confirm the admission")
    page.locator(".checklist").wait_for()
    with page.expect_popup() as opened:
        desk.press("Print the slip")
    slip = opened.value
    slip.wait_for_load_state()
    assert name in slip.inner_text(".slip-head")
    assert hospital.host.label in slip.inner_text(".slip-bed")
    assert slip.locator(".slip-head svg").count() == 1
    assert barriers(slip) == []
    slip.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_patient_is_placed_in_an_allied_ward(
    language: str, hospital: Hospital, person: Callable[..., Person]
) -> None:
    """The desk reads why and holds a bed; the ward sees each step without reloading, and takes the stay to its end."""
    hospital.live_where_it_is_morning()
    name = NEWCOMERS[language]
    masked = mask_name(name)
    nurse = person(language)
    nurse.come_as("liu", "/wards")
    assert str(hospital.host.pk) in nurse.page.url
    nurse.is_live()
    nurse.mark()
    board = person(language)
    board.come_as("chen", f"/beds?site={hospital.network.site.code}")
    board.is_live()
    board.mark()

    desk = person(language)
    desk.log_in("zhou")
    ask_for_a_bed(desk, name)
    bed = hold_the_first(desk, hospital)
    cell = board.page.locator(f"#b{bed}")
    board.page.wait_for_selector(f"#b{bed}.held")
    coming = nurse.page.locator("#coming .ward-card", has_text=masked)
    coming.wait_for()
    assert nurse.says("Cross-department") in coming.inner_text()
    confirm_and_print(desk, name, hospital)

    ward_steps(nurse, coming, desk, masked)
    board.page.wait_for_selector(f"#b{bed}:not(.held):not(.free)")
    assert board.says("Outlier") in (cell.get_attribute("title") or "") + cell.inner_text()
    leave_and_clean(nurse, masked, board, bed)
    assert board.still_here()


def ward_steps(nurse: Person, coming: Any, desk: Person, masked: str) -> None:
    """Ready and arrived: pressed in the ward, seen at the desk, which is not loaded again."""
    desk.is_live()
    desk.mark()
    assert nurse.still_here(), "the ward's page was loaded again before the nurse pressed anything"
    nurse.press("Bed is ready", coming)
    desk.page.wait_for_selector(".checklist li:nth-child(3).done")
    nurse.press("Patient is in the bed", nurse.page.locator("#coming .ward-card", has_text=masked))
    nurse.page.locator("#there tr", has_text=masked).wait_for()
    desk.page.locator("#stay-title").wait_for()
    assert desk.still_here()


def leave_and_clean(nurse: Person, masked: str, board: Person, bed: str) -> None:
    """Announced, left, cleaned; the board of somebody else follows."""
    row = nurse.page.locator("#there tr", has_text=masked)
    row.locator("summary").first.click()
    row.locator("button[name=end]").first.click()
    leaving = nurse.page.locator("#leaving .ward-card", has_text=masked)
    leaving.wait_for()
    board.page.wait_for_selector(f"#b{bed}.leaving")
    nurse.press("Has left the bed", leaving)
    board.page.wait_for_selector(f"#b{bed}.cleaning")
    nurse.press("Clean, ready", nurse.page.locator("#cleaning"))
    board.page.wait_for_selector(f"#b{bed}.free")


def test_a_waiting_patient_is_dragged_onto_a_bed(hospital: Hospital, person: Callable[..., Person]) -> None:
    """A card of the queue that is dropped on a proposal holds it for the one who was carried, not for the one shown."""
    shown, carried = hospital.waiting
    desk = person("zh-hans")
    desk.come_as("zhou", f"/desk/{shown.pk}")
    offer = desk.page.locator(".offer").nth(1)
    bed = offer.get_attribute("data-bed")
    card = desk.page.locator(f"#desk-queue a[href='/desk/{carried.pk}']")
    card.drag_to(offer)
    desk.page.wait_for_url(f"**/desk/{carried.pk}")
    desk.page.locator(".kept").wait_for()
    held = Booking.objects.get(state=State.HELD)
    assert (held.request_id, str(held.capacity.bed_id)) == (carried.pk, bed)
