"""How good forecasts were: how often the truth lay inside, and how far off, by how many days ahead.

MASE divides absolute errors by those of saying "as a week before", over the time before each forecast (R. Hyndman, A.
Koehler, "Another look at measures of forecast accuracy", International Journal of Forecasting, 2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from yipan.planning.forecasting.panels import Place, counts, place_of, today
from yipan.planning.models import Forecast, Measure, Outlook, Step

Floats = NDArray[np.float64]

INTERVALS = {0.8: (0.1, 0.9), 0.95: (0.025, 0.975)}
WEEK = 7
MOST = 40
"""Outlooks that are looked at, the newest first."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """By horizon (days ahead, from 1): float[horizon]; NaN where nothing has come true yet.

    `count` forecasts that have come true; `covered` share inside each central interval; `mase` of the median and
    `naive` of the seasonal naive method on the same days. `made` and `rehearsed` outlooks were looked at.
    """

    made: int
    rehearsed: int
    count: Floats
    covered: dict[float, Floats]
    mase: Floats
    naive: Floats

    @property
    def all(self) -> int:
        return int(self.count.sum())

    def overall(self, values: Floats) -> float | None:
        """The mean over all horizons, by how many forecasts each has."""
        known = np.isfinite(values) & (self.count > 0)
        return float(np.average(values[known], weights=self.count[known])) if known.any() else None


def calibration(places: Sequence[Place], measure: Measure, now: datetime) -> Calibration | None:
    """How good the forecasts by day of these places were; None where none was made."""
    outlooks = list(Outlook.objects.filter(step=Step.DAYS, first__lt=now).order_by("-first", "rehearsed")[:MOST])
    if not outlooks:
        return None
    steps = max(o.steps for o in outlooks)
    begin = today(min(o.first for o in outlooks)) - timedelta(days=WEEK)
    truth = counts(places, begin, (today(now) - begin).days, now)[:, list(Measure).index(measure)]
    row = {(p.kind, p.id): i for i, p in enumerate(places)}
    sums = _Sums(steps)
    of_day = {o.pk: ((today(o.first) - begin).days, o) for o in outlooks}
    forecasts = Forecast.objects.filter(outlook__in=outlooks, measure=measure, site__in={p.site_id for p in places})
    for told in forecasts.only("outlook_id", "values", "naive", "site_id", "ward_id", "department_id"):
        place = place_of(told)
        if (i := row.get((place.kind, place.id))) is not None:
            start, outlook = of_day[told.outlook_id]
            values = np.array(told.values, dtype=float).reshape(outlook.steps, -1)
            sums.add(values, outlook.levels, truth[i], start, told.naive)
    return sums.made(outlooks)


class _Sums:
    """Adds up forecasts that have come true, by horizon."""

    def __init__(self, steps: int) -> None:
        self.count, self.scaled = np.zeros(steps), np.zeros(steps)
        self.inside = {share: np.zeros(steps) for share in INTERVALS}
        self.error, self.naive = np.zeros(steps), np.zeros(steps)

    def add(self, values: Floats, levels: Sequence[float], truth: Floats, start: int, naive: float | None) -> None:
        """One series of one outlook; `start` is the place of its first day in `truth`, which has a week before it."""
        days = min(len(values), len(truth) - start)
        if days <= 0:
            return
        came, told = truth[start : start + days], values[:days]
        known = np.isfinite(came)
        at = np.flatnonzero(known)
        self.count[at] += 1
        for share, (low, high) in INTERVALS.items():
            inside = (told[:, levels.index(low)] <= came) & (came <= told[:, levels.index(high)])
            self.inside[share][at] += inside[at]
        before = truth[start - WEEK : start][np.arange(days) % WEEK]
        at = np.flatnonzero(known & np.isfinite(before))
        if naive:
            self.scaled[at] += 1
            self.error[at] += np.abs(told[at, levels.index(0.5)] - came[at]) / naive
            self.naive[at] += np.abs(before[at] - came[at]) / naive

    def made(self, outlooks: Sequence[Outlook]) -> Calibration:
        with np.errstate(invalid="ignore", divide="ignore"):
            return Calibration(
                sum(not o.rehearsed for o in outlooks),
                sum(o.rehearsed for o in outlooks),
                self.count,
                {share: inside / self.count for share, inside in self.inside.items()},
                self.error / self.scaled,
                self.naive / self.scaled,
            )
