"""Read a backup back: every chunk, every part, every file of the copy against its digest."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from yipan.kernel.errors import InvalidInput, NotFound
from yipan.server.backup import sealed
from yipan.server.backup.keys import Key
from yipan.server.backup.parts import PartReader, parts

MANIFEST = "manifest.json"
TAR, DUMP = "database.tar", "database.dump"
SERVER_MANIFEST = "backup_manifest"
DUMP_MAGIC = b"PGDMP"
BLOCK = 1 << 20

Report = Callable[[str, int, int | None], None]
"""Told what goes on: a code, how many megabytes are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a backup says about itself: `about` when it was begun, `manifest` when it was complete."""

    about: dict[str, Any]
    manifest: dict[str, Any]


Handler = Callable[[PartReader], None]


def check(path: Path, *, key: Key | None = None, report: Report) -> Content:
    """Read the whole file. Raises NotFound or InvalidInput with what is wrong; see `sealed.Reader` and `read`."""

    def handle(part: PartReader) -> None:
        if part.name == TAR:
            check_copy(part)
        elif part.name == DUMP:
            _check_dump(part, path)

    return read(path, handle, key=key, report=report)


def read(path: Path, handle: Handler, *, key: Key | None = None, report: Report) -> Content:
    """Give every part to `handle`, then compare lengths and digests of all with the manifest.

    Raises NotFound("backup_not_there"), InvalidInput("backup_malformed" or "backup_differs").
    """
    digests: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] = {}
    with _opened(path) as file:
        reader = sealed.Reader(_Told(file, path, report), key, path)
        for part in parts(io.BufferedReader(reader, BLOCK)):
            if part.name == MANIFEST:
                manifest = json.loads(part.read())
                continue
            handle(part)
            part.drain()
            digests[part.name] = part.digest.plain()
    if not manifest:
        raise InvalidInput("backup_malformed")
    for name in sorted(digests.keys() | manifest["parts"].keys()):
        if digests.get(name) != manifest["parts"].get(name):
            raise InvalidInput("backup_differs", name=name)
    return Content(reader.about, manifest)


def check_copy(part: PartReader) -> None:
    """Compare each file of a physical copy with PostgreSQL's own manifest, which is the last file of the stream."""
    digests: dict[str, str] = {}
    listed: dict[str, str] = {}
    for member, file in members(part):
        if member.name == SERVER_MANIFEST:
            listed = checksums(file.read())
        else:
            digests[member.name] = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    if not listed:
        raise InvalidInput("backup_differs", name=SERVER_MANIFEST)
    for name, digest in listed.items():
        if digests.get(name) != digest:
            raise InvalidInput("backup_differs", name=name)


def members(part: PartReader) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """The regular files of a tar stream, each with its content."""
    with tarfile.open(fileobj=part, mode="r|", bufsize=BLOCK) as tar:
        for member in tar:
            if (file := tar.extractfile(member) if member.isreg() else None) is not None:
                yield member, file


def checksums(manifest: bytes) -> dict[str, str]:
    """SHA-256 of each file by its path, from PostgreSQL's backup_manifest."""
    return {entry["Path"]: entry["Checksum"] for entry in json.loads(manifest)["Files"]}


def _check_dump(part: PartReader, path: Path) -> None:
    if part.read(len(DUMP_MAGIC)) != DUMP_MAGIC:
        raise InvalidInput("backup_differs", name=part.name)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("rb")
    except OSError:
        raise NotFound("backup_not_there", path=str(path)) from None
    with file:
        yield file


class _Told:
    """A file that reports how far it was read."""

    def __init__(self, file: IO[bytes], path: Path, report: Report) -> None:
        self._file, self._report, self._total, self._done = file, report, path.stat().st_size, 0

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._done += len(data)
        self._report("backup_reading", self._done >> 20, self._total >> 20)
        return data
