"""`yipan catalogue` on the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from yipan.lines.exams.tests.test_catalogue import FILE
from yipan.server.catalogue import catalogue
from yipan.spine.testing import small_network


@pytest.fixture
def network():
    return small_network()


@pytest.mark.django_db
def test_on_the_command_line(network, tmp_path):
    """The command brings a catalogue in and out; what is wrong is told by file, row and column, with exit code 2."""
    source, target = tmp_path / "c.toml", tmp_path / "c.zip"
    source.write_text(FILE.format(home=network.departments["neurology"].code))
    run = CliRunner().invoke
    assert "items: added 1" in run(catalogue, ["import", str(source)]).output
    assert run(catalogue, ["export", str(target)]).exit_code == 0
    assert "changed 0" in run(catalogue, ["import", str(target)]).output
    source.write_text(FILE.format(home="NOWHERE"))
    told = run(catalogue, ["import", str(source)])
    assert told.exit_code == 2
    assert "devices:1 department “NOWHERE”" in told.output
