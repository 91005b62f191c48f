"""Scores against their definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from yipan.engine.forecast.evaluating import evaluate, origins_of, score
from yipan.engine.forecast.methods import BASELINES, baseline, ours
from yipan.engine.forecast.panel import LEVELS, Floats, Panel
from yipan.engine.forecast.scores import interval_score, scale
from yipan.engine.forecast.seasonal import seasonal
from yipan.engine.forecast.tests.wards import few_trees, panel


def naive(past: Panel, origins: tuple[int, ...], horizon: int) -> Floats:
    return np.stack([seasonal(past.until(origin), horizon) for origin in origins])


def test_the_interval_score_is_that_of_bracher_and_others() -> None:
    """Half the error of the median and the penalised widths of six intervals, weighted by half their alpha."""
    quantiles = np.sort(np.random.default_rng(1).normal(0, 3, len(LEVELS)))
    for truth in (-9.0, 0.2, 7.0):
        total = 0.5 * abs(truth - quantiles[6])
        for k in range(6):
            alpha, low, high = 2 * LEVELS[k], quantiles[k], quantiles[-1 - k]
            width = high - low + 2 / alpha * max(low - truth, 0) + 2 / alpha * max(truth - high, 0)
            total += alpha / 2 * width
        assert interval_score(quantiles, np.array(truth), LEVELS) == pytest.approx(total / 6.5)


def test_the_seasonal_naive_method_scores_about_one_by_its_own_scale() -> None:
    """A series that differs by 2 from week to week has scale 2, and MASE 1 one week ahead."""
    values = np.tile(np.arange(7.0), 20) + np.repeat(np.arange(20) % 2 * 2.0, 7)
    assert scale(values[None]) == pytest.approx(2)
    found = evaluate(Panel(("a",), panel().first, values[None]), {"naive": naive}, horizon=7, test_days=35, origins=5)
    assert found.scores["naive"].mase == pytest.approx(1)


def test_the_scores_are_the_same_when_the_future_is_shuffled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each forecast made with all later days put in another order scores exactly as before."""
    few_trees(monkeypatch)
    wards, settings = panel(200, 2), {"horizon": 7, "test_days": 40, "origins": 2}

    def blind(past: Panel, origins: tuple[int, ...], horizon: int) -> Floats:
        made = []
        for i, origin in enumerate(origins):
            values = past.values.copy()
            values[:, origin:] = np.random.default_rng(i).permutation(values[:, origin:].T).T
            made.append(ours()(replace(past, values=values), origins, horizon)[i])
        return np.stack(made)

    found = evaluate(wards, {"ours": ours(), "blind": blind}, **settings).scores
    assert (found["ours"].mase, found["ours"].wis) == (found["blind"].mase, found["blind"].wis)
    assert found["ours"].mase < 1


def test_a_series_that_never_changes_is_not_scored() -> None:
    """Nothing can be measured by a scale of zero; the others are."""
    wards = panel(120)
    wards.values[1] = 4.0
    found = evaluate(wards, {"naive": naive}, horizon=7, test_days=30, origins=4)
    assert found.series == 2
    assert np.isfinite(found.scores["naive"].mase)


def test_unknown_days_count_in_no_score() -> None:
    """Truth that is missing is neither an error nor outside an interval."""
    forecasts = np.zeros((2, 1, 3, len(LEVELS)))
    truth = np.array([[[1.0, np.nan, 0.0]], [[1.0, np.nan, 0.0]]])
    found = score(forecasts, truth, np.ones(1))
    assert found.mase == pytest.approx(0.5)
    assert found.coverage[0.8] == pytest.approx(0.5)
    assert np.isnan(found.mase_by_horizon[1])


def test_origins_fill_the_test_and_none_reaches_past_it() -> None:
    """The first is the test's first day; from the last the horizon ends with the panel."""
    days = origins_of(500, 14, test_days=400, origins=60)
    assert (days[0], days[-1] + 14, len(days)) == (100, 500, 60)
    with pytest.raises(ValueError, match="does not fit"):
        origins_of(30, 14, test_days=30, origins=3)


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_see_only_the_past(name: str) -> None:
    """The plain models are given what was known, and forecast in order of the levels."""
    wards = panel(100, 1)
    true = baseline(name)(wards, (70, 80), 7)
    wards.values[:, 80:] = 999.0
    assert (baseline(name)(wards, (70, 80), 7) == true).all()
    assert (np.diff(true, axis=3) >= 0).all()
