"""The directory of backups: their names, and how many are kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from yipan.server.embedded.place import make_directory

PATTERN = "yipan-????????T??????Z.backup"
HALF = ".part"
MOMENT = "%Y%m%dT%H%M%SZ"


def directory(state: Path) -> Path:
    """Where backups go when nobody names a place: YIPAN_BACKUPS, else `backups` in the state directory."""
    return Path(os.environ.get("YIPAN_BACKUPS") or state / "backups")


def name(at: datetime) -> str:
    """The name of a backup made at this instant (UTC); sorted by name they are sorted by time."""
    return at.strftime(f"yipan-{MOMENT}.backup")


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file with a temporary name beside `path`, on the disk when the block ends; gone when the block fails.

    The caller renames it with `complete`. Half files of a backup that was killed are removed first. Raises Unavailable.
    """
    make_directory(path.parent, 0o700, variable="YIPAN_BACKUPS")
    for left in path.parent.glob(PATTERN + HALF):
        left.unlink()
    half = path.with_name(path.name + HALF)
    try:
        half.touch(mode=0o600, exist_ok=False)
        with half.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def complete(half: Path) -> Path:
    """Give a file that was written and checked its name, durably."""
    path = half.with_name(half.name.removesuffix(HALF))
    half.rename(path)
    sync(path.parent)
    return path


def sync(path: Path) -> None:
    """Force a file, or the names in a directory, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def thin(directory: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups, and return what was removed."""
    surplus = sorted(directory.glob(PATTERN))[:-keep]
    for path in surplus:
        path.unlink()
    return surplus


def newest(directory: Path) -> Path | None:
    """The newest backup, or None."""
    return max(directory.glob(PATTERN), default=None)


def moment(path: Path) -> datetime:
    """The instant in the name of a backup."""
    return datetime.strptime(path.name, f"yipan-{MOMENT}.backup").replace(tzinfo=UTC)


def oldest(directory: Path) -> Path | None:
    """The oldest backup, or None."""
    return min(directory.glob(PATTERN), default=None)
