"""`yipan backup` and `yipan restore` as a person types them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from yipan.kernel.errors import InvalidInput, NotFound
from yipan.server.cli_backup import _moment, backup, restore


def test_a_directory_may_stand_where_a_command_could() -> None:
    """`yipan backup --keep 0` is an error of making one; `yipan backup verify` asks for a file."""
    made = CliRunner().invoke(backup, ["/backups", "--keep", "0"])
    assert "make [OPTIONS] [DIRECTORY]" in made.output
    assert "Missing argument 'FILE'" in CliRunner().invoke(backup, ["verify"]).output
    assert "archive" in CliRunner().invoke(backup, ["--help"]).output


def test_a_moment_without_a_zone_is_that_of_the_hospital() -> None:
    """What the clock on the wall showed; a moment with a zone is taken as it is."""
    assert _moment("2026-03-02T08:30").astimezone(UTC) == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    assert _moment("2026-03-02T08:30:15+00:00") == datetime(2026, 3, 2, 8, 30, 15, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="restore_time_unclear"):
        _moment("half past eight")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A name typed wrongly ends in a sentence and makes nothing."""
    for command, arguments in ((backup, ["verify"]), (restore, [])):
        result = CliRunner().invoke(command, [*arguments, str(tmp_path / "none")])
        assert isinstance(result.exception, NotFound)
        assert result.exception.code == "backup_not_there"
