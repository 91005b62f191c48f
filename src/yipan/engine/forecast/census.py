"""Beds taken in the coming hours, as a whole distribution and exactly: who stays (Poisson-binomial) and who comes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yipan.engine.forecast.hazard import Hazard
from yipan.engine.forecast.panel import LEVELS, Floats

TAIL = 1e-12
"""Probability of more arrivals than the distribution has places for."""


@dataclass(frozen=True)
class Census:
    """`distribution[h, k]`: chance that k beds are taken h hours from now, float[hours + 1, n + 1]; hour 0 is known.

    `staying[h]` and `arrived[h]` are expected numbers: of those here now, and of those who came since and are here.
    """

    distribution: Floats
    staying: Floats
    arrived: Floats

    @property
    def mean(self) -> Floats:
        """Expected beds taken at each hour, float[hours + 1]."""
        return self.distribution @ np.arange(self.distribution.shape[1])

    def quantiles(self, levels: tuple[float, ...] = LEVELS) -> Floats:
        """The least number of beds that suffices with each level's chance: float[hours + 1, level]."""
        cumulative = self.distribution.cumsum(axis=1)
        found = [(cumulative < level - TAIL).sum(axis=1) for level in levels]
        return np.minimum(np.stack(found, axis=1), self.distribution.shape[1] - 1).astype(float)

    def above(self, beds: int) -> Floats:
        """Chance at each hour that more than `beds` beds are needed, float[hours + 1]."""
        return self.distribution[:, beds + 1 :].sum(axis=1)


def census(
    elapsed_hours: ArrayLike, hazard: Hazard, arrivals_per_hour: ArrayLike, hours: int, *, hour: int = 0
) -> Census:
    """The distribution of beds taken after 0, 1, …, `hours` hours; `hour` is what the clock shows now.

    `elapsed_hours`: how long each patient here has been here. `arrivals_per_hour[k]`: expected arrivals in hour k from
    now, float[hours]; they come as a Poisson stream at any moment of their hour, and leave by the same hazard, so that
    those of them who are here at hour h are Poisson again (thinning). Raises ValueError when arrivals do not fit.
    """
    rates = np.asarray(arrivals_per_hour, dtype=float)
    if rates.shape != (hours,) or not (rates >= 0).all():
        raise ValueError(f"{hours} hours need as many rates of arrivals, from 0 on.")
    chances = hazard.staying(np.asarray(elapsed_hours, dtype=float).reshape(-1), hours, hour)
    arrived = _arrived(rates, hazard, hour)
    stay = _poisson_binomial(chances)
    come = _poisson(arrived)
    both = np.stack([np.convolve(a, b) for a, b in zip(stay, come, strict=True)])
    return Census(both, chances.sum(axis=0), arrived)


def _arrived(rates: Floats, hazard: Hazard, hour: int) -> Floats:
    """Expected number of those who came since and are here still, float[hours + 1].

    Who comes at any moment of an hour has, at its end, been here half an hour on average: the mean of who came at its
    beginning and who comes at its end.
    """
    hours = len(rates)
    out = np.zeros(hours + 1)
    for came, rate in enumerate(rates):
        stays = hazard.staying(np.zeros(1), hours - came, hour + came)[0]
        out[came + 1 :] += rate * (stays[:-1] + stays[1:]) / 2
    return out


def _poisson_binomial(chances: Floats) -> Floats:
    """Distribution of how many of n independent events happen, of each column of float[n, hours]: float[hours, n + 1].

    One event after another, by convolution; nothing is approximated.
    """
    n, hours = chances.shape
    out = np.zeros((hours, n + 1))
    out[:, 0] = 1.0
    for i in range(n):
        chance = chances[i][:, None]
        out[:, 1 : i + 2] = out[:, 1 : i + 2] * (1 - chance) + out[:, : i + 1] * chance
        out[:, 0] *= 1 - chance[:, 0]
    return out


def _poisson(means: Floats) -> Floats:
    """Poisson distributions of each mean, all as long as the largest needs: float[len(means), length]."""
    largest = float(means.max())
    length = int(largest + 10 * math.sqrt(largest) + 30)
    k = np.arange(length)
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, length)))])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(k == 0, 0.0, k * np.log(means)[:, None])
    out = np.exp(logs - means[:, None] - factorials)
    enough = int((1 - out[means.argmax()].cumsum() > TAIL).sum()) + 1
    return out[:, :enough]
