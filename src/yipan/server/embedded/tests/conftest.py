"""Directories for the embedded server's tests: short, and open to walk through, as a project's directory is."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from yipan.server.embedded import place


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="yipan-test-"))
    path.chmod(0o755)
    yield path.resolve()
    shutil.rmtree(path)


@pytest.fixture
def system_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for /var/lib."""
    path = folder / "system"
    path.mkdir()
    monkeypatch.setattr(place, "SYSTEM_PLACE", path)
    return path
