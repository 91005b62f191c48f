"""Where an installation under test keeps its state."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A directory that the database's user can walk to."""
    path = Path(tempfile.mkdtemp(prefix="yipan-crash-"))
    path.chmod(0o755)
    yield path.resolve()
    shutil.rmtree(path, ignore_errors=True)
