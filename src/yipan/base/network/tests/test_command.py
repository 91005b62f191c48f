"""The command line: check, import, export."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from yipan.base.network import exporting, hooks
from yipan.base.network.command import network
from yipan.base.network.models import Bed
from yipan.base.network.tests.sample import NETWORK


@pytest.fixture(autouse=True)
def codes_only(monkeypatch):
    monkeypatch.setattr(hooks, "_sentence", [hooks._code_only])


def run(*args):
    return CliRunner().invoke(network, [str(a) for a in args], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path):
    exporting.write(NETWORK, tmp_path / "files")
    return tmp_path / "files"


def test_check_needs_no_database(folder):
    """A good folder passes with its number of rows, without any query."""
    result = run("check", folder)
    assert (result.exit_code, result.stdout) == (0, "network_check_passed tables=13 rows=30\n")


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["check", "import"])
def test_bad_input_lists_every_problem_and_exits_with_2(folder, verb):
    """Each problem is a line with file, row, column, value and what to do; nothing is written."""
    beds = (folder / "beds.csv").read_text(encoding="utf-8-sig").replace("NEU1,1202", "NEU1,1299")
    (folder / "beds.csv").write_text(beds, encoding="utf-8")
    result = run(verb, folder)
    assert result.exit_code == 2
    assert "beds.csv:4 room “1299”  network_room_unknown ward=NEU1" in result.stderr
    assert "network_file_invalid count=1" in result.stderr
    assert not Bed.objects.exists()


@pytest.mark.django_db
def test_import_then_export_gives_the_same_files(folder, tmp_path):
    """What goes in comes out, byte for byte."""
    result = run("import", folder)
    assert result.exit_code == 0
    assert "network_import_done" in result.stdout
    assert run("export", tmp_path / "out").exit_code == 0
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()
    }
    assert "network_nothing_to_change" in run("import", folder).stdout


@pytest.mark.django_db
def test_a_dry_run_shows_counts_and_writes_nothing(folder):
    """The table of counts is printed; the beds are not there."""
    result = run("import", folder, "--dry-run")
    assert "network_dry_run_done" in result.stdout
    assert any(line.split() == ["beds", "5", "–", "–", "–"] for line in result.stdout.splitlines())
    assert not Bed.objects.exists()
