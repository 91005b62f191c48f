"""A small installation with a server of its own, and its keys away from the project's."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from yipan.server.backup import keys


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key file of each test; no passphrase, no archive and no other database of the surroundings."""
    path = tmp_path / "backup.key"
    monkeypatch.setenv(keys.FILE, str(path))
    for name in (keys.PASSPHRASE, "YIPAN_WAL_ARCHIVE", "YIPAN_BACKUP_URL"):
        monkeypatch.delenv(name, raising=False)
    return path


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, and open to walk through, as a project's directory is."""
    path = Path(tempfile.mkdtemp(prefix="yipan-test-"))
    path.chmod(0o755)
    yield path.resolve()
    shutil.rmtree(path)


def silent(code: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""
