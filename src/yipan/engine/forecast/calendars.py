"""What kind of day a day is: weekday, public holiday, make-up workday, and how far from the year's great feast.

Dates come from the package `holidays`. China's weekends that are worked to make up for long holidays are known once
they are announced, some weeks before the year; later ones count as ordinary weekends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from yipan.engine.forecast.panel import Floats
from yipan.kernel.errors import InvalidInput

FAR = 15
"""Days from a holiday at which it no longer matters."""
FEAST_FAR = 30
HALF = 0.5
SPRING_FESTIVAL = ("Spring Festival", "Chinese New Year", "Lunar New Year")


@dataclass(frozen=True)
class Calendar:
    """Of consecutive days, each array [days].

    `weekday` 0 is Monday; `holiday` the share of the country's parts in which the day is a public holiday; `work` 1
    on a weekend day that is worked; `until`, `since` days to the next and from the last holiday of most parts, at most
    FAR;
    `feast` signed days from the nearest Spring Festival (CN, HK, MO, TW, SG …) or else Christmas, at most FEAST_FAR;
    `year` the part of the year that has passed.
    """

    weekday: NDArray[np.int64]
    holiday: Floats
    work: Floats
    until: Floats
    since: Floats
    feast: Floats
    year: Floats


def check_country(country: str) -> None:
    """Raises InvalidInput unless `country` is a code such as CN or GB-ENG whose public holidays are known."""
    import holidays

    state, _, part = country.partition("-")
    try:
        holidays.country_holidays(state, subdiv=part or None)
    except (NotImplementedError, AttributeError):
        raise InvalidInput("forecast_country", value=country) from None


def calendar(first: date, days: int, country: str) -> Calendar:
    """The calendar of `days` days from `first` on. Raises InvalidInput for an unknown country."""
    check_country(country)
    dates = [first + timedelta(i) for i in range(days)]
    years = range(first.year - 1, dates[-1].year + 2)
    share, worked, feasts = _holidays(country, years)
    ordinal = np.array([day.toordinal() for day in dates])
    common = np.array(sorted(day.toordinal() for day, part in share.items() if part >= HALF))
    anchors = np.array(sorted(day.toordinal() for day in feasts))
    feast = ordinal[:, None] - anchors[None, :]
    return Calendar(
        weekday=(ordinal - 1) % 7,
        holiday=np.array([share.get(day, 0.0) for day in dates]),
        work=np.array([float(day in worked) for day in dates]),
        until=_distance(common, ordinal, 1),
        since=_distance(common, ordinal, -1),
        feast=np.clip(feast[np.arange(days), np.abs(feast).argmin(axis=1)], -FEAST_FAR, FEAST_FAR).astype(float),
        year=np.array([(day - date(day.year, 1, 1)).days / 366 for day in dates]),
    )


def _distance(common: NDArray[np.int64], ordinal: NDArray[np.int64], sign: int) -> Floats:
    if not common.size:
        return np.full(len(ordinal), float(FAR))
    apart = sign * (common[None, :] - ordinal[:, None])
    return np.where(apart >= 0, apart, FAR).min(axis=1).clip(0, FAR).astype(float)


@cache
def _holidays(country: str, years: range) -> tuple[dict[date, float], frozenset[date], tuple[date, ...]]:
    """Share of the country's parts by holiday, weekends worked, and the dates of the great feast."""
    import holidays

    state, _, part = country.partition("-")
    parts = [part] if part else list(holidays.country_holidays(state).subdivisions) or [""]
    share: dict[date, float] = {}
    worked: set[date] = set()
    for each in parts:
        found = holidays.country_holidays(state, subdiv=each or None, years=years)
        worked |= set(found.weekend_workdays)
        for day in found:
            share[day] = share.get(day, 0.0) + 1 / len(parts)
    feasts: dict[int, date] = {}
    named = holidays.country_holidays(state, years=years, language="en_US")
    for day in sorted(named, reverse=True):
        if "Eve" not in named[day] and any(name in named[day] for name in SPRING_FESTIVAL):
            feasts[day.year] = day
    return share, frozenset(worked), tuple(feasts.values()) or tuple(date(year, 12, 25) for year in years)
