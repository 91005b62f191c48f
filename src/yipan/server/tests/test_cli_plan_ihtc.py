"""`yipan plan ihtc`, from the file to the plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from yipan.engine.optimise.ihtc import evaluate
from yipan.engine.optimise.ihtc.reading import read
from yipan.engine.optimise.ihtc.solution import from_json
from yipan.engine.optimise.ihtc.tests.cases import small
from yipan.server.cli import main


@pytest.fixture(autouse=True)
def _keep_the_language() -> Iterator[None]:
    with translation.override(translation.get_language()):
        yield


def ask(problem: str, directory: Path) -> Result:
    (directory / "problem.json").write_text(problem)
    files = [str(directory / "problem.json"), "-o", str(directory / "plan.json")]
    return CliRunner(env={"LANG": "en"}).invoke(
        main, ["plan", "ihtc", *files, "--iterations", "20000", "--threads", "1"]
    )


def test_a_plan_is_written_and_its_cost_told(tmp_path: Path) -> None:
    """The file holds a plan that keeps every rule and costs what the last line says, component by component."""
    problem = json.dumps(small(2))
    asked = ask(problem, tmp_path)
    assert asked.exit_code == 0, asked.output
    told, instance = json.loads(asked.stdout.splitlines()[-1]), read(problem)
    found = evaluate(instance, from_json(instance, (tmp_path / "plan.json").read_text()))
    assert not any(found.violations.values())
    assert (told["cost"], told["components"]) == (found.cost, found.components)


def test_a_faulty_problem_is_told_in_a_sentence(tmp_path: Path) -> None:
    """Path and value of the fault, exit code 2, and nothing is written."""
    raw = small(2)
    raw["patients"][3] |= {"mandatory": True, "surgery_due_day": 40}
    asked = ask(json.dumps(raw), tmp_path)
    assert asked.exit_code == 2
    assert "patients[3].surgery_due_day: 40 is past the last day 3." in asked.stderr
    assert not (tmp_path / "plan.json").exists()


def test_a_problem_without_a_plan_writes_nothing(tmp_path: Path) -> None:
    """Two mandatory patients for one bed on the same days: exit code 2, and the broken rule is named."""
    raw = small(2, days=2, patients=2)
    raw["rooms"], raw["occupants"] = [{"id": "r0", "capacity": 1}], []
    for patient in raw["patients"]:
        patient |= {"mandatory": True, "surgery_release_day": 1, "surgery_due_day": 1, "incompatible_room_ids": []}
    asked = ask(json.dumps(raw), tmp_path)
    assert asked.exit_code == 2
    assert "mandatory_left_out 1" in asked.stderr
    assert not (tmp_path / "plan.json").exists()
