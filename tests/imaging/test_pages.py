"""Images and recordings in a real browser: the numbers that people read off them are right."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.imaging import orthanc
from tests.imaging.showing import SIDE, SLICES, order_with_ecg, order_with_images, units
from tests.journeys.people import Person, barriers
from yipan.base.access import Role
from yipan.base.audit.models import Entry
from yipan.lines.exams.tests.one_scanner import Radiology

pytestmark = [pytest.mark.archive, pytest.mark.browser]
GREY = """([canvas, x, y]) => {
  const dense = canvas.width / canvas.getBoundingClientRect().width;
  const one = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  one.drawImage(canvas, Math.round(x * dense), Math.round(y * dense), 1, 1, 0, 0, 1, 1);
  return [...one.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


class Viewer:
    """The viewer as somebody uses it; points are pixels of the image."""

    def __init__(self, person: Person, columns: int = SIDE, rows: int = SIDE) -> None:
        self.person, self.page, self.columns, self.rows = person, person.page, columns, rows
        self.canvas = self.page.locator("[data-part=canvas]")

    def wait(self, **told: object) -> None:
        """Until the viewer says so in its data-… attributes."""
        for name, value in told.items():
            self.page.wait_for_selector(f'#viewer[data-{name}="{value}"]')

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a pixel's middle is on the canvas, in points of the page."""
        box = self.canvas.bounding_box()
        scale = min(box["width"] / self.columns, box["height"] / self.rows)
        left, top = (box["width"] - scale * self.columns) / 2, (box["height"] - scale * self.rows) / 2
        return left + (x + 0.5) * scale, top + (y + 0.5) * scale

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        box = self.canvas.bounding_box()
        self.page.mouse.move(box["x"] + start[0], box["y"] + start[1])
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + end[0], box["y"] + end[1])
        self.page.mouse.up()

    def hover(self, x: float, y: float) -> str:
        """What is told of the pixel under the pointer."""
        box, (dx, dy) = self.canvas.bounding_box(), self.at(x, y)
        self.page.mouse.move(box["x"] + dx, box["y"] + dy)
        return str(self.page.inner_text("[data-part=value]"))

    def colour(self, x: float, y: float) -> list[int]:
        """Red, green and blue that are drawn there."""
        return list(self.page.evaluate(GREY, [self.canvas.element_handle(), *self.at(x, y)]))


@pytest.fixture
def viewer(archive: orthanc.Archive, clinic: Radiology, person: Callable[..., Person], tmp_path: Path) -> Viewer:
    """A reading doctor in front of an order's images, the first series loaded."""
    clinic.user("luo", Role.READER)
    order = order_with_images(clinic, archive, tmp_path)
    reader = person("en")
    reader.come_as("luo", f"/exams/orders/{order.pk}/images")
    opened = Viewer(reader)
    opened.wait(frame=1, loaded=SLICES)
    return opened


def test_window_level_and_value_are_those_of_the_modality(viewer: Viewer) -> None:
    """The stored window comes first; dragging and presets change it; grey and Hounsfield units follow the standard."""
    viewer.wait(center=40, width=80)
    bone, patch = (SIDE // 2 + 4, SIDE // 2 + 4), (SIDE // 2 + 4, SIDE // 4 + 4)
    assert units(1)[bone[1], bone[0]] == 700
    assert "700 HU" in viewer.hover(*bone)
    assert viewer.colour(*patch) == [int(((10 - 39.5) / 79 + 0.5) * 255 + 0.5)] * 3
    viewer.drag((200, 200), (275, 230))
    viewer.wait(center=48, width=100)
    viewer.page.keyboard.press("4")
    viewer.wait(center=480, width=2500)
    grey = ((700 - 479.5) / 2499 + 0.5) * 255
    assert abs(viewer.colour(*bone)[0] - grey) <= 1
    viewer.page.keyboard.press("i")
    assert abs(viewer.colour(*bone)[0] - (255 - grey)) <= 1
    viewer.page.keyboard.press("r")
    viewer.wait(center=40, width=80)


def test_scrolling_and_measuring_give_the_right_numbers(viewer: Viewer) -> None:
    """Wheel, keys, slider and dragging lead to the slice they name; 64 pixels of half a millimetre are 32.0 mm."""
    patch = (SIDE // 2 + 4, SIDE // 4 + 4)
    viewer.hover(*patch)
    viewer.page.mouse.wheel(0, 120)
    viewer.wait(frame=4)
    assert "40 HU" in viewer.hover(patch[0] + 1, patch[1])
    viewer.canvas.focus()
    viewer.page.keyboard.press("End")
    viewer.wait(frame=SLICES)
    assert f"{SLICES * 10} HU" in viewer.hover(*patch)
    viewer.page.keyboard.press("PageUp")
    viewer.wait(frame=2)
    viewer.page.locator("[data-part=slider]").fill("7")
    viewer.wait(frame=7)
    assert "70 HU" in viewer.hover(patch[0] + 1, patch[1])
    viewer.page.get_by_role("button", name="Scroll").click()
    viewer.drag((200, 100), (200, 148))
    viewer.wait(frame=9)
    viewer.canvas.focus()
    viewer.page.keyboard.press("Home")
    viewer.wait(frame=1)
    viewer.page.keyboard.press("m")
    viewer.drag(viewer.at(20, 30), viewer.at(84, 30))
    assert viewer.page.inner_text("[data-part=lines] li") == "1: 32.0 mm"
    viewer.canvas.focus()
    for key in ["ArrowRight", "Enter", *["Shift+ArrowDown"] * 3, "Enter"]:
        viewer.page.keyboard.press(key)
    assert viewer.page.locator("[data-part=lines] li").nth(1).inner_text() == "2: 15.0 mm"
    viewer.page.mouse.wheel(0, 40)
    viewer.wait(frame=2)
    assert not viewer.page.locator("[data-part=measures]").is_visible()


def test_other_kinds_of_images_are_drawn_right(viewer: Viewer) -> None:
    """MONOCHROME1 is turned, frames are frames, a spacing at the detector is told as such, and colours are colours."""
    page = viewer.page
    page.get_by_role("button", name=re.compile("胸片")).click()
    viewer.columns, viewer.rows = 96, 64
    viewer.wait(loaded=2, center=128)
    assert viewer.colour(48, 32) == [255 - 40] * 3
    viewer.canvas.focus()
    page.keyboard.press("ArrowDown")
    viewer.wait(frame=2)
    assert viewer.colour(48, 32) == [255 - 200] * 3
    page.keyboard.press("m")
    viewer.drag(viewer.at(10, 10), viewer.at(50, 10))
    assert page.inner_text("[data-part=lines] li") == "1: 10.0 mm at the detector"
    page.get_by_role("button", name=re.compile("内镜")).click()
    viewer.columns, viewer.rows = 64, 64
    page.get_by_text("Colour", exact=True).wait_for()
    assert (viewer.colour(10, 32), viewer.colour(54, 32)) == ([220, 0, 0], [0, 0, 180])


def test_opening_is_a_reading_and_what_fails_is_told_on_the_image(viewer: Viewer) -> None:
    """The trail has the opening once; no frame leaves without its mark; a lost connection says so and is retried."""
    assert Entry.objects.filter(action="study.read").count() == 1
    address = viewer.page.locator("[data-series]").first.get_attribute("data-series")
    assert viewer.page.request.get(address).status == 200
    assert viewer.page.request.get(address.partition("?")[0]).status == 404
    assert viewer.page.request.get(address[:-4] + "aaaa").status == 404
    assert barriers(viewer.page) == []
    page = viewer.page
    viewer.person.problems.clear()
    page.route("**/exams/studies/**", lambda route: route.abort())
    page.get_by_role("button", name=re.compile("胸片")).click()
    page.get_by_text("The connection is lost.").wait_for()
    page.unroute("**/exams/studies/**")
    page.get_by_role("button", name="Try again").click()
    viewer.wait(loaded=2, center=128)
    viewer.person.problems.clear()


def test_calipers_tell_milliseconds_beats_and_millivolts(
    archive: orthanc.Archive, clinic: Radiology, person: Callable[..., Person], tmp_path: Path
) -> None:
    """Twelve leads lie on the paper; the calipers start at 800 ms, and keys and pointer move them by exact amounts."""
    clinic.user("luo", Role.READER, Role.TECHNICIAN)
    order = order_with_ecg(clinic, archive, tmp_path)
    reader = person("en")
    reader.come_as("luo", f"/exams/orders/{order.pk}/ecg")
    page = reader.page
    leads = [text.strip() for text in page.locator(".ecg-lead").all_text_contents()]
    assert leads == ["I", "aVR", "V1", "V4", "II", "aVL", "V2", "V5", "III", "aVF", "V3", "V6", "II"]
    page.keyboard.press("c")
    measures = page.locator("[data-measures]")
    assert measures.inner_text() == "800 ms · 75/min · 1.00 mV"
    second = page.get_by_role("slider", name="Second caliper")
    second.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert measures.inner_text() == "820 ms · 73/min · 1.10 mV"
    box, millimetre = second.locator(".grip").bounding_box(), 96 / 25.4
    x, y = box["x"] + box["width"] / 2 + millimetre, box["y"] + box["height"] / 2 - millimetre
    page.mouse.move(x, y)
    page.mouse.down()
    assert measures.inner_text() == "820 ms · 73/min · 1.10 mV"  # taken beside its middle it stays where it is
    page.mouse.move(x - 10 * millimetre, y + millimetre)
    page.mouse.up()
    assert measures.inner_text() == "420 ms · 143/min · 1.00 mV"
    page.get_by_role("link", name="50 mm/s").click()
    page.wait_for_selector("#ecg[data-speed='50']")
    page.get_by_role("link", name="12 × 1").click()
    page.locator(".ecg-lead").nth(11).wait_for()
    assert page.locator(".ecg-lead").count() == 12
    assert barriers(page) == []
