"""Means with their confidence intervals, and where a run begins to count."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEVEL = 0.95
BATCH = 5


@dataclass(frozen=True)
class Interval:
    """A mean over replications with the half width of its 95 % interval (Student), infinite for fewer than two."""

    mean: float
    half_width: float
    count: int

    @property
    def low(self) -> float:
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        return self.mean + self.half_width

    def narrow(self, relative: float, least: float) -> bool:
        """Whether the half width is at most `relative` of the mean, or at most `least`."""
        return self.half_width <= max(relative * abs(self.mean), least)


def interval(values: Floats) -> Interval:
    """Of independent values, one a replication; those that are not there (NaN) are left out."""
    values = np.asarray(values, np.float64)
    values = values[~np.isnan(values)]
    n = len(values)
    if n == 0:
        return Interval(math.nan, math.inf, 0)
    if n == 1:
        return Interval(float(values[0]), math.inf, 1)
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, 0.5 + LEVEL / 2)) * float(values.std(ddof=1)) / math.sqrt(n)
    return Interval(float(values.mean()), half, n)


def mser5(series: Floats) -> tuple[int, bool]:
    """Where to cut the warm-up off, and whether the series has settled.

    MSER-5 (White 1997; White, Cobb and Spratt 2000): of the means of batches of five, cut the number of batches that
    makes the standard error of the rest least, among the first half. A least value at the end of that half says that
    the series is too short. Returns (observations cut, settled).
    """
    batches = len(series) // BATCH
    if batches < 4:
        return 0, False
    means = np.asarray(series[: batches * BATCH], np.float64).reshape(batches, BATCH).mean(axis=1)
    rest = batches - np.arange(batches)
    total, squares = np.cumsum(means[::-1])[::-1], np.cumsum(means[::-1] ** 2)[::-1]
    error = np.maximum(squares - total**2 / rest, 0.0) / rest.astype(np.float64) ** 2
    half = batches // 2
    cut = int(np.argmin(error[: half + 1]))
    return cut * BATCH, cut < half
