"""Intervals cover what they say, and nothing that had not come is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from yipan.engine.forecast.calibrating import offsets
from yipan.engine.forecast.panel import LEVELS, MEDIAN


def test_quantiles_of_normal_errors_are_found() -> None:
    """Of errors that grow with the horizon, each horizon has its own quantiles around zero."""
    chance = np.random.default_rng(1)
    found = offsets(chance.normal(0, 1, (400, 10, 3)) * np.array([1.0, 2.0, 4.0]), (399,))[0]
    for h, sigma in enumerate((1, 2, 4)):
        assert found[h, LEVELS.index(0.9)] == pytest.approx(1.2816 * sigma, rel=0.1)
        assert found[h, LEVELS.index(0.025)] == pytest.approx(-1.96 * sigma, rel=0.1)
        assert found[h, MEDIAN] == 0


def test_intervals_widen_when_errors_grow_for_good() -> None:
    """After errors have doubled the intervals cover more than the window alone would let them."""
    chance = np.random.default_rng(2)
    errors = chance.normal(0, 1, (700, 10, 1))
    errors[400:] *= 2
    days = tuple(range(480, 700, 10))
    found = offsets(errors, days)[:, 0]
    low, high = LEVELS.index(0.1), LEVELS.index(0.9)
    inside = [(found[i, low] <= errors[d, :, 0]) & (errors[d, :, 0] <= found[i, high]) for i, d in enumerate(days)]
    window_only = [np.abs(errors[d, :, 0]) <= np.quantile(np.abs(errors[:d]), 0.8) for d in days]
    assert np.mean(inside) == pytest.approx(0.8, abs=0.08)
    assert np.mean(window_only) < np.mean(inside) - 0.04


def test_what_had_not_come_is_not_looked_at() -> None:
    """At origin 100 the error of horizon 5 made on day 95 is still to come; changing it changes nothing."""
    errors = np.random.default_rng(3).normal(0, 1, (120, 4, 6))
    changed = errors.copy()
    for ahead in range(6):
        changed[100 - ahead :, :, ahead] = 99.0
    assert (offsets(errors, (100,)) == offsets(changed, (100,))).all()
    changed[100 - 6, :, 5] = 99.0
    assert (offsets(errors, (100,)) != offsets(changed, (100,))).any()


def test_without_a_past_there_is_no_width() -> None:
    """Before any error has come, and where none is known, offsets are zero."""
    errors = np.full((30, 2, 3), np.nan)
    assert (offsets(errors, (0, 29)) == 0).all()
