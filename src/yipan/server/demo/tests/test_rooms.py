"""A ward is furnished with exactly its beds, the same way each time."""

from __future__ import annotations

from collections import Counter

import pytest

from yipan.base.network.rows import WardRow
from yipan.server.demo.rooms import furnish

KINDS = ["general", "intensive", "newborns", "children", "isolation", "protective", "women", "emergency", "township"]


def ward(code: str = "W") -> WardRow:
    return WardRow(code, "S", "D", "病区", "Ward", "楼", 12, 10, None, None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("beds", [20, 36, 45])
def test_a_ward_has_exactly_its_beds(kind, beds):
    """Every kind of ward has the asked number of beds, in rooms of one to six, labelled through the ward."""
    made = furnish(ward(), kind, beds)
    assert [b.label for b in made.beds] == [f"{n:02d}" for n in range(1, beds + 1)]
    assert {b.room for b in made.beds} == {r.label for r in made.rooms}
    assert max(Counter(b.room for b in made.beds).values()) <= 6
    assert made.rooms[0].label == "1201"


def test_the_same_ward_is_always_furnished_the_same():
    """Rooms depend on the code of the ward only."""
    assert furnish(ward("A"), "general", 45) == furnish(ward("A"), "general", 45)
    assert furnish(ward("A"), "general", 45) != furnish(ward("B"), "general", 45)
