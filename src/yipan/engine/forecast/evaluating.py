"""Rolling origin: forecast from many past days as if it were that day, and compare with what came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from yipan.engine.forecast.panel import LEVELS, Floats, Panel, mean_of_known
from yipan.engine.forecast.scores import absolute, covered, interval_score, scale

Method = Callable[[Panel, tuple[int, ...], int], Floats]
"""(panel, origins, horizon) -> quantiles float[origins, series, horizon, level]. An origin is a number of days: what
stands in `panel.until(origin)` is known then, and nothing else may be used for it."""

SHARES = (0.8, 0.95)


@dataclass(frozen=True)
class Score:
    """Of one method: `mase`, `wis` (scaled) and `coverage` (share → value), and each by horizon, float[horizon]."""

    mase: float
    wis: float
    coverage: Mapping[float, float]
    mase_by_horizon: Floats
    wis_by_horizon: Floats
    coverage_by_horizon: Mapping[float, Floats]


@dataclass(frozen=True)
class Evaluation:
    """Scores by name of the method, over `origins` (numbers of days known) and `series` that could be scored."""

    scores: Mapping[str, Score]
    origins: tuple[int, ...]
    series: int
    horizon: int


def origins_of(days: int, horizon: int, *, test_days: int, origins: int) -> tuple[int, ...]:
    """`origins` days, evenly spread, such that all of their horizons lie in the last `test_days` days.

    Raises ValueError when the panel is not longer than the test, or the test shorter than the horizon.
    """
    if not horizon <= test_days < days:
        raise ValueError(f"A test of {test_days} days at horizon {horizon} does not fit into {days} days.")
    spread = np.linspace(days - test_days, days - horizon, origins)
    return tuple(sorted({int(day) for day in spread.round()}))


def evaluate(
    panel: Panel,
    methods: Mapping[str, Method],
    *,
    horizon: int = 14,
    test_days: int = 400,
    origins: int = 60,
    progress: Callable[[str], None] = lambda name: None,
) -> Evaluation:
    """Scores of each method on the last `test_days` days. Errors are scaled by the days before these.

    `progress` hears the name of each method before it works. Raises ValueError as `origins_of`.
    """
    days = origins_of(panel.days, horizon, test_days=test_days, origins=origins)
    truth = np.stack([panel.values[:, day : day + horizon] for day in days])
    unit = scale(panel.values[:, : panel.days - test_days])
    scores = {}
    for name, method in methods.items():
        progress(name)
        scores[name] = score(method(panel, days, horizon), truth, unit)
    scored = np.isfinite(unit) & np.isfinite(truth).any(axis=(0, 2))
    return Evaluation(scores, days, int(scored.sum()), horizon)


def score(forecasts: Floats, truth: Floats, unit: Floats) -> Score:
    """Scores of forecasts float[origins, series, horizon, level] against truth float[origins, series, horizon].

    Every series counts alike, whatever is unknown in it; unknown days count in none.
    """
    errors = absolute(forecasts, truth) / unit[None, :, None]
    intervals = interval_score(forecasts, truth, LEVELS) / unit[None, :, None]
    inside = {share: covered(forecasts, truth, LEVELS, share) for share in SHARES}
    return Score(
        mase=mean_of_known(mean_of_known(errors, (0, 2)), (0,)).item(),
        wis=mean_of_known(mean_of_known(intervals, (0, 2)), (0,)).item(),
        coverage={share: mean_of_known(values, (0, 1, 2)).item() for share, values in inside.items()},
        mase_by_horizon=mean_of_known(mean_of_known(errors, (0,)), (0,)),
        wis_by_horizon=mean_of_known(mean_of_known(intervals, (0,)), (0,)),
        coverage_by_horizon={share: mean_of_known(values, (0, 1)) for share, values in inside.items()},
    )
