"""How long who is here will stay: the chance of leaving in each hour, given that one has stayed until it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yipan.engine.forecast.panel import Floats

Hours = NDArray[np.int64]

DAY = 24
PRIOR_LEAVERS = 1.0
PRIOR_BY_CLOCK = 5.0
LONGEST_HOURS = 24 * 120
WINDOW_SHARE = 0.25
WINDOW_LEAST = 6


@dataclass(frozen=True)
class Hazard:
    """`per_hour[h]`: chance to leave before h + 1 hours of stay, having stayed h hours; the last holds ever after.

    `by_clock[c]`: how many times as many leave between c and c + 1 o'clock as the length of stay alone says, float[24];
    all one when the hours of admission are not known.
    """

    per_hour: Floats
    by_clock: Floats = field(default_factory=lambda: np.ones(DAY))

    @classmethod
    def fit(cls, durations_hours: ArrayLike, finished: ArrayLike, admitted: ArrayLike | None = None) -> Hazard:
        """From stays: how long each has lasted, whether it has ended, and at what hour of the clock (0 … 23) it began.

        Kaplan and Meier's estimate by hour, over a window that widens with the stay (a quarter of it on both sides),
        drawn to the overall rate by the weight of one leaver. Hours of the clock multiply it (they are as good as none
        without `admitted`). Raises ValueError without any stay or when a duration is negative or not a number.
        """
        durations = np.asarray(durations_hours, dtype=float)
        ended = np.asarray(finished, dtype=bool)
        if durations.size == 0 or durations.shape != ended.shape or not (durations >= 0).all():
            raise ValueError("Durations must be numbers of hours from 0 on, one for each stay, at least one.")
        hours = np.minimum(durations, LONGEST_HOURS).astype(int)
        per_hour = _by_length(hours, ended)
        if admitted is None:
            return cls(per_hour)
        return cls(per_hour, _by_clock(hours, ended, np.asarray(admitted, dtype=int), per_hour))

    def staying(self, elapsed_hours: ArrayLike, hours: int, hour: int = 0) -> Floats:
        """Chance of each patient to be here still after 0, 1, …, `hours` more hours: float[patients, hours + 1].

        `hour` is what the clock shows now.
        """
        elapsed = np.asarray(elapsed_hours, dtype=float).astype(int)
        ahead = np.arange(hours)
        leave = self.per_hour[np.minimum(elapsed[:, None] + ahead, len(self.per_hour) - 1)]
        stays = np.cumprod((1.0 - leave) ** self.by_clock[(hour + ahead) % DAY], axis=1)
        return np.concatenate([np.ones((len(elapsed), 1)), stays], axis=1)


def _by_length(hours: Hours, ended: NDArray[np.bool_]) -> Floats:
    length = int(hours.max()) + 1
    leaving = np.bincount(hours[ended], minlength=length).astype(float)
    staying = np.bincount(hours, minlength=length)[::-1].cumsum()[::-1].astype(float)
    overall = (leaving.sum() + PRIOR_LEAVERS) / (staying.sum() + PRIOR_LEAVERS)
    hour = np.arange(length)
    half = np.maximum(WINDOW_LEAST // 2, (hour * WINDOW_SHARE).astype(int))
    low, high = np.maximum(hour - half, 0), np.minimum(hour + half + 1, length)
    left, stayed = (np.concatenate([[0.0], each.cumsum()]) for each in (leaving, staying))
    share = (left[high] - left[low] + PRIOR_LEAVERS) / (stayed[high] - stayed[low] + PRIOR_LEAVERS / overall)
    return np.clip(share, 0.0, 1.0)


def _by_clock(hours: Hours, ended: NDArray[np.bool_], admitted: Hours, per_hour: Floats) -> Floats:
    """Those who left at each hour of the clock, over those whom the length of stay alone lets leave then."""
    left = np.bincount((admitted + hours)[ended] % DAY, minlength=DAY)
    expected = np.zeros(DAY)
    for start in range(DAY):
        at_risk = np.bincount(hours[admitted % DAY == start], minlength=len(per_hour))[::-1].cumsum()[::-1]
        expected += np.bincount((start + np.arange(len(per_hour))) % DAY, weights=at_risk * per_hour, minlength=DAY)
    return np.asarray((left + PRIOR_BY_CLOCK) / (expected + PRIOR_BY_CLOCK))
