"""The examinations keep what every line keeps, and their README tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yipan.kernel import clock
from yipan.lines.exams import actions
from yipan.lines.exams.line import LINE
from yipan.lines.exams.policy.slots import Goal
from yipan.lines.exams.queries.slots import Wish, offers
from yipan.lines.exams.tests.radiology import radiology
from yipan.spine.queries import state_of
from yipan.spine.testing import NOON, LineContract, patient

README = Path(__file__).resolve().parents[1] / "README.md"


class TestExams(LineContract):
    """The contract of service lines."""

    line = LINE
    package = "yipan.lines.exams"


@pytest.mark.django_db
def test_readme_example_runs():
    """The example of the README takes an order to the image."""
    world = radiology()
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    names = {
        "actions": actions,
        "doctor": world.doctor,
        "technician": world.technician(),
        "patient": patient(),
        "neurology": world.here.departments["neurology"],
        "ct": world.ct,
        "offers": offers,
        "Wish": Wish,
        "Goal": Goal,
        "now": clock.now,
    }
    with clock.using(clock.FrozenClock(NOON)):
        exec(example, names)
    assert state_of(names["request"].id) == "done"
    assert names["best"].device == world.devices["here"]
