"""Whose public holidays series keep, found from the series alone."""

from __future__ import annotations

import csv
import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from yipan.engine.forecast import Panel
from yipan.engine.forecast.calendars import calendar
from yipan.engine.forecast.panel import Floats
from yipan.engine.forecast.reading import read
from yipan.engine.forecast.recognising import country_of

DATA = Path(os.environ.get("YIPAN_DATA", Path(__file__).parents[6] / "shared" / "data"))
FIRST = date(2023, 5, 1)
PATTERN = np.array([40, 42, 41, 43, 38, 25, 22.0])
DAYS = 700


def wards(country: str, *, seed: int = 3, days: int = DAYS, quieter: float = 10.0) -> Panel:
    """Discharges of four wards, fewer on the public holidays of a country; none fewer with `quieter` 0."""
    known = calendar(FIRST, days, country)
    usual = PATTERN[known.weekday] - quieter * known.holiday * (known.weekday < 5) + quieter * known.work
    values = np.random.default_rng(seed).poisson(np.broadcast_to(usual, (4, days))).astype(float)
    return Panel(("A", "B", "C", "D"), FIRST, values)


@pytest.mark.parametrize("country", ["DE", "GB", "JP", "US"])
def test_the_country_whose_days_are_kept_is_found(country: str) -> None:
    """Wards that discharge fewer on its public holidays name it, although others share many of them."""
    assert country_of(wards(country)) == country


def test_the_usual_country_is_not_found_but_left() -> None:
    """Chinese wards keep what is taken anyway; where another country is usual, they are found."""
    chinese = wards("CN")
    assert country_of(chinese) is None
    assert country_of(chinese, usual="DE") == "CN"


@pytest.mark.parametrize("seed", range(4))
def test_series_that_keep_no_holidays_name_no_country(seed: int) -> None:
    """Neither noise around the week nor a level that wanders looks like somebody's holidays."""
    assert country_of(wards("DE", seed=seed, quieter=0.0)) is None
    wandering = 300 + np.random.default_rng(seed).normal(0, 4, (3, DAYS)).cumsum(axis=1)
    assert country_of(Panel(("A", "B", "C"), FIRST, wandering)) is None


def test_holidays_moved_by_weeks_are_nobodys() -> None:
    """The same dips fourteen weeks later fit no country."""
    moved = wards("DE")
    assert country_of(Panel(moved.names, FIRST + timedelta(weeks=14), moved.values)) is None


def test_gaps_do_not_hide_the_country() -> None:
    """A third of the values missing, and two whole months: still found."""
    values = wards("DE").values.copy()
    values[np.random.default_rng(1).random(values.shape) < 0.3] = np.nan
    values[:, 200:260] = np.nan
    assert country_of(Panel(("A", "B", "C", "D"), FIRST, values)) == "DE"


@pytest.mark.parametrize(
    "values",
    [np.full((2, DAYS), np.nan), np.zeros((2, DAYS)), wards("DE", days=100).values],
    ids=["unknown", "closed", "short"],
)
def test_what_tells_nothing_names_no_country(values: Floats) -> None:
    """Unknown, constant and short series are no evidence."""
    assert country_of(Panel(tuple(map(str, range(len(values)))), FIRST, values)) is None


@pytest.mark.parametrize(
    ("file", "series", "value", "country"),
    [
        ("nhs/trust_daily_discharges.csv", "trust", "discharged", "GB"),
        ("divi/icu_beds_by_state.csv", "state", "occupied", "DE"),
    ],
    ids=["nhs", "divi"],
)
def test_public_series_are_recognised(file: str, series: str, value: str, country: str) -> None:
    """Discharges of English trusts and occupied beds of German states say where they are from."""
    if not (DATA / file).exists():
        pytest.skip(f"{DATA / file} is not there; YIPAN_DATA names the directory that holds it")
    with (DATA / file).open(encoding="utf-8", newline="") as rows:
        lines = [f"{row['date']},{row[series]},{row[value]}" for row in csv.DictReader(rows)]
    assert country_of(read("\n".join(["date,series,value", *lines]).encode())) == country
