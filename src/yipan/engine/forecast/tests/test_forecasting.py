"""Forecasts of a panel: their shape, and what is done with histories that are not neat."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from yipan.engine.forecast import LEVELS, Panel, forecast

FIRST = date(2025, 1, 6)


def weekly(days: int = 200, *, seed: int = 5) -> np.ndarray:
    """A ward with a weekly pattern and noise."""
    chance = np.random.default_rng(seed)
    pattern = np.array([40, 42, 41, 43, 38, 25, 22.0])
    return np.round(pattern[np.arange(days) % 7] + chance.normal(0, 3, days))


def test_a_forecast_has_every_level_of_every_coming_day() -> None:
    """Thirteen levels that never fall, for each series and day, beginning the day after the last."""
    panel = Panel(("a", "b"), FIRST, np.stack([weekly(), 2 * weekly(seed=6)]))
    coming = forecast(panel, 14)
    assert coming.first == date(2025, 7, 25)
    assert coming.values.shape == (2, 14, len(LEVELS))
    assert (np.diff(coming.values, axis=2) >= 0).all()
    assert np.isfinite(coming.values).all()
    assert (coming.values >= 0).all()


def test_a_panel_must_have_a_name_for_each_row() -> None:
    """Names and values of different number are refused, and so is a horizon of nothing."""
    with pytest.raises(ValueError, match="names"):
        Panel(("a",), FIRST, np.zeros((2, 5)))
    with pytest.raises(ValueError, match="one day"):
        forecast(Panel(("a",), FIRST, np.zeros((1, 50))), 0)


@pytest.mark.parametrize("days", [0, 1, 2, 8, 15, 30])
def test_a_short_history_has_a_forecast_all_the_same(days: int) -> None:
    """From one known day on there is a forecast; without any there is none."""
    coming = forecast(Panel(("new",), FIRST, weekly(days)[None]), 14)
    assert np.isfinite(coming.values).all() == (days > 0)
