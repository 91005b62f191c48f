"""What programs ask: every answer as `/openapi.json` says, and every answer that is no page is in it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.test.client import ClientHandler
from hypothesis import HealthCheck, settings

from tests.fuzz.addresses import every_address
from tests.fuzz.undoing import undone
from tests.fuzz.world import EVERYBODY, STRANGER, World
from yipan.server.dispatcher import LIVE_PATH
from yipan.server.openapi import document

pytestmark = pytest.mark.django_db

UNDECLARED = ("PUT", "PATCH", "DELETE", "POST", "TRACE")


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Django as a WSGI application that, unlike the real one, leaves the tests' connection open."""
    response = ClientHandler(enforce_csrf_checks=False)(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [b"".join(response)]


@pytest.fixture
def api(world: World) -> Any:
    """The description, read from the application itself."""
    return schemathesis.openapi.from_wsgi("/openapi.json", application)


described = schemathesis.pytest.from_fixture("api").exclude(path=LIVE_PATH)
"""All but the stream of live updates, which stays open: `server/tests/test_feed.py` and `test_web.py`."""


@described.parametrize()
@settings(max_examples=12, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case: Any, world: World) -> None:
    """No 5xx but the one for "not usable"; status, content type and body are those of the description."""
    browser = world.browser(EVERYBODY)
    checks = [
        schemathesis.checks.response_schema_conformance,
        schemathesis.checks.content_type_conformance,
        schemathesis.checks.status_code_conformance,
    ]
    headers = {"Accept": "application/json"}
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    with undone():
        case.call_and_validate(headers=headers, cookies=cookies, checks=checks)


def test_undeclared_methods_are_405(world: World) -> None:
    """A method that the description does not name is refused as such, with the methods that are allowed."""
    browser = world.browser(EVERYBODY)
    for path in document()["paths"]:
        if path == LIVE_PATH:
            continue  # server/tests/test_web.py
        for method in UNDECLARED:
            answer = browser.generic(method, path.replace("{kind}", "json"), headers={"Accept": "application/json"})
            assert answer.status_code == 405, (method, path)
            assert "GET" in answer.headers["Allow"]
            assert set(answer.json()) == {"code", "message"}


def test_everything_that_is_no_page_is_described(world: World) -> None:
    """An address that answers with something else than HTML stands in the description."""
    browser = world.browser(EVERYBODY)
    told = {path.replace("{kind}", "zip") for path in document()["paths"]}
    for address in every_address():
        path = address.filled(kind="zip")
        with undone():
            answer = browser.get(path)
        if answer.status_code == 200 and not answer.headers["Content-Type"].startswith("text/html"):
            assert path in told, f"{path} answers {answer.headers['Content-Type']}"


def test_the_description_is_for_everybody(world: World) -> None:
    """Programs read the description without a login, and it names its own address."""
    answer = world.browser(STRANGER).get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == document()
    assert "/openapi.json" in answer.json()["paths"]
