"""Which files travel with the database, and where a name may lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from yipan.kernel.errors import InvalidInput
from yipan.server.backup import kept


def test_keys_travel_and_the_key_of_backups_does_not(tmp_path: Path) -> None:
    """Every kind of key file of the state directory, none that is only half there, and not what opens the backup."""
    for name in ("secret.key", "keys.json", "audit/signing.pem", "audit/checkpoints/1.json"):
        kept.write(tmp_path / name, b"x")
    for name in ("backup.key", "secret.key.new", "database.lock", "static/site.css", "database/data/PG_VERSION"):
        kept.write(tmp_path / name, b"x")
    found = [name for name, _ in kept.files(tmp_path)]
    assert found == ["audit/checkpoints/1.json", "audit/signing.pem", "keys.json", "secret.key"]


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "keys/../../outside", ""])
def test_a_name_never_leads_outside(tmp_path: Path, name: str) -> None:
    """A name that would be written elsewhere is refused."""
    with pytest.raises(InvalidInput, match="backup_malformed"):
        kept.target(tmp_path, name)
