"""Methods that can be evaluated side by side: ours, and plain ones of statsforecast that it must beat."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from yipan.engine.forecast.evaluating import Method
from yipan.engine.forecast.forecasting import forecasts_from
from yipan.engine.forecast.panel import LEVELS, MEDIAN, WEEK, Floats, Panel
from yipan.engine.forecast.seasonal import filled

BASELINES = ("SeasonalNaive", "AutoTheta", "AutoETS")
HISTORY = 365
"""Days that a baseline sees: more makes AutoETS slow and, on daily bed counts, no better."""


def ours(*, country: str = "CN", seed: int = 1) -> Method:
    """What `forecast` would have said on each day, with models that are fitted anew every hundred days."""

    def method(panel: Panel, origins: tuple[int, ...], horizon: int) -> Floats:
        return forecasts_from(panel, origins, horizon, country=country, seed=seed)

    return method


def baseline(name: str, *, progress: Callable[[], None] = lambda: None) -> Method:
    """A model of statsforecast with a season of a week; gaps are filled by the weekday before. Calls `progress` after
    each origin. Raises KeyError for a name that is not in BASELINES.
    """
    if name not in BASELINES:
        raise KeyError(name)

    def method(panel: Panel, origins: tuple[int, ...], horizon: int) -> Floats:
        from statsforecast import models

        out = np.full((len(origins), len(panel.names), horizon, len(LEVELS)), np.nan)
        for i, origin in enumerate(origins):
            for series, row in enumerate(panel.values[:, :origin]):
                known = np.flatnonzero(np.isfinite(row))
                if len(known) > 2 * WEEK:
                    history = filled(row[known[0] :])[-HISTORY:]
                    out[i, series] = _quantiles(getattr(models, name)(season_length=WEEK), history, horizon)
            progress()
        return out

    return method


def _quantiles(model: object, history: Floats, horizon: int) -> Floats:
    """Quantiles float[horizon, level] of one series, from the model's central intervals."""
    if np.ptp(history) == 0:
        return np.full((horizon, len(LEVELS)), history[-1])
    shares = {level: round(100 * abs(1 - 2 * level)) for level in LEVELS}
    told = model.forecast(y=history, h=horizon, level=sorted(set(shares.values()) - {0}))  # type: ignore[attr-defined]
    columns = [told["mean" if not share else f"{_side(level)}-{share}"] for level, share in shares.items()]
    return np.sort(np.stack(columns, axis=1), axis=1)


def _side(level: float) -> str:
    return "lo" if level < LEVELS[MEDIAN] else "hi"
