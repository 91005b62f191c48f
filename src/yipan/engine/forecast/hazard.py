"""How long who is here will stay: the chance of leaving in each hour, given that one has stayed until it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yipan.engine.forecast.panel import Floats

PRIOR_LEAVERS = 1.0
LONGEST_HOURS = 24 * 120
WINDOW_SHARE = 0.25
WINDOW_LEAST = 6


@dataclass(frozen=True)
class Hazard:
    """`per_hour[h]`: chance to leave before h + 1 hours of stay, having stayed h hours; the last holds ever after."""

    per_hour: Floats

    @classmethod
    def fit(cls, durations_hours: ArrayLike, finished: ArrayLike) -> Hazard:
        """From stays: how long each has lasted, and whether it has ended or still goes on.

        Kaplan and Meier's estimate by hour, over a window that widens with the stay (a quarter of it on both sides),
        drawn to the overall rate by the weight of one leaver. Raises ValueError without any stay or when a
        duration is negative or not a number.
        """
        durations = np.asarray(durations_hours, dtype=float)
        ended = np.asarray(finished, dtype=bool)
        if durations.size == 0 or durations.shape != ended.shape or not (durations >= 0).all():
            raise ValueError("Durations must be numbers of hours from 0 on, one for each stay, at least one.")
        hours = np.minimum(durations, LONGEST_HOURS).astype(int)
        length = int(hours.max()) + 1
        leaving = np.bincount(hours[ended], minlength=length).astype(float)
        staying = np.bincount(hours, minlength=length)[::-1].cumsum()[::-1].astype(float)
        overall = (leaving.sum() + PRIOR_LEAVERS) / (staying.sum() + PRIOR_LEAVERS)
        hour = np.arange(length)
        half = np.maximum(WINDOW_LEAST // 2, (hour * WINDOW_SHARE).astype(int))
        low, high = np.maximum(hour - half, 0), np.minimum(hour + half + 1, length)
        left, stayed = (np.concatenate([[0.0], each.cumsum()]) for each in (leaving, staying))
        share = (left[high] - left[low] + PRIOR_LEAVERS) / (stayed[high] - stayed[low] + PRIOR_LEAVERS / overall)
        return cls(np.clip(share, 0.0, 1.0))

    def survival(self, hours: int) -> Floats:
        """Chance to stay longer than 0, 1, …, `hours` hours from the admission on: float[hours + 1]."""
        rates = self.per_hour[np.minimum(np.arange(hours), len(self.per_hour) - 1)]
        return np.concatenate([[1.0], np.cumprod(1.0 - rates)])

    def staying(self, elapsed_hours: ArrayLike, hours: int) -> Floats:
        """Chance of each patient to be here still after 0, 1, …, `hours` more hours: float[patients, hours + 1]."""
        elapsed = np.asarray(elapsed_hours, dtype=float).astype(int)
        at = np.minimum(elapsed[:, None] + np.arange(hours)[None, :], len(self.per_hour) - 1)
        stays = np.cumprod(1.0 - self.per_hour[at], axis=1)
        return np.concatenate([np.ones((len(elapsed), 1)), stays], axis=1)
