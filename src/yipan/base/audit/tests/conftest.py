"""A sealer that tests can use side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from yipan.base.audit import sealing
from yipan.base.audit.tests.alone import OWN


@pytest.fixture
def sealer(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """A sealer for one database, with its keys in a place of the test."""
    monkeypatch.setattr(sealing, "NOW", OWN)
    settings.YIPAN_AUDIT_DIRECTORY = tmp_path
