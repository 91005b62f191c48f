"""Compile the message catalogues: the repository holds `.po` files only, programs read `.mo` files."""

from __future__ import annotations

from pathlib import Path

from yipan.kernel.errors import Unavailable

LOCALES = Path(__file__).resolve().parents[1] / "ui" / "locale"


def compile_stale(locales: Path = LOCALES) -> list[Path]:
    """Compile each `.po` below `locales` that is newer than its `.mo`, and return the files written.

    A reader never sees half a file. Raises Unavailable when the directory cannot be written.
    """
    return [compiled(source) for source in sorted(locales.glob("*/LC_MESSAGES/*.po")) if _is_stale(source)]


def compiled(source: Path) -> Path:
    """Compile one catalogue beside its source. Entries marked fuzzy are left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    target = source.with_suffix(".mo")
    new = source.with_suffix(".mo.new")
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name)
    try:
        with new.open("wb") as file:
            write_mo(file, catalogue)
        new.replace(target)
    except OSError:
        raise Unavailable("directory_unwritable", path=str(source.parent), variable="YIPAN_STATE") from None
    return target


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime
