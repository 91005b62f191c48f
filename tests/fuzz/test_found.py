"""Cases that once went wrong, each with the answer it has now. Add a line for every new one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.fuzz.answers import Asked, ask
from tests.fuzz.sending import encoded
from tests.fuzz.world import EVERYBODY, World
from yipan.lines.beds.models import FollowUpCall
from yipan.spine.models import Request

pytestmark = pytest.mark.django_db

ADMISSION = {"expected_days": "7", "severity": "general", "nursing_level": "level_2", "diagnosis": "x"}
POSTED = [
    # NUL cannot be stored: it ended in a DataError wherever text was kept or looked up
    ("request-cancel", {"reason": "a\x00b"}, 422),
    ("request-revise", {**ADMISSION, "note": "\x00"}, 422),
    ("desk-new", {"patient": "new", "name": "王\x00"}, 422),
    ("ui:search", {"q": "\x00"}, 400),
    ("patients", {"q": "%\x00"}, 400),
    # numbers that Python reads but no column holds
    ("request-revise", {**ADMISSION, "home_minutes": "inf"}, 422),
    ("request-revise", {**ADMISSION, "home_minutes": "NaN"}, 422),
    ("request-revise", {**ADMISSION, "expected_days": "1e309"}, 422),
    ("desk-new", {"patient": "new", "home_minutes": "9" * 400}, 422),
    ("call", {"reached": "yes", "satisfaction": "9" * 5000}, 422),
    ("call", {"reached": "yes", "satisfaction": "٣"}, 422),
    ("figures-stays", {"page": "9" * 400}, 200),
    ("figures-stays", {"page": "²"}, 200),
    ("audit", {"before": "9" * 5000}, 200),
    # days at the ends of the calendar, where a time zone or one more day leads out of it
    ("audit", {"until": "9999-12-31"}, 422),
    ("audit", {"since": "0001-01-01"}, 422),
    ("interop:messages", {"day": "0001-01-01"}, 400),
    ("figures", {"from": "0001-01-01", "to": "0001-01-02"}, 200),
    ("desk-new", {"patient": "new", "wanted_from": "0001-01-01T00:00"}, 422),
    ("bed-close", {"reason": "repair", "until": "0001-01-01T00:00"}, 302),
    ("bed-discharge", {"end": "9999-12-31T23:59"}, 302),
    # methods that a page does not know had an empty answer
    ("ui:theme", {}, 405),
]
READ = {"ui:search", "patients", "figures", "figures-stays", "audit", "interop:messages", "ui:theme"}


@pytest.mark.parametrize(("name", "sent", "status"), POSTED, ids=lambda value: str(value)[:40])
def test_found(world: World, name: str, sent: dict[str, str], status: int) -> None:
    """What once broke a page is answered with this status and a sentence, and changes nothing."""
    key = _key(world, name)
    path, body = reverse(name, args=[key] if key else []), encoded(sent.items())
    asked = Asked("GET", f"{path}?{body.decode()}") if name in READ else Asked("POST", path, body)
    browser = world.browser(EVERYBODY)
    statuses: list[int] = []
    assert ask(browser, asked, statuses.append) == []
    assert statuses == [status]


def _key(world: World, name: str) -> str:
    """A row that the address can be about."""
    match name:
        case "request-cancel" | "request-revise":
            return str(Request.objects.filter(patient__name="何志远").values_list("pk", flat=True)[0])
        case "call":
            return str(FollowUpCall.objects.values_list("pk", flat=True)[0])
        case "bed-close":
            return str(world.hospital.bed(5).pk)
        case "bed-discharge":
            return str(world.hospital.bookings["man"].pk)
    return ""


def test_sizes_and_hosts(world: World) -> None:
    """What is too large, is no form, or is for another server, is refused before a page sees it, in words."""
    browser = world.browser(EVERYBODY, "en")
    form = "application/x-www-form-urlencoded"
    many = encoded([(f"f{n}", "x") for n in range(1200)])
    path = reverse("network:import")
    for asked, status in (
        (Asked("POST", reverse("desk-new"), b"note=" + b"x" * 3_000_000, form), 413),
        (Asked("POST", reverse("desk-new"), many, form), 400),
        (Asked("POST", path, b"x", "multipart/form-data"), 400),
        (Asked("POST", path, b"x", form, {"Content-Length": "99000000000"}), 413),
        (Asked("GET", "/", headers={"Host": "elsewhere.example"}), 400),
        (Asked("GET", "/", headers={"Host": "a b\x00<yipan-odd>"}), 400),
        (Asked("GET", "/patients/%00"), 404),
    ):
        statuses: list[int] = []
        assert ask(browser, asked, statuses.append) == []
        assert statuses == [status], str(asked)
