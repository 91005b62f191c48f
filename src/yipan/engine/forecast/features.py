"""What a forecast may look at, for each day it is made on, each series and each day ahead.

Values are differences to a base (the latest days without the shape of the week, plus the shape of the day ahead) in the
unit of the series, so that one model serves small and large ones. What stands for origin o follows from days before o
and from the calendar only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.forecast.calendars import Calendar
from yipan.engine.forecast.levels import Levels, trailing
from yipan.engine.forecast.panel import WEEK, Floats

Days = NDArray[np.int64]
Floats32 = NDArray[np.float32]

LAGS = 7
MEANS = (7, 14, 28, 56, 91)
YEAR = 364
RECENT = 3
COMMON = ("lag0", "lag1", "lag2", "mean7", "mean28", "before7")
"""Movements that the series share are told as their mean over the panel."""


@dataclass(frozen=True)
class Design:
    """`x` float32[origins, series, horizon, feature], named by `names`; a forecast z means base + z · unit.

    `base` float[origins, series, horizon], `unit` float[origins, series, 1]; NaN for a series without recent days.
    """

    names: tuple[str, ...]
    x: Floats32
    base: Floats
    unit: Floats

    def column(self, name: str) -> Floats32:
        """One feature, float32[origins, series, horizon]."""
        return self.x[..., self.names.index(name)]


def design(values: Floats, known: Levels, calendar: Calendar, origins: Days, horizon: int) -> Design:
    """Features for `origins` (numbers of days known, 0 … days); the calendar reaches `horizon` days past the values."""
    profile = known.profile[:, origins]
    unit = known.unit[:, origins]
    ahead = origins[:, None] + np.arange(horizon)
    latest = _latest(values, profile, calendar, origins)
    level = _level(values, latest, origins)
    shape = (len(origins), len(values), horizon)
    shape_ahead = _on(profile, calendar.weekday[ahead])
    base = level.T[:, :, None] + shape_ahead
    by_unit = unit.T[:, :, None]

    by_series = _of_series(values, latest, level, unit, origins)
    columns: dict[str, Floats] = {name: value.T[:, :, None] for name, value in by_series.items()}
    columns["profile"] = shape_ahead / by_unit
    yearly = known.yearly[:, origins] - profile
    columns["yearly"] = _on(yearly, calendar.weekday[ahead]) / by_unit
    for lag in range(RECENT):
        columns[f"yearly_lag{lag}"] = _on(yearly, calendar.weekday[np.maximum(origins - 1 - lag, 0)][:, None]) / by_unit
    columns |= _weeks_before(values, calendar, origins, ahead, base, by_unit)
    columns |= {name: value[:, None, :] for name, value in _of_days(calendar, origins, ahead).items()}
    x = np.empty((*shape, len(columns)), dtype=np.float32)
    for i, column in enumerate(columns.values()):
        x[..., i] = column
    return Design(tuple(columns), x, base, by_unit)


def _on(profile: Floats, weekday: Days) -> Floats:
    """The shape of the week [series, origins, weekday] on weekdays [origins, days]: float[origins, series, days]."""
    return np.take_along_axis(profile, np.broadcast_to(weekday, (len(profile), *weekday.shape)), axis=2).transpose(
        1, 0, 2
    )


def _latest(values: Floats, profile: Floats, calendar: Calendar, origins: Days) -> Floats:
    """The last days without the shape of the week: float[LAGS, series, origins], the latest first."""
    out = np.full((LAGS, len(values), len(origins)), np.nan)
    for lag in range(LAGS):
        day = origins - 1 - lag
        there = day >= 0
        usual = profile[:, np.arange(len(origins)), calendar.weekday[np.maximum(day, 0)]]
        out[lag] = np.where(there, values[:, np.maximum(day, 0)] - usual, np.nan)
    return out


def _level(values: Floats, latest: Floats, origins: Days) -> Floats:
    """Mean of the last three days without the shape of the week, or of longer spans when these are unknown."""
    known = np.isfinite(latest[:RECENT])
    level = np.where(known, latest[:RECENT], 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    level = np.where(known.any(axis=0), level, np.nan)
    for days in (28, 91):
        level = np.where(np.isfinite(level), level, trailing(values, days)[:, origins])
    return level


def _of_series(values: Floats, latest: Floats, level: Floats, unit: Floats, origins: Days) -> dict[str, Floats]:
    """Features that are the same for all days ahead: float[series, origins]."""
    out = {f"lag{lag}": (latest[lag] - level) / unit for lag in range(LAGS)}
    means = {days: trailing(values, days) for days in MEANS}
    out |= {f"mean{days}": (mean[:, origins] - level) / unit for days, mean in means.items()}
    for before in (7, 14):
        out[f"before{before}"] = (means[7][:, np.maximum(origins - before, 0)] - level) / unit
    size = np.abs(means[28][:, origins])
    out |= {"size": np.log1p(size), "restless": unit / (size + 1)}
    for name in COMMON:
        known = np.isfinite(out[name])
        mean = np.where(known, out[name], 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        out[f"common_{name}"] = np.broadcast_to(mean, out[name].shape)
    return out


def _weeks_before(
    values: Floats, calendar: Calendar, origins: Days, ahead: Days, base: Floats, unit: Floats
) -> dict[str, Floats]:
    """The same weekday one to four known weeks before, whether it was a holiday, and how the week went a year ago."""
    out: dict[str, Floats] = {}
    weeks = (ahead - origins[:, None]) // WEEK
    for back in range(1, 5):
        day = ahead - WEEK * (back + weeks)
        there = (day >= 0)[None]
        value = np.where(there, values[:, np.maximum(day, 0)], np.nan).transpose(1, 0, 2)
        out[f"week{back}"] = (value - base) / unit
        out[f"week{back}_holiday"] = calendar.holiday[np.maximum(day, 0)][:, None, :]
    weeks4 = np.stack([out[f"week{back}"] for back in range(1, 5)])
    known = np.isfinite(weeks4)
    middle = np.where(known, weeks4, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    apart = np.where(known, np.abs(weeks4 - middle), 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    out |= {"weeks": middle, "weeks_apart": apart, "expected": base / unit}
    weekly = trailing(values, WEEK)
    then, now = ahead - YEAR + WEEK // 2 + 1, (origins - YEAR)[:, None]
    usable = (now >= WEEK) & (then <= origins[:, None])
    went = weekly[:, np.clip(then, 0, None)] - weekly[:, np.maximum(now, 0)]
    out["year_ago"] = np.where(usable[None], went, np.nan).transpose(1, 0, 2) / unit
    return out


def _of_days(calendar: Calendar, origins: Days, ahead: Days) -> dict[str, Floats]:
    """Features of the calendar, the same for all series: float[origins, horizon]."""
    last = len(calendar.weekday) - 1
    out = {
        "horizon": np.broadcast_to(np.arange(1.0, ahead.shape[1] + 1), ahead.shape),
        "weekday": calendar.weekday[ahead].astype(float),
        "from_weekday": np.broadcast_to(calendar.weekday[origins, None].astype(float), ahead.shape),
        "until": calendar.until[ahead],
        "since": calendar.since[ahead],
        "feast": calendar.feast[ahead],
        "work": calendar.work[ahead],
        "season_sin": np.sin(2 * np.pi * calendar.year[ahead]),
        "season_cos": np.cos(2 * np.pi * calendar.year[ahead]),
    }
    for shift in (-2, -1, 0, 1, 2):
        out[f"holiday{shift:+d}"] = calendar.holiday[np.clip(ahead + shift, 0, last)]
    before = np.stack([calendar.holiday[np.maximum(origins - 1 - lag, 0)] for lag in range(LAGS)])
    for lag in range(RECENT):
        out[f"was_holiday{lag}"] = np.broadcast_to(before[lag, :, None], ahead.shape)
    out["holidays_of_week"] = np.broadcast_to(before.sum(axis=0)[:, None], ahead.shape)
    return out
