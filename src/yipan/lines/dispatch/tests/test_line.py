"""The ambulances keep what every line keeps, and their README tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yipan.base.access import Role
from yipan.kernel import clock
from yipan.lines.dispatch import actions
from yipan.lines.dispatch.actions.requests import TransportFacts
from yipan.lines.dispatch.line import LINE
from yipan.lines.dispatch.queries.proposals import proposals
from yipan.lines.dispatch.tests.fleet import county
from yipan.spine.queries import state_of
from yipan.spine.testing import NOON, LineContract, patient

README = Path(__file__).resolve().parents[1] / "README.md"


class TestDispatch(LineContract):
    """The contract of service lines."""

    line = LINE
    package = "yipan.lines.dispatch"


@pytest.mark.django_db
def test_readme_example_runs():
    """The example of the README takes a patient from the township to the hospital, and the vehicle home."""
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    with clock.using(clock.FrozenClock(NOON)):
        place = county("basic")
        names = {
            "actions": actions,
            "proposals": proposals,
            "TransportFacts": TransportFacts,
            "dispatcher": place.dispatcher,
            "crew": place.actor(Role.WARD_NURSE),
            "patient": patient(),
            "neurology": place.hospital.departments["neurology"],
            "town": place.town,
            "hospital": place.hospital.site,
        }
        exec(example, names)
        assert state_of(names["request"].id) == "done"
        assert names["handover"].vitals == {"systolic": 168, "pulse": 92}
