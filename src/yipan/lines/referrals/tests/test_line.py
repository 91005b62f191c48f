"""Referrals keep what every line keeps, and their README tells the truth."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from yipan.lines.referrals import actions
from yipan.lines.referrals.actions import reserving
from yipan.lines.referrals.line import LINE
from yipan.lines.referrals.policy import Facts
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.tests.world import build
from yipan.spine import joint
from yipan.spine.testing import LineContract, patient

README = Path(__file__).resolve().parents[1] / "README.md"


class TestReferrals(LineContract):
    """The contract of service lines."""

    line = LINE
    package = "yipan.lines.referrals"


@pytest.mark.django_db
def test_readme_example_runs():
    """The example of the README takes a patient up, and back down with a plan."""
    world = build()
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    names = {
        "actions": actions,
        "reserving": reserving,
        "joint": joint,
        "Facts": Facts,
        "date": date,
        "patient": patient(),
        "village": world.village,
        "neurology": world.neurology,
        "village_doctor": world.doctor,
        "county_desk": world.desk,
    }
    exec(example, names)
    assert known.referral(world.doctor, names["referral"].pk).state == "sent_back"
    assert known.referral(world.doctor, names["down"].pk).state == "sent"
