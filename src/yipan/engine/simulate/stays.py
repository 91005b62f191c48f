"""How long patients stay, as distributions that are drawn by inversion: one uniform number is one stay.

Drawing by inversion keeps a patient the same under every policy, and gives the remaining stay of somebody who lies
there already: with `e` hours behind, the uniform number is drawn above the share of stays that end before `e`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yipan.kernel.errors import InvalidInput

Floats = NDArray[np.float64]


class Stay(Protocol):
    """A distribution of stays in hours."""

    @property
    def mean(self) -> float: ...

    def quantile(self, u: Floats) -> Floats:
        """The stays of uniform numbers in (0, 1)."""
        ...

    def below(self, hours: Floats) -> Floats:
        """Share of stays that are shorter."""
        ...


def remaining(stay: Stay, elapsed: Floats, u: Floats) -> Floats:
    """What is left of stays that have lasted `elapsed` hours, by inversion of the conditional distribution.

    A stay longer than any of an empirical sample ends within the hour.
    """
    gone = stay.below(elapsed)
    total = stay.quantile(np.minimum(gone + u * (1.0 - gone), 1.0 - 1e-15))
    return np.maximum(total - elapsed, 1.0 / 60.0)


def _positive(path: str, value: float) -> None:
    if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
        raise InvalidInput("twin_wrong", path=path, value=str(value), expected="> 0")


@dataclass(frozen=True)
class Exponential:
    """No memory; for comparison with closed forms."""

    mean: float

    def __post_init__(self) -> None:
        _positive("stay.mean", self.mean)

    def quantile(self, u: Floats) -> Floats:
        return -self.mean * np.log1p(-u)

    def below(self, hours: Floats) -> Floats:
        return -np.expm1(-np.asarray(hours) / self.mean)


@dataclass(frozen=True)
class Lognormal:
    """The usual shape of stays; `cv` is standard deviation over mean."""

    mean: float
    cv: float = 1.0

    def __post_init__(self) -> None:
        _positive("stay.mean", self.mean)
        _positive("stay.cv", self.cv)

    @property
    def sigma(self) -> float:
        return math.sqrt(math.log1p(self.cv**2))

    @property
    def mu(self) -> float:
        return math.log(self.mean) - self.sigma**2 / 2

    def quantile(self, u: Floats) -> Floats:
        from scipy.special import ndtri

        return np.exp(self.mu + self.sigma * ndtri(u))

    def below(self, hours: Floats) -> Floats:
        from scipy.special import ndtr

        with np.errstate(divide="ignore"):
            return np.asarray(ndtr((np.log(hours) - self.mu) / self.sigma), np.float64)


@dataclass(frozen=True)
class Fixed:
    """Everybody stays as long."""

    mean: float

    def __post_init__(self) -> None:
        _positive("stay.mean", self.mean)

    def quantile(self, u: Floats) -> Floats:
        return np.full_like(u, self.mean)

    def below(self, hours: Floats) -> Floats:
        return (np.asarray(hours) >= self.mean).astype(np.float64)


@dataclass(frozen=True)
class Empirical:
    """Stays that were seen, in hours; between two of them the distribution is straight."""

    hours: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.hours) < 2:
            raise InvalidInput("twin_wrong", path="stay.hours", value=str(self.hours), expected="[24.0, 50.5, …]")
        for value in self.hours:
            _positive("stay.hours", value)
        object.__setattr__(self, "hours", tuple(sorted(map(float, self.hours))))

    @property
    def mean(self) -> float:
        """Of the drawn stays: straight between neighbours."""
        seen = np.array(self.hours)
        return float(np.mean((seen[1:] + seen[:-1]) / 2))

    def quantile(self, u: Floats) -> Floats:
        seen = np.array(self.hours)
        return np.interp(u, np.linspace(0.0, 1.0, len(seen)), seen)

    def below(self, hours: Floats) -> Floats:
        seen = np.array(self.hours)
        return np.interp(hours, seen, np.linspace(0.0, 1.0, len(seen)))
