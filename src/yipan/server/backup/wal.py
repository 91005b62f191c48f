"""PostgreSQL's journal (WAL) in an archive: names of segments, and those that a restore needs.

An archive is a directory `<YIPAN_WAL_ARCHIVE>/<system identifier>` of sealed files: whole segments, the one that is
being written (`.partial`), and the histories of timelines.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yipan.kernel.errors import NotFound
from yipan.server.backup import sealed
from yipan.server.backup.keys import Key

VARIABLE = "YIPAN_WAL_ARCHIVE"
SUFFIX, PARTIAL = ".sealed", ".partial"
SEGMENT = re.compile(r"[0-9A-F]{24}")
HISTORY = re.compile(r"[0-9A-F]{8}\.history")
BYTES = 16 << 20  # of a segment, unless a server was made otherwise


def directory(system: str) -> Path | None:
    """The archive of the cluster with this system identifier, or None when none is set up."""
    told = os.environ.get(VARIABLE)
    return Path(told).absolute() / system if told else None


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments of an archive that a restore can use, in their order, and the first one that is missing among them."""

    files: tuple[Path, ...]
    missing: str | None


def since(archive: Path, position: str) -> Segments:
    """Every segment from the one with this WAL position on, without a gap in their numbers.

    Raises NotFound("wal_not_there") when the archive has none of them.
    """
    first = number_at(position)
    found: dict[int, list[Path]] = {}
    for path in sorted(archive.glob(f"*{SUFFIX}")):
        if (number := number_of(segment(path))) is not None and number >= first:
            found.setdefault(number, []).append(path)
    if not found:
        raise NotFound("wal_not_there", path=str(archive))
    missing = next((n for n in range(first, max(found)) if n not in found), None)
    usable = [path for n, paths in sorted(found.items()) if missing is None or n < missing for path in paths]
    histories = [path for path in archive.glob(f"*{SUFFIX}") if HISTORY.fullmatch(segment(path))]
    return Segments((*histories, *usable), None if missing is None else name_of(missing))


def unseal(paths: tuple[Path, ...], into: Path) -> Iterator[Path]:
    """Open the files into a directory; a whole segment comes before the part of it that was archived earlier."""
    for path in sorted(paths, key=lambda p: (segment(p), PARTIAL in p.name)):
        target = into / segment(path)
        if target.exists():
            continue
        with path.open("rb") as file, target.open("wb") as plain:
            reader = sealed.Reader(file, Key.for_reading(sealed.about(path)["key"]), path)
            shutil.copyfileobj(io.BufferedReader(reader, 1 << 20), plain, 1 << 20)
        yield target


def segment(path: Path) -> str:
    """The name that PostgreSQL gives to what a sealed file holds."""
    return path.name.removesuffix(SUFFIX).removesuffix(PARTIAL)


def number_of(name: str) -> int | None:
    """The number of a segment, counted over all timelines; None for what is no segment."""
    return (int(name[8:16], 16) << 8) + int(name[16:24], 16) if SEGMENT.fullmatch(name) else None


def number_at(position: str) -> int:
    """The number of the segment that has this WAL position (`16/B374D848`)."""
    high, low = position.split("/")
    return ((int(high, 16) << 32) + int(low, 16)) // BYTES


def name_of(number: int) -> str:
    """A segment's number as people find it in names of files, whatever the timeline."""
    return f"{number >> 8:08X}{number & 0xFF:08X}"
