"""The clinics keep what every line keeps, and their README tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yipan.kernel import clock
from yipan.lines.appointments import actions
from yipan.lines.appointments.line import LINE
from yipan.lines.appointments.queries.proposals import proposals
from yipan.lines.appointments.tests.clinics import MONDAY, clinic_at, desk, doctor
from yipan.spine.queries import state_of
from yipan.spine.testing import LineContract, hours, patient, small_network

README = Path(__file__).resolve().parents[1] / "README.md"


class TestAppointments(LineContract):
    """The contract of service lines."""

    line = LINE
    package = "yipan.lines.appointments"


@pytest.mark.django_db
def test_readme_example_runs():
    """The example of the README takes a patient from the request out of the consulting room."""
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    moving = clock.FrozenClock(MONDAY - hours(20))
    with clock.using(moving):
        network = small_network()
        names = {
            "actions": actions,
            "proposals": proposals,
            "clinic": clinic_at(network),
            "patient": patient(),
            "desk": desk(network),
            "doctor": doctor(network),
            "arrive_at": lambda at: moving.advance(at - clock.now()),
        }
        exec(example, names)
        assert state_of(names["request"].id) == "done"
