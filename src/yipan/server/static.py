"""Static files: found where the apps and packages keep them, named by version, answered with validators.

`static("ui/app.css")` gives `/static/v-<version>/ui/app.css`. The version stands before the path, so that modules
which import each other by relative addresses share it; it changes when any file does, and such an answer may be kept
for ever (RFC 8246). Without a version the browser asks each time and gets 304 while nothing changed (RFC 9110, 13).
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import SuspiciousFileOperation

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

FOR_EVER = b"public, max-age=31536000, immutable"
ASK_AGAIN = b"no-cache"
COMPRESSED = ("text/", "application/json", "image/svg+xml")
WORTH_COMPRESSING = 1024
VERSIONED = re.compile(r"^v-[0-9a-f]{12}/")

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("font/woff2", ".woff2")


class VersionedStorage(StaticFilesStorage):
    """Puts the version into the address; while developing (DEBUG) there is none."""

    def url(self, name: str | None) -> str:
        if settings.DEBUG:
            return super().url(name)
        return super().url(f"v-{version()}/{name}")


@cache
def version() -> str:
    """Twelve hexadecimal digits over names, sizes and times of all static files."""
    digest = hashlib.sha256()
    for name, path in sorted(_all_files()):
        facts = path.stat()
        digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]


def _all_files() -> Iterator[tuple[str, Path]]:
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            yield name, Path(storage.path(name))


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was read: its time, its media type, its bytes plain and compressed."""

    modified: int
    type: str
    etag: bytes
    body: bytes
    compressed: bytes | None


class StaticFiles:
    """An ASGI application for everything below STATIC_URL. Files are kept in memory until they change on disk."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Path, File]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].removeprefix(settings.STATIC_URL)
        plain = VERSIONED.sub("", name)
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, [(b"allow", b"GET, HEAD")])
            return
        file = self._known(plain) or await asyncio.to_thread(self._load, plain)
        if file is None:
            await _answer(send, 404, [(b"content-type", b"text/plain")], b"Not found")
            return
        await _send_file(file, scope, send, keep=plain != name)

    def _known(self, name: str) -> File | None:
        """The file from memory, unless it changed or vanished."""
        if name not in self._files:
            return None
        path, file = self._files[name]
        try:
            unchanged = path.stat().st_mtime_ns == file.modified
        except OSError:
            unchanged = False
        return file if unchanged else None

    def _load(self, name: str) -> File | None:
        try:
            found = finders.find(name)
        except (SuspiciousFileOperation, ValueError):
            return None
        path = Path(found) if isinstance(found, str) else None
        if path is None or not path.is_file():
            self._files.pop(name, None)
            return None
        file = _read(path)
        self._files[name] = path, file
        return file


def _read(path: Path) -> File:
    modified, body = path.stat().st_mtime_ns, path.read_bytes()
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compressed = None
    if media.startswith(COMPRESSED) and len(body) >= WORTH_COMPRESSING:
        compressed = gzip.compress(body, compresslevel=6, mtime=0)
    if media.startswith("text/"):
        media += "; charset=utf-8"
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'.encode()
    return File(modified, media, etag, body, compressed)


async def _send_file(file: File, scope: Scope, send: Send, *, keep: bool) -> None:
    asked = dict(scope["headers"])
    headers = [
        (b"etag", file.etag),
        (b"cache-control", FOR_EVER if keep else ASK_AGAIN),
        (b"x-content-type-options", b"nosniff"),
    ]
    if file.compressed is not None:
        headers.append((b"vary", b"accept-encoding"))
    known = [tag.strip().removeprefix(b"W/") for tag in asked.get(b"if-none-match", b"").split(b",")]
    if file.etag in known or b"*" in known:
        await _answer(send, 304, headers)
        return
    headers.append((b"content-type", file.type.encode()))
    body = file.body
    if file.compressed is not None and b"gzip" in asked.get(b"accept-encoding", b""):
        body = file.compressed
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await _answer(send, 200, headers, b"" if scope["method"] == "HEAD" else body)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
