"""The command `yipan audit` as a person at the terminal meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import connection
from django.utils import translation

from yipan.base import audit as trail
from yipan.base.access import SYSTEM
from yipan.base.audit import sealing
from yipan.base.audit.models import Entry
from yipan.base.audit.tests.alone import OWN
from yipan.server import session
from yipan.server.audit import audit


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[Any]:
    """Runs the command against the tests' database, in English."""
    monkeypatch.setattr(session, "database", nullcontext)
    monkeypatch.setattr(session, "django", lambda: None)
    monkeypatch.setattr(sealing, "NOW", OWN)
    settings.YIPAN_AUDIT_DIRECTORY = tmp_path / "audit"

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(audit, [str(argument) for argument in arguments], catch_exceptions=False)

    with translation.override("en"):
        yield run


@pytest.mark.django_db(transaction=True)
def test_from_checkpoint_to_conviction(terminal: Any, tmp_path: Path) -> None:
    """A checkpoint kept elsewhere passes a whole journal (0), and convicts who cuts the journal and its seals (1)."""
    key, kept, events = tmp_path / "key.pub", tmp_path / "checkpoint.json", tmp_path / "events.ndjson"
    assert terminal("checkpoint").exit_code == 2, "nothing is written yet"
    trail.record(SYSTEM, "tea.make", "cup", 1)
    assert terminal("public-key", "-o", key).exit_code == 0
    assert terminal("checkpoint", "-o", kept).exit_code == 0
    assert len(kept.read_bytes()) < 1000
    proof = ("verify", "--public-key", key, "--checkpoint", kept)
    assert terminal(*proof).exit_code == 0
    assert terminal("export", "--from", "2000-01-01", "--to", "2100-01-01", "-o", events).exit_code == 0
    assert [json.loads(line)["resourceType"] for line in events.read_text().splitlines()] == ["AuditEvent"]
    number = Entry.objects.get().pk
    with connection.cursor() as cursor:
        for table in ("audit_entry", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER; DELETE FROM {table}")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_truncate")
        cursor.execute("ALTER TABLE audit_seal DISABLE TRIGGER audit_seal_no_truncate")
    cut = terminal(*proof)
    assert cut.exit_code == 1
    assert "TRUNCATED" in cut.output
    assert f"to {number} are gone" in cut.output
