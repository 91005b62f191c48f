"""The same weekday again: the fallback for series too short for anything better, and the least a model must beat."""

from __future__ import annotations

import numpy as np

from yipan.engine.forecast.panel import LEVELS, WEEK, Floats, Panel

WEEKS = 8


def seasonal(panel: Panel, horizon: int) -> Floats:
    """Quantiles float[series, horizon, level]: the last known value of the weekday, plus what it missed by before.

    The errors are those of the last eight weeks at the same distance in whole weeks, all weekdays together. A
    series with less than two weeks is given the spread of its own values; one without values stays NaN.
    """
    out = np.full((len(panel.names), horizon, len(LEVELS)), np.nan)
    for i, row in enumerate(panel.values):
        known = row[np.isfinite(row)]
        if not known.size:
            continue
        whole = filled(row)
        for h in range(horizon):
            lag = WEEK * (h // WEEK + 1)
            centre = whole[len(row) - lag + h] if len(row) - lag + h >= 0 else known.mean()
            errors = (row[lag:] - whole[:-lag])[-WEEK * WEEKS :]
            errors = errors[np.isfinite(errors)]
            if errors.size < WEEK:
                errors = known - known.mean() if known.size > 1 else np.zeros(1)
            errors = np.concatenate([errors, -errors])
            out[i, h] = centre + np.quantile(errors, LEVELS)
        if known.min() >= 0:
            out[i] = np.maximum(out[i], 0)
    return out


def filled(row: Floats) -> Floats:
    """The row with gaps filled by the weekday's last known value, else by the mean."""
    whole = row.copy()
    for day in range(WEEK, len(whole)):
        if not np.isfinite(whole[day]):
            whole[day] = whole[day - WEEK]
    return np.where(np.isfinite(whole), whole, np.nanmean(row))
