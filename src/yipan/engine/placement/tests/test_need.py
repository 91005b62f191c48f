"""What a patient needs is checked when it is said."""

import pytest

from yipan.engine.placement.case import resolve
from yipan.engine.placement.codes import Equipment
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.tests.networks import Plan
from yipan.kernel.errors import InvalidInput


def test_every_value_out_of_range_is_named():
    """All problems of a need come together, with path and value."""
    with pytest.raises(InvalidInput) as caught:
        Need(department=-1, age=200, stay_days=0, severity=7)
    assert caught.value.code == "need_invalid"
    told = {p["path"]: p["value"] for p in caught.value.params["problems"]}
    assert told == {"department": -1, "age": 200, "stay_days": 0, "severity": 7}


@pytest.mark.parametrize(
    ("name", "value"),
    [("department", 6), ("specialty", 5), ("ward", 6), ("site", 2), ("home_site", 2), ("current_bed", 12)],
)
def test_a_place_outside_the_network_is_refused(name, value):
    """Indices are rows of the network; a bad one is an error, never another row."""
    beds = Plan().beds()
    resolve(Need(**({"department": 0} | {name: value - 1})), Policy(), beds)
    with pytest.raises(InvalidInput) as caught:
        resolve(Need(**({"department": 0} | {name: value})), Policy(), beds)
    assert [p["path"] for p in caught.value.params["problems"]] == [name]
    below = {"department": 0} | {name: -2 if name != "department" else 0}
    if name != "department":
        with pytest.raises(InvalidInput):
            resolve(Need(**below), Policy(), beds)


def test_plain_numbers_become_members():
    """A need read from an array or from JSON has the same members as one written by hand."""
    plain = Need(department=0, severity=2, sex=1, equipment=3, level=1, urgency=0, isolation=4, nursing_level=0)
    assert (plain.severity.name, plain.sex.name, plain.isolation.name) == ("CRITICAL", "MALE", "PROTECTIVE")
    assert plain.equipment == Equipment.OXYGEN | Equipment.MONITOR


def test_a_stay_is_counted_in_minutes():
    """Half a day is 720 minutes."""
    assert Need(department=0, stay_days=0.5).stay_minutes == 720
