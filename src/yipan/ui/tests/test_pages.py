"""Language, colours, messages after a redirect, the guide."""

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("site")


def test_language_is_remembered(client: Client) -> None:
    """The choice lies in a cookie and the page after it is in that language."""
    response = client.post("/language", {"language": "en", "next": "/search?q=a"})
    assert (response.status_code, response.headers["Location"]) == (302, "/search?q=a")
    assert client.cookies["django_language"].value == "en"


def test_a_form_cannot_send_people_elsewhere(client: Client) -> None:
    """`next` to another host leads to the start page instead."""
    assert client.post("/theme", {"theme": "dark", "next": "https://example.org/"}).headers["Location"] == "/"
    assert client.post("/theme", {"theme": "dark", "next": "//example.org"}).headers["Location"] == "/"


@pytest.mark.parametrize(("path", "data"), [("/theme", {"theme": "pink"}), ("/language", {"language": "xx"})])
def test_only_known_choices(client: Client, path: str, data: dict[str, str]) -> None:
    """A scheme or language that does not exist is refused and nothing is remembered."""
    response = client.post(path, data)
    assert response.status_code == 422
    assert not {"yipan_theme", "django_language"} & set(client.cookies)


def test_theme_is_in_the_page_from_the_start(client: Client) -> None:
    """The server writes the scheme into the page, so it does not flash on loading."""
    client.post("/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/fail/NotFound").content.decode()


@pytest.mark.django_db
def test_a_message_is_shown_once(client: Client) -> None:
    """What was said before a redirect stands on the next page and not on the one after it."""
    client.get("/said")
    assert "Saved." in client.get("/search").content.decode()
    assert "Saved." not in client.get("/search").content.decode()
