"""What is known of each series on each day: trailing means, the shape of its week, and how much it usually moves.

Everything here is float[series, days + 1] (or with a last axis of weekdays), and what stands at index o follows from
days before o only. Gaps are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.forecast.panel import WEEK, Floats

PROFILE_WEEKS = 8
YEAR_WEEKS = 52
HALF = WEEK // 2
UNIT_DAYS = 84
LONG_UNIT_DAYS = 400
HOLIDAY_SHARE = 0.3
LEAST_PART = 3
"""A mean needs a third of its days."""


def trailing(values: Floats, days: int, *, least: int | None = None) -> Floats:
    """Mean of the `days` days before each, NaN when fewer than `least` (a third) of them are known."""
    known = np.isfinite(values)
    total, count = (
        np.concatenate([np.zeros((len(values), 1)), each.cumsum(axis=1)], axis=1)
        for each in (np.where(known, values, 0.0), known.astype(float))
    )
    at = np.arange(values.shape[1] + 1)
    start = np.maximum(at - days, 0)
    total, count = total[:, at] - total[:, start], count[:, at] - count[:, start]
    enough = max(1, days // LEAST_PART) if least is None else least
    return np.where(count >= enough, total / np.maximum(count, 1), np.nan)


@dataclass(frozen=True)
class Levels:
    """`week` trailing means of seven days; `profile` [..., weekday] by how much a weekday differs from its week of
    late, and `yearly` over a year; `unit` how much the series usually differs from a week before, what its errors are
    measured in."""

    week: Floats
    profile: Floats
    yearly: Floats
    unit: Floats


def levels(values: Floats, weekday: NDArray[np.int64], holiday: Floats) -> Levels:
    """Levels of a panel's values; weekday and share of holiday of the same days."""
    week = trailing(values, WEEK)
    apart = _apart(values, week, holiday)
    profile, yearly = (_profile(apart, weekday, weeks) for weeks in (PROFILE_WEEKS, YEAR_WEEKS))
    return Levels(week, profile, yearly, _unit(values))


def _apart(values: Floats, week: Floats, holiday: Floats) -> Floats:
    """Difference to the week around each day; holidays are no ordinary weekdays and left out."""
    days = values.shape[1]
    around = np.full(values.shape, np.nan)
    if days > WEEK:
        around[:, HALF : days - HALF] = week[:, WEEK:]
    return np.where(holiday >= HOLIDAY_SHARE, np.nan, values - around)


def _profile(apart: Floats, weekday: NDArray[np.int64], weeks: int) -> Floats:
    """Mean difference of each weekday to the week around it, known only when that week is over."""
    series, days = apart.shape
    out = np.zeros((series, days + 1, WEEK))
    for day in range(WEEK):
        mean = trailing(np.where(weekday == day, apart, np.nan), weeks * WEEK, least=1)
        out[:, HALF:, day] = mean[:, : days + 1 - HALF]
    known = np.isfinite(out)
    middle = np.where(known, out, 0.0).sum(axis=2, keepdims=True) / np.maximum(known.sum(axis=2, keepdims=True), 1)
    return np.where(known, out - middle, 0.0)


def _unit(values: Floats) -> Floats:
    """Mean absolute difference to the week before, of late but never much below what is usual; above zero."""
    apart = np.full(values.shape, np.nan)
    apart[:, WEEK:] = np.abs(values[:, WEEK:] - values[:, :-WEEK])
    level = trailing(np.abs(values), UNIT_DAYS, least=1)
    unit = np.fmax(trailing(apart, UNIT_DAYS), 0.5 * trailing(apart, LONG_UNIT_DAYS, least=UNIT_DAYS))
    guess = np.sqrt(np.maximum(level, 1.0))
    return np.fmax(np.fmax(np.where(np.isfinite(unit), unit, guess), 0.02 * level), 0.3)
