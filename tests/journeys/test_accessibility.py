"""Every page of a coordinator's and a manager's day, wide and narrow, by day and night: axe finds nothing serious."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.hospital import Hospital
from tests.journeys.people import Person, at_night, barriers

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
            "/plans",
            "/patients/",
        ],
        "zhang": ["/rounds"],
        "wu": ["/messages", "/messages/senders"],
        "chen": ["/network/", f"/network/wards/{hospital.host.pk}"],
        "root": ["/users"],
    }


@pytest.mark.parametrize("usernames", [("zhou",), ("zhang", "wu", "chen", "root")])
@pytest.mark.parametrize(("language", "width", "scheme"), [("zh-hans", 1440, "light"), ("en", 390, "dark")])
def test_no_page_keeps_anybody_out(
    usernames: tuple[str, ...],
    language: str,
    width: int,
    scheme: str,
    hospital: Hospital,
    person: Callable[..., Person],
) -> None:
    """No serious barrier, nothing sticks out sideways, and nothing goes wrong while the page loads."""
    found: dict[str, list[str]] = {}
    for username in usernames:
        visitor = person(language, width=width, scheme=scheme)
        for path in pages_of(hospital)[username]:
            visitor.come_as(username, path)
            found[path] = look(visitor.page, scheme)
    assert {path: problems for path, problems in found.items() if problems} == {}


def look(page: Any, scheme: str) -> list[str]:
    """What is wrong with the page; one that is seen by day is looked at by night too."""
    problems = barriers(page)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        problems.append("sticks out sideways")
    if scheme == "light":
        at_night(page)
        problems += [f"dark: {barrier}" for barrier in barriers(page, *COLOURS)]
        page.emulate_media(color_scheme="light")
    return problems


def test_the_login_keeps_nobody_out(hospital: Hospital, person: Callable[..., Person]) -> None:
    """The page before all others, by day and by night."""
    visitor = person("en", width=390)
    visitor.page.goto("/login")
    assert look(visitor.page, "light") == []
