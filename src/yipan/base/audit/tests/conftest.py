"""The sealer waits for every transaction of the database server. Tests run beside others on one server, so here it
waits for those of its own database only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from yipan.base.audit import sealing

OWN = """
SELECT (SELECT system_identifier FROM pg_control_system()),
       coalesce((SELECT min(backend_xid::text::bigint) FROM pg_stat_activity WHERE datname = current_database()), xmax),
       xmax
  FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax) AS s
"""


@pytest.fixture
def sealer(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """A sealer for one database, with its keys in a place of the test."""
    monkeypatch.setattr(sealing, "NOW", OWN)
    settings.YIPAN_AUDIT_DIRECTORY = tmp_path
