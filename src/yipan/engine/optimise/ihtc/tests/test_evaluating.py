"""The plain evaluator against the competition's own scores."""

from __future__ import annotations

import json
import re

import pytest

from yipan.engine.optimise.ihtc import Solution, evaluate
from yipan.engine.optimise.ihtc.reading import read
from yipan.engine.optimise.ihtc.solution import Admission, from_json, to_json
from yipan.engine.optimise.ihtc.tests.cases import DATA, needs_data, small

SCORED = {
    "room_mixed_age": "AgeMix",
    "room_nurse_skill": "Skill",
    "continuity_of_care": "Continuity",
    "nurse_eccessive_workload": "Excess",
    "open_operating_theater": "OpenOT",
    "surgeon_transfer": "SurgeonTransfer",
    "patient_delay": "Delay",
    "unscheduled_optional": "Unscheduled",
}


@needs_data
@pytest.mark.parametrize("number", range(1, 11))
def test_scored_solutions_cost_what_the_competition_says(number: int) -> None:
    """Each component of the ten scored solutions is the organisers', and none breaks a rule."""
    instance = read((DATA / "test" / f"test{number:02}.json").read_bytes())
    text = (DATA / "test" / f"sol_test{number:02}.json").read_text()
    found = evaluate(instance, from_json(instance, text))
    scored = dict(re.findall(r"(\w+): *(\d+)", json.loads(text)["costs"][0]))
    assert {SCORED[name]: str(cost) for name, cost in found.components.items()} | {"Cost": str(found.cost)} == scored
    assert not any(found.violations.values())


@needs_data
def test_a_solution_survives_its_file() -> None:
    """Written and read again, a solution is the same."""
    instance = read((DATA / "test" / "test01.json").read_bytes())
    solution = from_json(instance, (DATA / "test" / "sol_test01.json").read_text())
    assert evaluate(instance, from_json(instance, to_json(instance, solution))) == evaluate(instance, solution)


def test_every_broken_rule_is_counted() -> None:
    """A plan that breaks all hard rules at once has a count for each."""
    raw = small(1, days=2, patients=4)
    for patient, gender in zip(raw["patients"], "ABAB", strict=True):
        patient |= {"mandatory": False, "gender": gender, "surgery_release_day": 1, "surgeon_id": "s0"}
        patient |= {"surgery_duration": 90, "incompatible_room_ids": ["r1"]}
    raw["patients"][3] |= {"mandatory": True, "surgery_due_day": 1}
    instance = read(json.dumps(raw))
    rounds = tuple({3: (1,)} if nurse < 2 else {0: (1,)} for nurse in range(len(instance.nurses)))
    found = evaluate(instance, Solution((*[Admission(0, 1, 0)] * 3, None), rounds)).violations
    assert all(found.values()), found
