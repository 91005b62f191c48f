"""Histories as bad as they come: no forecast fails, falls with its level, or leaves the size of what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yipan.engine.forecast import Panel, forecast
from yipan.engine.forecast.panel import Floats
from yipan.engine.forecast.tests.wards import FIRST, few_trees

LENGTHS = (1, 2, 7, 8, 56, 119, 120, 121, 160, 240)
KINDS = ("constant", "rare", "busy", "wandering", "new", "closed", "weekly", "negative", "slip")
MOST = 50
"""Times the greatest number seen that a quantile may be."""


@pytest.fixture(autouse=True, scope="module")
def _few_trees() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        few_trees(patch)
        yield


def history(kind: str, days: int, chance: np.random.Generator) -> Floats:
    """One series of a kind."""
    day, half = np.arange(days), days // 2
    return {
        "constant": lambda: np.full(days, 30.0),
        "rare": lambda: chance.poisson(0.05, days),
        "busy": lambda: chance.poisson(10_000, days),
        "wandering": lambda: chance.normal(0, 1, days).cumsum() * 1e6,
        "new": lambda: np.where(day < half, 0, chance.poisson(20, days)),
        "closed": lambda: np.where(day < half, chance.poisson(20, days), 0),
        "weekly": lambda: np.where(day % 7 == 0, 50, 0),
        "negative": lambda: -chance.poisson(5, days),
        "slip": lambda: np.where(day == days - 1, 1e9, 1),  # somebody's elbow on the zero, on the last day
    }[kind]().astype(float)


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """One to three series of one length with gaps at the start, at the end and between."""
    days, chance = draw(st.sampled_from(LENGTHS)), np.random.default_rng(draw(st.integers(0, 9999)))
    rows = []
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3)):
        row = history(kind, days, chance)
        row[chance.random(days) < draw(st.sampled_from((0.0, 0.3, 0.95)))] = np.nan
        row[: draw(st.sampled_from((0, days // 2)))] = np.nan
        row[days - draw(st.sampled_from((0, days // 4))) :] = np.nan
        rows.append(row)
    first = FIRST + timedelta(draw(st.integers(0, 1500)))
    return Panel(tuple(f"{i}" for i in range(len(rows))), first, np.stack(rows))


def of(*kinds: str) -> Panel:
    rows = [history(kind, 240, np.random.default_rng(1)) for kind in kinds]
    return Panel(tuple(f"{i}" for i in range(len(rows))), FIRST, np.stack(rows))


NEARLY_UNKNOWN = Panel(("0",), FIRST, np.where(np.arange(160) < 159, np.nan, 3.0)[None])


@settings(max_examples=40)
@given(panel=panels(), horizon=st.integers(1, 28))
@example(panel=of("constant", "slip"), horizon=12)
@example(panel=of("slip"), horizon=6)
@example(panel=NEARLY_UNKNOWN, horizon=14)
def test_any_history_has_a_sensible_forecast(panel: Panel, horizon: int) -> None:
    """Known from one day on, never falling with the level, never below zero where nothing was, and of the size seen."""
    values = forecast(panel, horizon).values
    for row, coming in zip(panel.values, values, strict=True):
        known = row[np.isfinite(row)]
        assert np.isfinite(coming).all() == (len(known) > 0)
        if len(known):
            assert (np.diff(coming, axis=1) >= 0).all()
            assert np.abs(coming).max() <= MOST * max(1.0, np.abs(known).max())
            assert (coming >= 0).all() or (known < 0).any()
