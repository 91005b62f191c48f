"""How sure a forecast is: quantiles from what the same model missed by in the past, for each day ahead.

Conformal prediction on residuals, each divided by its expected error (Y. Romano, E. Patterson, E. Candès,
"Conformalized quantile regression", NeurIPS 2019), over a window that moves on. The levels that are asked of the window
follow what was covered of late (I. Gibbs, E. Candès, "Adaptive conformal inference under distribution shift", NeurIPS
2021): quickly by what all days ahead have in common, of which the near ones are known first, and slowly by what each
day ahead has of its own.

On one day all series are wrong together, so a day counts as one observation when the levels are widened for a finite
past (A. Angelopoulos, S. Bates, "Conformal prediction: a gentle introduction", 2023, section 1), however many series.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yipan.engine.forecast.panel import LEVELS, MEDIAN, Floats, mean_of_known

WINDOW = 730
STEP = 7
"""Days after which quantiles are taken anew."""
NEIGHBOURS = 1
"""Days ahead on both sides that lend their residuals."""
EDGE = 0.002
FAR = 50.0
"""Residuals of more expected errors say no more: a slip of the keyboard does not stretch every interval."""
LOWER = np.array(LEVELS[:MEDIAN])
UPPER = len(LEVELS) - 1 - np.arange(MEDIAN)
"""Places of the levels that face those of LOWER."""


@dataclass(frozen=True)
class Pace:
    """By how much a level follows a day on which nothing was covered, and the share of it forgotten with each day."""

    step: float
    leak: float


TOGETHER = Pace(0.08, 0.04)
"""Of what all days ahead have in common: their mean is steady enough to be followed quickly."""
ALONE = Pace(0.02, 0.01)
"""Of what one day ahead has beyond that."""


def offsets(residuals: Floats, wanted: tuple[int, ...]) -> Floats:
    """Quantiles around the median in units: float[wanted, horizon, level].

    `residuals` float[origins, series, horizon] of daily origins, in units, NaN where unknown; for origin i only those
    whose day had come, i.e. of origin j at horizon h with j + h < i, are looked at. `wanted` are ascending indices.
    NaN where none had come.
    """
    out = np.zeros((len(wanted), residuals.shape[2], len(LEVELS)))
    tracker = _Tracker(np.clip(residuals, -FAR, FAR))
    for i in sorted({*range(0, len(residuals), STEP), *wanted}):
        tracker.move_to(i)
        if i in wanted:
            out[wanted.index(i)] = tracker.quantiles
    return out


class _Tracker:
    """Goes through the origins; `quantiles` float[horizon, level] are those at the origin it stands on."""

    def __init__(self, residuals: Floats) -> None:
        self._residuals = residuals
        horizon = residuals.shape[2]
        self.quantiles = np.full((horizon, len(LEVELS)), np.nan)
        self._together = np.zeros(MEDIAN)
        self._alone = np.zeros((horizon, MEDIAN))
        self._at = 0

    def move_to(self, origin: int) -> None:
        """Hear what came until then, and take the quantiles anew."""
        self._follow(origin)
        self._at = origin
        for ahead in range(len(self.quantiles)):
            self.quantiles[ahead] = self._take(ahead)

    def _follow(self, origin: int) -> None:
        """Levels whose interval covered too little go outwards, those that covered too much inwards."""
        heard = [ahead for ahead in range(len(self.quantiles)) if np.isfinite(self.quantiles[ahead]).all()]
        days = origin - self._at
        if not heard or not days:
            return
        missed = np.stack([self._missed(ahead, origin) for ahead in heard])
        common = missed.mean(axis=0)
        self._together = (1 - TOGETHER.leak) ** days * self._together + TOGETHER.step * common
        self._alone[heard] = (1 - ALONE.leak) ** days * self._alone[heard] + ALONE.step * (missed - common)

    def _missed(self, ahead: int, origin: int) -> Floats:
        """Half the misses beyond those expected, summed over the days that came since the last look: float[level]."""
        came = self._residuals[max(0, self._at - ahead) : max(0, origin - ahead), :, ahead, None]
        low, high = self.quantiles[ahead, :MEDIAN], self.quantiles[ahead, UPPER]
        outside = np.where(np.isfinite(came), (came < low) | (came > high), np.nan)
        share = mean_of_known(outside[np.isfinite(came).any(axis=(1, 2))], (1,))
        return np.asarray((share - 2 * LOWER).sum(axis=0)) / 2

    def _levels(self, ahead: int, days: int) -> Floats:
        finite = (1 - LOWER) / days
        lower = np.clip(LOWER - self._together - self._alone[ahead] - finite, EDGE, 0.5 - EDGE)
        levels = np.array(LEVELS)
        levels[:MEDIAN], levels[UPPER] = lower, 1 - lower
        return levels

    def _take(self, ahead: int) -> Floats:
        """Quantiles of the window's residuals and those of the days ahead beside, brought to the same size."""
        horizon = len(self.quantiles)
        beside = [h for h in range(ahead - NEIGHBOURS, ahead + NEIGHBOURS + 1) if 0 <= h < horizon]
        until, until_beside = max(0, self._at - ahead), max(0, self._at - max(beside))
        own = self._residuals[max(0, until - WINDOW) : until, :, ahead]
        near = self._residuals[max(0, until_beside - WINDOW) : until_beside, :, beside]
        size, sizes = mean_of_known(np.abs(own), None), mean_of_known(np.abs(near), (0, 1))
        if not np.isfinite(size):
            return np.full(len(LEVELS), np.nan)
        pooled = (near / np.where(sizes > 0, sizes, np.nan) * size).ravel()
        pooled = np.sort(pooled[np.isfinite(pooled)])
        if not len(pooled):  # nothing was ever missed
            return np.zeros(len(LEVELS))
        place = np.clip(self._levels(ahead, len(own)) * (len(pooled) + 1) - 1, 0, len(pooled) - 1)
        taken = np.sort(np.interp(place, np.arange(len(pooled)), pooled))
        return np.asarray(taken - taken[MEDIAN])
