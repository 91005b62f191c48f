"""The bed pool keeps what every line keeps, and its README tells the truth."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from yipan.base.access import Role
from yipan.kernel import clock
from yipan.lines.beds import actions
from yipan.lines.beds.line import LINE
from yipan.lines.beds.policy import AdmissionFacts
from yipan.lines.beds.queries.facts import request_with_facts
from yipan.lines.beds.queries.proposals import for_request
from yipan.spine.queries import state_of
from yipan.spine.testing import LineContract, patient, small_network

README = Path(__file__).resolve().parents[1] / "README.md"


class TestBeds(LineContract):
    """The contract of service lines."""

    line = LINE
    package = "yipan.lines.beds"


@pytest.mark.django_db
def test_readme_example_runs():
    """The example of the README takes a patient from the request to a clean bed."""
    network = small_network()
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    names = {
        "actions": actions,
        "AdmissionFacts": AdmissionFacts,
        "desk": network.actor(Role.COORDINATOR),
        "nurse": network.actor(Role.WARD_NURSE),
        "patient": patient(),
        "neurology": network.departments["neurology"],
        "for_request": for_request,
        "request_with_facts": request_with_facts,
        "now": clock.now,
        "timedelta": timedelta,
    }
    exec(example, names)
    assert state_of(names["request"].id) == "done"
    assert names["best"].tier == "own"
