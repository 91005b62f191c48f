"""How good forecasts were: MASE of the median, weighted interval score, coverage of the central intervals.

MASE: R. Hyndman, A. Koehler, "Another look at measures of forecast accuracy" (International Journal of Forecasting,
2006), scaled by the seasonal naive method. WIS: J. Bracher, E. Ray, T. Gneiting, N. Reich, "Evaluating epidemic
forecasts in an interval format" (PLOS Computational Biology, 2021); it is the mean over the levels of twice the
quantile loss, and "scaled" means divided by the same scale as MASE, so that large and small series count alike.
"""

from __future__ import annotations

import numpy as np

from yipan.engine.forecast.panel import MEDIAN, WEEK, Floats


def scale(values: Floats) -> Floats:
    """Mean absolute difference to the same weekday a week before, of the days before the test: float[series].

    NaN for a series that never changes: nothing can be measured by it.
    """
    differences = np.abs(values[:, WEEK:] - values[:, :-WEEK])
    known = np.isfinite(differences)
    total = np.where(known, differences, 0.0).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, total / known.sum(axis=1), np.nan)


def absolute(forecasts: Floats, truth: Floats) -> Floats:
    """Absolute errors of the medians; forecasts float[..., level], truth float[...]."""
    return np.abs(forecasts[..., MEDIAN] - truth)


def interval_score(forecasts: Floats, truth: Floats, levels: tuple[float, ...]) -> Floats:
    """The weighted interval score of each forecast: float[...]."""
    error = truth[..., None] - forecasts
    return 2.0 * np.maximum(np.array(levels) * error, (np.array(levels) - 1.0) * error).mean(axis=-1)


def covered(forecasts: Floats, truth: Floats, levels: tuple[float, ...], share: float) -> Floats:
    """1 where the truth lies in the central interval of `share`, 0 where not, NaN where it is unknown."""
    low, high = (forecasts[..., levels.index(round(0.5 + sign * share / 2, 3))] for sign in (-1, 1))
    return np.where(np.isfinite(truth + low), ((low <= truth) & (truth <= high)).astype(float), np.nan)
