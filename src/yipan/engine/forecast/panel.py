"""What a forecast is made from and what it is: daily series side by side, and quantiles of their coming days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975)
MEDIAN = LEVELS.index(0.5)
WEEK = 7


@dataclass(frozen=True)
class Panel:
    """Daily `values` of the series `names`, float[series, days], from day `first` on; NaN where nothing is known.

    Raises ValueError when shape and names do not fit.
    """

    names: tuple[str, ...]
    first: date
    values: Floats

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or len(self.names) != len(self.values):
            raise ValueError(f"{len(self.names)} names for values of shape {self.values.shape}.")

    @property
    def days(self) -> int:
        """How many days the panel has."""
        return int(self.values.shape[1])

    @property
    def following(self) -> date:
        """The day after the last."""
        return self.first + timedelta(self.days)

    def until(self, days: int) -> Panel:
        """Its first `days` days only."""
        return Panel(self.names, self.first, self.values[:, :days])


@dataclass(frozen=True)
class Quantiles:
    """Forecasts: `values` float[series, horizon, level] never fall with the level; day 0 is `first`.

    All levels of a day are NaN where nothing can be said: of a series without a single value.
    """

    names: tuple[str, ...]
    first: date
    levels: tuple[float, ...]
    values: Floats

    @property
    def median(self) -> Floats:
        """float[series, horizon]."""
        return self.values[:, :, self.levels.index(0.5)]


def mean_of_known(values: Floats, axes: int | tuple[int, ...] | None) -> Floats:
    """The mean over the known; NaN where nothing is known, without a warning."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=axes) / known.sum(axis=axes))
