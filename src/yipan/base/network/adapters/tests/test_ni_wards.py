"""Wards and rooms where only the number of beds is known."""

from __future__ import annotations

from collections import Counter

from yipan.base.network.adapters.ni_wards import Unit, furnish
from yipan.base.network.rows import DepartmentRow


def unit(code: str, beds: int, patients: str = "adults", programme: str = "Acute") -> Unit:
    return Unit(DepartmentRow(f"H-{code}", "H", code, code, ""), programme, patients, beds)


def test_a_large_department_is_split_evenly():
    """65 beds are wards of 22, 22 and 21 beds."""
    wards, _, beds = furnish([unit("100", 65)])
    assert [w.code for w in wards] == ["H-100-1", "H-100-2", "H-100-3"]
    assert list(Counter(b.ward for b in beds).values()) == [22, 22, 21]


def test_small_departments_share_a_ward_by_patients():
    """Two small departments of adults share a ward; the children's one does not; each bed keeps its department."""
    wards, rooms, beds = furnish([unit("100", 5), unit("101", 3), unit("420", 4, "children"), unit("300", 0)])
    assert [w.name for w in wards] == ["Acute shared 1", "420"]
    assert Counter((b.ward, b.department) for b in beds) == {
        ("H-M100", "H-100"): 5,
        ("H-M100", "H-101"): 3,
        ("H-M420", "H-420"): 4,
    }
    assert {(r.age_min, r.age_max) for r in rooms if r.ward == "H-M420"} == {(0, 17)}
    assert len({(b.ward, b.label) for b in beds}) == len(beds)


def test_every_fifth_room_is_single():
    """Bays of four for one sex at a time, and single rooms fit for contact isolation."""
    _, rooms, beds = furnish([unit("100", 17)])
    assert list(Counter(b.room for b in beds).values()) == [4, 4, 4, 4, 1]
    assert [r.isolation for r in rooms] == ["none"] * 4 + ["contact"]
    assert {r.sex_policy for r in rooms} == {"same"}


def test_intensive_beds_are_equipped():
    """Beds of anaesthetics are intensive care with monitors and ventilators, for any sex."""
    _, rooms, beds = furnish([unit("190", 8, "intensive")])
    assert {(b.level_of_care, b.monitor, b.ventilator) for b in beds} == {("intensive", True, True)}
    assert {r.sex_policy for r in rooms} == {"any"}
