"""Whose public holidays the series keep, when nobody says so: the country whose holidays explain best how they move.

How far all series together were from the same weekday around each day is explained by whether the day, the day before
or the day after is a public holiday, and whether it is a weekend day that is worked, country by country. What a country
explains is a likelihood ratio less its coefficients (H. Akaike, "A new look at the statistical model identification",
IEEE Transactions on Automatic Control, 1974), of residuals without what one day hands on to the next, or every level
that moves for a week would be somebody's holiday.
"""

from __future__ import annotations

import warnings
from datetime import timedelta

import numpy as np

from yipan.engine.forecast.calendars import Calendar, calendar
from yipan.engine.forecast.panel import WEEK, Floats, Panel, mean_of_known

WEEKS = 4
"""The same weekday so many weeks before and after."""
FAR = 5.0
SURE = 20.0
"""By so much a country must explain more than the usual one. Of the two public sets moved by two to fifty weeks, so
that no holiday fits, the best of 250 countries explained 7 more (median) and 16 (the most of 98)."""
NEARLY = 4.0
"""Countries that explain nearly as much keep the same days; the one with the most parts is named."""
LEAST_DAYS = 120
RIDGE = 1.0


def country_of(panel: Panel, *, usual: str = "CN") -> str | None:
    """The ISO 3166 code of the country whose holidays the series clearly keep rather than those of `usual`, or None."""
    import holidays

    if panel.days < LEAST_DAYS or not np.isfinite(panel.values).any():
        return None
    moved = _moved(panel.values)
    handed_on = _handed_on(moved)
    countries = holidays.list_supported_countries(include_aliases=False)
    explained = {code: _explained(moved, handed_on, _switches(panel, code)) for code in countries}
    most = max(explained.values())
    if most - explained[usual] < SURE:
        return None
    near = [code for code, value in explained.items() if value > most - NEARLY]
    return max(near, key=lambda code: (len(countries[code]), explained[code]))


def _moved(values: Floats) -> Floats:
    """By how much the series together were above the same weekdays around each day, in units of theirs: float[days]."""
    around = np.full((2 * WEEKS, *values.shape), np.nan)
    for week in range(1, WEEKS + 1):
        around[2 * week - 2, :, WEEK * week :] = values[:, : -WEEK * week]
        around[2 * week - 1, :, : -WEEK * week] = values[:, WEEK * week :]
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):  # where nothing is known
        apart = values - np.nanmedian(around, axis=0)
    unit = mean_of_known(np.abs(apart), 1)[:, None]
    moved = mean_of_known(np.clip(apart / np.where(unit > 0, unit, np.nan), -FAR, FAR), 0)
    return np.nan_to_num(moved)


def _handed_on(moved: Floats) -> float:
    """The share of a day's movement that the next day keeps."""
    whole = moved @ moved
    return float(np.clip(moved[1:] @ moved[:-1] / whole, 0.0, 0.95)) if whole else 0.0


def _switches(panel: Panel, country: str) -> Floats:
    """The share of holiday of the day after, the day itself and the day before, and work on weekends: [days, 4]."""
    days: Calendar = calendar(panel.first - timedelta(1), panel.days + 2, country)
    beside = [days.holiday[2:], days.holiday[1:-1], days.holiday[:-2], days.work[1:-1]]
    return np.stack(beside, axis=1)


def _explained(moved: Floats, handed_on: float, switches: Floats) -> float:
    """By how much the switches raise the logarithm of the likelihood of how the series moved, less one for each."""
    y, x = (each[1:] - handed_on * each[:-1] for each in (moved, switches))
    y, x = y - y.mean(), x - x.mean(axis=0)
    limit = FAR * np.median(np.abs(y))
    y = np.clip(y, -limit, limit)
    x = x[:, np.abs(x).sum(axis=0) > 0]
    whole = float(y @ y)
    if not whole or not x.shape[1]:
        return 0.0
    missed = y - x @ np.linalg.solve(x.T @ x + RIDGE * np.eye(x.shape[1]), x.T @ y)
    return len(y) / 2 * float(np.log(whole / (missed @ missed))) - x.shape[1]
