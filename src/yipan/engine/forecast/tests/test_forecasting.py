"""Forecasts of a panel: their shape, and what is done with histories that are not neat."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from yipan.engine.forecast import LEVELS, Panel, forecast
from yipan.engine.forecast.forecasting import forecasts_from
from yipan.engine.forecast.tests.wards import FIRST, PATTERN, few_trees, panel, ward
from yipan.kernel.errors import InvalidInput


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    few_trees(monkeypatch)


def among(values: np.ndarray) -> Panel:
    """The usual wards with one more series."""
    usual = panel(values.shape[0])
    return Panel((*usual.names, "odd"), FIRST, np.concatenate([usual.values, values[None]]))


def odd(values: np.ndarray) -> np.ndarray:
    """Forecast float[14, level] of a series among the usual wards."""
    coming = forecast(among(values), 14).values
    assert np.isfinite(coming).all()
    assert (coming >= 0).all()
    assert (np.diff(coming, axis=2) >= 0).all()
    return coming[-1]


def test_a_forecast_has_every_level_of_every_coming_day() -> None:
    """Thirteen levels that never fall, for each series and day, beginning the day after the last; near the pattern."""
    coming = forecast(panel(200), 14)
    assert coming.first == date(2025, 7, 25)
    assert coming.values.shape == (3, 14, len(LEVELS))
    assert (np.diff(coming.values, axis=2) >= 0).all()
    usual = PATTERN[(200 + np.arange(14)) % 7]
    assert coming.median[0] == pytest.approx(usual, abs=4)
    assert (coming.values[0, :, 0] < usual).all()
    assert (coming.values[0, :, -1] > usual).all()


def test_the_same_seed_gives_the_same_forecast() -> None:
    """Nothing depends on the clock or on chance of its own."""
    wards = panel(150, 2)
    first, again = (forecast(wards, 7, seed=3).values for _ in range(2))
    assert (first == again).all()


def test_the_future_shuffled_changes_no_forecast() -> None:
    """Values after an origin may be anything, also for the models, intervals and levels behind it."""
    wards = panel(204)
    origins = (170, 190)
    true = forecasts_from(wards, origins, 14)
    for i, origin in enumerate(origins):
        values = wards.values.copy()
        chance = np.random.default_rng(origin)
        values[:, origin:] = chance.permuted(values[:, origin:], axis=1)[::-1] * 3 + 50
        shuffled = forecasts_from(replace(wards, values=values), origins, 14)
        assert (shuffled[: i + 1] == true[: i + 1]).all()


def test_four_weeks_ahead_the_future_is_as_unknown() -> None:
    """Nor is a day between the origin and a far horizon looked at."""
    wards = panel(180, 2)
    values = wards.values.copy()
    values[:, 150:] = 7.0
    true, shuffled = (forecasts_from(each, (150,), 28) for each in (wards, replace(wards, values=values)))
    assert (true == shuffled).all()
    assert true[0, 0, :, 6] == pytest.approx(PATTERN[(150 + np.arange(28)) % 7], abs=6)


def test_a_day_that_was_known_does_change_the_forecast() -> None:
    """The guard of the test above: it would see a value that was looked at."""
    wards = panel(200)
    values = wards.values.copy()
    values[0, 199] += 30
    assert (forecast(replace(wards, values=values), 7).values[0] != forecast(wards, 7).values[0]).any()


def test_missing_days_are_passed_over() -> None:
    """Single days, a week and every third day unknown: the forecast stays near the pattern."""
    values = ward(200)
    values[[20, 77, 140, 198]] = np.nan
    values[90:97] = np.nan
    values[::3] = np.nan
    assert odd(values)[:, 6] == pytest.approx(PATTERN[(200 + np.arange(14)) % 7], abs=6)


def test_a_gap_until_today_is_no_reason_to_be_silent() -> None:
    """A ward that has not reported for two weeks or four months still has a forecast from what it was."""
    for gap in (14, 120):
        values = ward(200)
        values[-gap:] = np.nan
        assert odd(values)[:, 6] == pytest.approx(PATTERN[(200 + np.arange(14)) % 7], abs=9)


def test_a_rare_series_of_zeros_and_ones_stays_small() -> None:
    """Counts near zero have a low median and a higher edge, nothing below zero."""
    values = (np.random.default_rng(4).uniform(size=200) < 0.2).astype(float)
    coming = odd(values)
    assert (coming[:, 6] <= 1).all()
    assert (coming[:, -1] > 0.3).all()


def test_what_never_changes_is_forecast_as_it_is() -> None:
    """Wards that had the same number on every day have it on the coming ones, at every level."""
    coming = forecast(Panel(("a", "b"), FIRST, np.full((2, 200), [[30.0], [7.0]])), 5)
    assert np.allclose(coming.values, np.array([30.0, 7.0])[:, None, None])


def test_a_level_shift_is_followed() -> None:
    """A ward doubled three weeks ago is forecast at its new size."""
    values = ward(200)
    values[-21:] *= 2
    coming = odd(values)[:, 6]
    assert coming.mean() == pytest.approx(2 * PATTERN.mean(), rel=0.15)


def test_a_new_ward_among_old_ones_has_a_forecast() -> None:
    """With two weeks of history the weekday says it; with ten weeks the model of all wards does."""
    for days in (14, 70):
        values = ward(200)
        values[:-days] = np.nan
        assert odd(values)[:, 6] == pytest.approx(PATTERN[(200 + np.arange(14)) % 7], abs=9)


def test_a_closed_ward_is_forecast_as_closed() -> None:
    """Four weeks of zeros are no chance: zero at every level. Three weeks may be, and say less."""
    values = ward(200)
    values[-28:] = 0
    assert (odd(values) == 0).all()
    values = ward(200)
    values[-21:] = 0
    assert (odd(values)[:, -1] > 0).any()


def test_a_series_that_may_be_negative_is_not_cut_at_zero() -> None:
    """Differences, such as arrivals less discharges, keep their sign."""
    chance = np.random.default_rng(8)
    coming = forecast(Panel(("net",), FIRST, chance.normal(0, 5, (1, 200))), 3).values
    assert (coming[..., 0] < 0).all()


def test_a_panel_must_have_a_name_for_each_row() -> None:
    """Names and values of different number are refused, and so are a horizon of nothing and an unknown country."""
    with pytest.raises(ValueError, match="names"):
        Panel(("a",), FIRST, np.zeros((2, 5)))
    with pytest.raises(ValueError, match="one day"):
        forecast(panel(50), 0)
    with pytest.raises(InvalidInput, match="forecast_country"):
        forecast(panel(50), 7, country="Narnia")


@pytest.mark.parametrize("days", [0, 1, 2, 8, 15, 30, 100])
def test_a_short_history_has_a_forecast_all_the_same(days: int) -> None:
    """From one known day on there is a forecast; without any there is none."""
    coming = forecast(panel(days), 14)
    assert np.isfinite(coming.values).all() == (days > 0)
