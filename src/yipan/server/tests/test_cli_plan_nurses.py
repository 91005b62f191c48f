"""`yipan plan nurses`, from the documented file to the roster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from yipan.engine.optimise.nursing import read
from yipan.server.cli import main

PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "nurses.md"


@pytest.fixture(autouse=True)
def _keep_the_language() -> Iterator[None]:
    with translation.override(translation.get_language()):
        yield


def example() -> str:
    """The file that the documentation shows."""
    return PAGE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]


def ask(text: str, directory: Path) -> Result:
    (directory / "ward.toml").write_text(text, encoding="utf-8")
    files = [str(directory / "ward.toml"), "-o", str(directory / "roster.json")]
    wish = ["--iterations", "20000", "--threads", "1"]
    return CliRunner(env={"LANG": "en"}).invoke(main, ["plan", "nurses", *files, *wish])


def test_the_documented_ward_gets_a_roster(tmp_path: Path) -> None:
    """The example of the page runs as it stands: everybody has a week, every room with a patient its nurse."""
    asked = ask(example(), tmp_path)
    assert asked.exit_code == 0, asked.output
    told = json.loads(asked.stdout.splitlines()[-1])
    roster = json.loads((tmp_path / "roster.json").read_text(encoding="utf-8"))
    assert told["components"]["uncovered"] == 0
    assert told["cost"] == pytest.approx(sum(told["components"].values()))
    assert set(roster["nurses"]) == {"赵", "钱", "孙", "李", "周", "吴"}
    assert roster["nurses"]["赵"][5:] == ["", ""]
    for row in roster["rooms"]:
        for nurse in row["rooms"].values():
            assert roster["nurses"][nurse][row["day"] - 1] == row["shift"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('level = "special"', 'level = "4"', "rooms[0].patients[0].level: “4” is not possible here"),
        ('"3 night"', '"9 night"', "nurses[0].off[2]: “9 night” is not possible here"),
        ('start = "07:30"', 'start = "25:30"', "shifts[0].start: “25:30” is not possible here"),
        ("contract = 5  ", "contracts = 5  ", "nurses[0].contract"),
        ("days = 7", "days = 700", "days: “700” is not possible here"),
        ("days = 7", "days = [", "This is no TOML file"),
        ("rest_hours", "rest_minutes", "rules.rest_minutes: “11” is not possible here"),
    ],
)
def test_what_is_wrong_is_told_with_path_and_value(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A file that cannot be used ends with exit code 2 and the place of the fault; nothing is written."""
    asked = ask(example().replace(old, new, 1), tmp_path)
    assert asked.exit_code == 2
    assert told in asked.stderr
    assert not (tmp_path / "roster.json").exists()


def test_the_example_says_what_it_means() -> None:
    """Levels, days and free shifts of the page are read as they are meant."""
    week = read(example().encode())
    assert week.work[0, 0] == 180 + 90
    assert week.wanted[0].max() == 3
    assert week.nurses[0].off == frozenset({8, 15, 16, 17, 18, 19, 20})
    assert sorted(week.nurses[0].present) == [0, 3, 6, 9, 12]
