"""Errors become pages, toasts and JSON with the right status, and never show their inside."""

import json
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("site")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("InvalidInput", 400),
        ("NotFound", 404),
        ("Refused", 403),
        ("Conflict", 409),
        ("Unavailable", 503),
        ("Http404", 404),
    ],
)
def test_each_error_has_its_status(client: Client, kind: str, status: int) -> None:
    """The page of an error says it in words and carries its status."""
    response = client.get(f"/fail/{kind}")
    assert response.status_code == status
    assert "<h1>" in response.content.decode()


def test_wrong_input_of_a_form_is_422(client: Client) -> None:
    """What was posted is "unprocessable", not a bad address; htmx swaps 422 into the form."""
    assert client.post("/fail/InvalidInput").status_code == 422


def test_the_sentence_is_in_the_readers_language(client: Client) -> None:
    """The same error is read in Chinese or in English."""
    assert "必须晚于" in client.get("/fail/Conflict", headers={"accept-language": "zh-hans"}).content.decode()
    assert "must be later" in client.get("/fail/Conflict", headers={"accept-language": "en"}).content.decode()


def test_htmx_gets_a_fragment_and_a_toast(client: Client) -> None:
    """For htmx the sentence travels in a header that the page shows in its corner."""
    response = client.get("/fail/Conflict", headers={"HX-Request": "true"})
    shown = json.loads(response.headers["HX-Trigger"])["yipan:toast"]
    assert response.status_code == 409
    assert shown["tone"] == "error"
    assert "<html" not in response.content.decode()


def test_programs_get_json(client: Client) -> None:
    """A client that prefers JSON gets the code and the sentence."""
    response = client.get("/fail/Unavailable", headers={"accept": "application/json"})
    assert response.status_code == 503
    assert response.json()["code"] == "interval_empty"
    assert response.headers["Retry-After"] == "10"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("53100", "disk of the database is full"),
        ("57P01", "cannot reach its database"),
        ("none", "cannot reach its database"),
        ("40P01", "Nothing was changed; please try again"),
    ],
)
def test_an_outage_is_told_clearly(client: Client, state: str, sentence: str) -> None:
    """A database that is away, full or crossed is a 503 that says what it means, and nothing of the inside."""
    response = client.get(f"/fail/{state}", headers={"accept-language": "en"})
    assert response.status_code == 503
    assert sentence in response.content.decode()
    assert "secret" not in response.content.decode()


def test_an_outage_before_any_page_is_told_as_well(client: Client, settings: Any) -> None:
    """What fails in a middleware (a session without its database) gives the same page."""
    client.raise_request_exception = False
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "yipan.ui.tests.urls.touched"]
    response = client.get("/early", headers={"accept-language": "en"})
    assert response.status_code == 503
    assert "cannot reach its database" in response.content.decode()


def test_a_bug_shows_nothing_of_itself(client: Client) -> None:
    """An unexpected error is a plain page without traceback or message."""
    client.raise_request_exception = False
    response = client.get("/fail/bug")
    assert response.status_code == 500
    assert "secret" not in response.content.decode()
    assert "RuntimeError" not in response.content.decode()


def test_unknown_addresses_have_a_page(client: Client) -> None:
    """An address that no page has leads to our own page, with the way home."""
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


@pytest.mark.django_db
def test_live_updates_begin_before_the_page_reads(client: Client, settings: Any) -> None:
    """A page carries the mark from which its stream goes on; a fragment, which has no stream, costs no query."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "yipan.ui.middleware.LiveMark"]
    assert client.get("/mark").content.decode().isdecimal()
    assert client.get("/mark", headers={"HX-Request": "true"}).content == b"none"
