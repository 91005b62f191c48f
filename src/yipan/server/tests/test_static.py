"""Static files: versions in addresses, validators, compression, and no way out of the directories."""

from __future__ import annotations

import asyncio
import gzip
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.templatetags.static import static as static_address

from yipan.server import static
from yipan.server.static import StaticFiles

HTMX = "/static/django_htmx/htmx-2.min.js"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A directory of static files under the prefix `mine`."""
    settings.STATICFILES_DIRS = [("mine", tmp_path)]
    from django.contrib.staticfiles import finders

    finders.get_finder.cache_clear()
    yield tmp_path
    finders.get_finder.cache_clear()


def get(path: str, files: StaticFiles | None = None, method: str = "GET", **headers: str) -> tuple[int, dict, bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": pairs}
    asyncio.run((files or StaticFiles())(scope, receive, send))
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, sent[1]["body"]


def test_a_package_s_file_is_served_and_asked_for_again_with_its_etag() -> None:
    """htmx comes out of the wheel that carries it; a second request with its ETag gets 304 and no body."""
    status, headers, body = get(HTMX)
    assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert headers["cache-control"] == "no-cache"
    assert headers["content-length"] == str(len(body))
    status, again, nothing = get(HTMX, if_none_match=f'W/"other", {headers["etag"]}')
    assert (status, nothing, again["etag"]) == (304, b"", headers["etag"])


def test_the_versioned_address_may_be_kept_for_ever() -> None:
    """`static()` puts the version before the path, and such an answer never has to be asked for again."""
    address = static_address("django_htmx/htmx-2.min.js")
    assert address == f"/static/v-{static.version()}/django_htmx/htmx-2.min.js"
    status, headers, body = get(address)
    assert (status, body) == (200, get(HTMX)[2])
    assert "immutable" in headers["cache-control"]


def test_text_travels_compressed_when_the_browser_can() -> None:
    """gzip on request, marked for caches; the same bytes in the end."""
    _, headers, body = get(HTMX, accept_encoding="gzip, br")
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "accept-encoding"
    assert gzip.decompress(body) == get(HTMX)[2]


def test_head_has_the_length_and_no_body() -> None:
    """HEAD answers as GET does, without the bytes."""
    status, headers, body = get(HTMX, method="HEAD")
    assert (status, body, headers["content-length"]) == (200, b"", get(HTMX)[1]["content-length"])


@pytest.mark.parametrize(
    "path", ["../settings.py", "..%2fsettings.py", "/etc/passwd", "nothing.css", "", "django_htmx"]
)
def test_nothing_else_is_served(path: str) -> None:
    """Paths that lead out, directories and unknown names are not found."""
    assert get(settings.STATIC_URL + path)[0] == 404


def test_only_reading_is_allowed() -> None:
    """Another method is refused, with those that are allowed."""
    status, headers, _ = get(HTMX, method="POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_a_changed_file_is_read_again_and_a_removed_one_is_gone(folder: Path) -> None:
    """What is kept in memory follows the disk."""
    files, path = StaticFiles(), folder / "a.css"
    path.write_text("old")
    assert get("/static/mine/a.css", files)[2] == b"old"
    path.write_text("new")
    os.utime(path, (1, 1))
    assert get("/static/mine/a.css", files)[2] == b"new"
    path.unlink()
    assert get("/static/mine/a.css", files)[0] == 404
