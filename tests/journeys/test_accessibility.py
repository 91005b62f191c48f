"""Every page of a coordinator's and a manager's day, wide and on a phone, by day and by night: axe finds nothing serious."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.hospital import Hospital
from tests.journeys.people import Person, barriers

pytestmark = pytest.mark.browser

COLOURS = ("color-contrast", "link-in-text-block")


def pages_of(hospital: Hospital) -> dict[str, list[str]]:
    """Pages by who looks at them."""
    site, request = hospital.network.site, hospital.waiting[0]
    return {
        "zhou": [
            "/",
            f"/beds?site={site.code}",
            f"/beds/bed/{hospital.bed_ids[5]}",
            "/desk/new",
            f"/desk/{request.pk}",
            "/waiting",
            "/waiting/repatriation",
            f"/wards/{hospital.host.pk}",
            "/wards?all=1",
            "/calls",
            "/figures",
            "/patients/?q=wang",
        ],
        "zhang": ["/rounds"],
        "wu": ["/messages", "/messages/senders"],
        "chen": ["/network/", f"/network/wards/{hospital.host.pk}"],
        "root": ["/users"],
    }


@pytest.mark.parametrize("username", ["zhou", "zhang", "wu", "chen", "root"])
@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_no_page_keeps_anybody_out(
    username: str, language: str, width: int, hospital: Hospital, person: Callable[..., Person]
) -> None:
    """No serious barrier, nothing sticks out sideways, and nothing goes wrong while the page loads."""
    paths = pages_of(hospital)[username]
    visitor = person(language, width=width)
    page = visitor.page
    found: dict[str, list[str]] = {}
    visitor.log_in(username, paths[0])
    for path in paths:
        if path != paths[0]:
            page.goto(path)
        found[path] = barriers(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[path].append("sticks out sideways")
        page.emulate_media(color_scheme="dark")
        found[path] += [f"dark: {barrier}" for barrier in barriers(page, *COLOURS)]
        page.emulate_media(color_scheme="light")
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_the_login_keeps_nobody_out(hospital: Hospital, person: Callable[..., Person]) -> None:
    """The page before all others, by day and by night."""
    visitor = person("en", width=390)
    visitor.page.goto("/login")
    assert barriers(visitor.page) == []
    visitor.page.emulate_media(color_scheme="dark")
    assert barriers(visitor.page, *COLOURS) == []
