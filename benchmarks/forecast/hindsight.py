"""No forecast: what a day can be explained by when everything but the day itself is known, the weeks after it too.

How near that comes tells how much of a series is chance, and so what no forecast will ever reach.
"""

from __future__ import annotations

import warnings

import numpy as np

from yipan.engine.forecast import LEVELS, Panel
from yipan.engine.forecast.panel import WEEK, Floats, mean_of_known

WEEKS = 6
BESIDE = (-2, -1, 1, 2)
SHARE = 0.4
"""Of what the days beside missed by. Six weeks and this share are among the best of those tried on the test itself."""


def hindsight(panel: Panel, origins: tuple[int, ...], horizon: int) -> Floats:
    """Quantiles float[origins, series, horizon, level]: around the median of the same weekdays on both sides, moved by
    what all series did on the day and by what this one missed by on the days beside; as wide as its errors were."""
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # where nothing is known
        explained = _explained(panel.values)
        days = np.array(origins)[:, None] + np.arange(horizon)
        missed = np.nanquantile((panel.values - explained)[:, days], LEVELS, axis=(1, 2))
    return explained[:, days].transpose(1, 0, 2)[..., None] + missed.T[None, :, None, :]


def _explained(values: Floats) -> Floats:
    around = [_moved(values, WEEK * week * side) for week in range(1, WEEKS + 1) for side in (1, -1)]
    usual = np.nanmedian(np.stack(around), axis=0)
    unit = mean_of_known(np.abs(values - usual), 1)[:, None]
    apart = (values - usual) / unit
    day = np.nan_to_num(np.nanmedian(apart, axis=0))
    follows = (np.nan_to_num(apart) @ day / (day @ day))[:, None]
    beside = mean_of_known(np.stack([_moved(apart - follows * day, days) for days in BESIDE]), 0)
    return np.asarray(usual + unit * (follows * day + SHARE * np.nan_to_num(beside)))


def _moved(values: Floats, days: int) -> Floats:
    """Values of `days` days before; NaN where there are none."""
    out = np.roll(values, days, axis=1)
    out[:, slice(None, days) if days > 0 else slice(days, None)] = np.nan
    return out
