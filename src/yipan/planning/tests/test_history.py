"""Daily counts from before Yipan, taken in from a file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yipan.base.network.models import Department
from yipan.engine.forecast.reading import read
from yipan.kernel.errors import InvalidInput
from yipan.planning.forecasting.history import keep
from yipan.planning.models import History, Measure
from yipan.spine.testing import SmallNetwork, small_network

pytestmark = pytest.mark.django_db

FIRST = date(2026, 1, 1)


@pytest.fixture
def network() -> SmallNetwork:
    return small_network()


def told(name: str, *values: float | None, first: date = FIRST) -> int:
    rows = [f"{first + timedelta(days=i)},{name},{'' if v is None else v}" for i, v in enumerate(values)]
    return keep(read("\n".join(["date,series,value", *rows]).encode()))


def test_wards_and_departments_by_their_codes(network: SmallNetwork) -> None:
    """A series goes to the ward or the department of its code, with what is unknown left open."""
    ward, department = network.wards["neurology"], network.departments["neurology"]
    assert told(f"{ward.code}/occupied", 3, None, 5) == 1
    told(f"{department.code}/arrivals", 1, 2)
    row = History.objects.get(ward=ward)
    assert (row.measure, row.first, row.values) == (Measure.OCCUPIED, FIRST, [3, None, 5])
    assert History.objects.get(department=department).values == [1, 2]


def test_told_again(network: SmallNetwork) -> None:
    """Days told again replace what was known; others stay, and a gap between is unknown."""
    name = f"{network.wards['neurology'].code}/occupied"
    told(name, 3, 4, 5)
    told(name, 9, None, first=FIRST + timedelta(days=1))
    told(name, 7, first=FIRST + timedelta(days=4))
    told(name, 1, first=FIRST - timedelta(days=2))
    row = History.objects.get()
    assert (row.first, row.values) == (FIRST - timedelta(days=2), [1, None, 3, 9, 5, None, 7])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("NOWHERE/occupied", "history_place"),
        ("{ward}/beds", "history_measure"),
        ("{ward}", "history_measure"),
        ("{both}/occupied", "history_ambiguous"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(network: SmallNetwork, name: str, code: str) -> None:
    """One series that is not usable keeps the others out too, and is named."""
    ward, site = network.wards["neurology"], network.site
    specialty = network.departments["neurology"].specialty
    both = Department.objects.create(code=network.wards["neurosurgery"].code, site=site, specialty=specialty, name="x")
    wrong = name.format(ward=ward.code, both=both.code)
    rows = f"date,series,value\n{FIRST},{ward.code}/occupied,3\n{FIRST},{wrong},3\n"
    with pytest.raises(InvalidInput) as refusal:
        keep(read(rows.encode()))
    assert (refusal.value.code, refusal.value.params["series"]) == (code, wrong)
    assert not History.objects.exists()
    told(f"ward:{both.code}/occupied", 3)
    assert History.objects.get().ward is not None


def test_no_count_is_negative(network: SmallNetwork) -> None:
    """A value below zero is refused with its series."""
    with pytest.raises(InvalidInput) as refusal:
        told(f"{network.wards['neurology'].code}/occupied", 3, -1)
    assert refusal.value.code == "history_negative"
    assert not History.objects.exists()
