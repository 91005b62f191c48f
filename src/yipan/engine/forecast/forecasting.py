"""From a panel to quantiles of its coming days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yipan.engine.forecast.calendars import check_country
from yipan.engine.forecast.calibrating import offsets
from yipan.engine.forecast.panel import LEVELS, Floats, Panel, Quantiles
from yipan.engine.forecast.seasonal import seasonal
from yipan.engine.forecast.walking import walk

SHORT_DAYS = 120
"""A panel shorter than this is forecast by its weekdays only."""
SHORT_SERIES = 56
"""And so is a series with fewer known days."""
CALIBRATION_DAYS = 365
CALIBRATION_SHARE = 3
REFIT_DAYS = 100
CLOSED_DAYS = 28


def forecast(panel: Panel, horizon: int, *, country: str = "CN", seed: int = 1) -> Quantiles:
    """Quantiles of the `horizon` days after the panel's last; `country` (ISO 3166 code) names its public holidays.

    The same panel and seed give the same forecast. A series that was zero for four weeks is taken as closed: zero.
    Raises ValueError for a horizon below 1.
    """
    values = forecasts_from(panel, (panel.days,), horizon, country=country, seed=seed)[0]
    return Quantiles(panel.names, panel.following, LEVELS, values)


def forecasts_from(
    panel: Panel, origins: tuple[int, ...], horizon: int, *, country: str = "CN", seed: int = 1
) -> Floats:
    """Forecasts made on each of `origins` (days known, ascending): float[origins, series, horizon, level].

    For an origin nothing is used that came later. The models are fitted on the first origin and every hundred days
    after it (`REFIT_DAYS`), and before it for the year that the intervals are calibrated on. Raises as `forecast`.
    """
    if horizon < 1:
        raise ValueError("A forecast reaches one day or more ahead.")
    check_country(country)
    out = np.stack([seasonal(panel.until(origin), horizon) for origin in origins])
    if origins[0] >= SHORT_DAYS:
        modelled = _modelled(panel, origins, horizon, country, seed)
        for i, origin in enumerate(origins):
            known = np.isfinite(panel.values[:, :origin])
            usable = (known.sum(axis=1) >= SHORT_SERIES) & np.isfinite(modelled[i]).all(axis=(1, 2))
            out[i, usable] = modelled[i, usable]
    for i, origin in enumerate(origins):
        out[i, closed(panel.values[:, :origin])] = 0.0
    return out


def _modelled(panel: Panel, origins: tuple[int, ...], horizon: int, country: str, seed: int) -> Floats:
    """As `forecasts_from`, NaN where the model has nothing to say."""
    begin = origins[0] - min(CALIBRATION_DAYS, origins[0] // CALIBRATION_SHARE)
    fits = (begin, *range(origins[0], origins[-1] + 1, REFIT_DAYS))
    walked = walk(panel, fits, origins[-1], horizon, country=country, seed=seed)
    ahead = np.arange(begin, origins[-1] + 1)[:, None] + np.arange(horizon)
    came = np.where(ahead < panel.days, panel.values[:, np.minimum(ahead, panel.days - 1)], np.nan)
    residuals = (came.transpose(1, 0, 2) - walked.centre) / walked.spread
    wanted = [origin - begin for origin in origins]
    around = offsets(residuals, tuple(wanted))[:, None]
    made = walked.centre[wanted][..., None] + walked.spread[wanted][..., None] * around
    floor = [_floor(panel.values[:, :origin]) for origin in origins]
    return np.maximum(made, np.stack(floor)[:, :, None, None])


def _floor(known: Floats) -> Floats:
    """0 for a series that was never negative, else none: float[series]."""
    return np.where((known < 0).any(axis=1), -np.inf, 0.0)


def closed(known: Floats) -> NDArray[np.bool_]:
    """Series that were zero on all known days of the last four weeks, at least half of them known: bool[series]."""
    late = known[:, -CLOSED_DAYS:]
    reported = np.isfinite(late)
    return (reported.sum(axis=1) >= CLOSED_DAYS // 2) & ~(reported & (late != 0)).any(axis=1)
