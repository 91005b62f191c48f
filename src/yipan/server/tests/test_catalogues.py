"""Message catalogues are compiled when they are older than their source."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from yipan.kernel.errors import Unavailable
from yipan.server import catalogues

SOURCE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Bed"\nmsgstr "%s"\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE % "床位")
    return path


def meaning(source: Path) -> str:
    with source.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext("Bed")


def test_a_new_or_changed_source_is_compiled_once(tmp_path: Path, source: Path) -> None:
    """Compiled when there is no `.mo` or an older one; otherwise nothing is done."""
    assert catalogues.compile_stale(tmp_path) == [source.with_suffix(".mo")]
    assert meaning(source) == "床位"
    assert catalogues.compile_stale(tmp_path) == []
    source.write_text(SOURCE % "病床")
    later = source.with_suffix(".mo").stat().st_mtime + 5
    os.utime(source, (later, later))
    assert catalogues.compile_stale(tmp_path) != []
    assert meaning(source) == "病床"


def test_a_catalogue_that_cannot_be_written_is_named(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear error instead of a traceback."""
    source.with_suffix(".mo.new").mkdir()
    with pytest.raises(Unavailable, match="directory_unwritable"):
        catalogues.compile_stale(source.parents[2])
