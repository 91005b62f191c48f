"""How sure a forecast is: quantiles from what the same model missed by in the past, for each day ahead.

Conformal prediction on residuals, each divided by its expected error (Y. Romano, E. Patterson, E. Candès,
"Conformalized quantile regression", NeurIPS 2019), over a window that moves on. The levels that are asked of the window
follow what was covered of late (I. Gibbs, E. Candès, "Adaptive conformal inference under distribution shift", NeurIPS
2021).
"""

from __future__ import annotations

import numpy as np

from yipan.engine.forecast.panel import LEVELS, MEDIAN, Floats

WINDOW = 730
STEP = 7
"""Days after which quantiles are taken anew."""
PACE = 0.04
"""By how much a level follows a day on which nothing was covered."""
LEAK = 0.02
"""Share of that which is forgotten with each day: the levels answer the last weeks, and drift nowhere."""
NEIGHBOURS = 1
"""Days ahead on both sides that lend their residuals."""
EDGE = 0.002


def offsets(residuals: Floats, wanted: tuple[int, ...]) -> Floats:
    """Quantiles around the median in units: float[wanted, horizon, level].

    `residuals` float[origins, series, horizon] of daily origins, in units, NaN where unknown; for origin i only those
    whose day had come, i.e. of origin j at horizon h with j + h < i, are looked at. `wanted` are ascending indices.
    """
    out = np.zeros((len(wanted), residuals.shape[2], len(LEVELS)))
    for h in range(residuals.shape[2]):
        tracker = _Tracker(residuals, h)
        for i in sorted({*range(0, len(residuals), STEP), *wanted}):
            tracker.move_to(i)
            if i in wanted:
                out[wanted.index(i), h] = tracker.quantiles()
    return out


class _Tracker:
    """One day ahead, going through the origins."""

    def __init__(self, residuals: Floats, ahead: int) -> None:
        self._own = residuals[:, :, ahead]
        self._ahead = ahead
        near = [h for h in range(ahead - NEIGHBOURS, ahead + NEIGHBOURS + 1) if 0 <= h < residuals.shape[2]]
        self._near = residuals[:, :, near]
        self._reach = max(near)
        self._levels = np.array(LEVELS)
        self._seen = 0
        self._current: Floats | None = None

    def move_to(self, origin: int) -> None:
        """Hear what came until then, and take the quantiles anew."""
        known = max(0, origin - self._ahead)
        if self._current is not None and known > self._seen:
            self._follow(self._own[self._seen : known])
        self._seen = max(self._seen, known)
        self._current = self._take(max(0, origin - self._reach), known)

    def quantiles(self) -> Floats:
        """Around the median, in units: float[level]."""
        assert self._current is not None
        return self._current

    def _follow(self, came: Floats) -> None:
        """Levels whose interval covered too little go outwards, those that covered too much inwards."""
        assert self._current is not None
        back = (1 - LEAK) ** len(came)
        for low in range(MEDIAN):
            high = len(LEVELS) - 1 - low
            outside = (came < self._current[low]) | (came > self._current[high])
            known = np.isfinite(came)
            per_day = np.where(known, outside, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
            per_day = per_day[known.any(axis=1)]
            moved = PACE / 2 * (per_day - 2 * LEVELS[low]).sum()
            level = LEVELS[low] + back * (self._levels[low] - LEVELS[low]) - moved
            self._levels[low] = np.clip(level, EDGE, 0.5 - EDGE)
            self._levels[high] = 1 - self._levels[low]

    def _take(self, until_near: int, until: int) -> Floats:
        near = self._near[max(0, until_near - WINDOW) : until_near]
        own = self._own[max(0, until - WINDOW) : until]
        size = _mean(np.abs(own), None)
        if not np.isfinite(size) or not np.isfinite(near).any():
            return np.zeros(len(LEVELS))
        sizes = _mean(np.abs(near), (0, 1))
        pooled = (near / sizes * size).ravel()
        pooled = np.sort(pooled[np.isfinite(pooled)])
        place = np.clip(self._levels * (len(pooled) + 1) - 1, 0, len(pooled) - 1)
        taken = np.sort(np.interp(place, np.arange(len(pooled)), pooled))
        return taken - taken[MEDIAN]


def _mean(values: Floats, axis: int | tuple[int, ...] | None) -> Floats:
    known = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=axis) / known.sum(axis=axis))
