"""The file a plan is made from and the file it goes to. What cannot work is said before the search, not after it."""

from __future__ import annotations

import os
from pathlib import Path

from yipan.kernel.errors import InvalidInput, Unavailable


def content(source: Path) -> bytes:
    """What stands in the file. Raises InvalidInput when it cannot be read."""
    try:
        return source.read_bytes()
    except OSError as error:
        raise InvalidInput("plan_unreadable", path=str(source), why=error.strerror) from None


def check_target(target: Path, *, source: Path) -> None:
    """Make sure that a plan can be written to `target` later, without touching what may be there.

    Raises InvalidInput when it is the source itself, a directory or a device, or its directory takes no files.
    """
    if target.exists():
        if source.exists() and target.samefile(source):
            raise InvalidInput("plan_over_source", path=str(target))
        if not target.is_file() or not os.access(target, os.W_OK):
            raise InvalidInput("plan_unwritable", path=str(target))
    part = _part(target)
    try:
        part.open("xb").close()
        part.unlink()
    except OSError:
        raise InvalidInput("plan_unwritable", path=str(target)) from None


def write(target: Path, text: str) -> None:
    """Write the plan whole or not at all. Raises Unavailable when the disk does not take it."""
    part = _part(target)
    try:
        with part.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Unavailable("plan_not_written", path=str(target), why=error.strerror) from None


def _part(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.part")
