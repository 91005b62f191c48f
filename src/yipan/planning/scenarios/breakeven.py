"""Up to which penalty sharing beds shortens waits: where the difference of waits to silos changes its sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["inside", "always", "never"]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """`at` with its interval, as shares (0.23 is 23 %); None where the line is not crossed within what was tried.

    `state`: "always" when waits are shorter at every penalty tried, "never" when at none.
    """

    state: State
    at: float | None
    low: float | None
    high: float | None


def break_even(levels: Sequence[float], less: Sequence[tuple[float, float, float]]) -> BreakEven:
    """From the difference of the mean wait to silos at each penalty, rising: (mean, low, high), negative is shorter.

    The interval is that of the penalties at which the interval of the difference holds zero; straight in between.
    """
    means, lows, highs = zip(*less, strict=True)
    at, low, high = (_crossing(levels, values) for values in (means, highs, lows))
    if means[0] >= 0:
        return BreakEven("never", None, None, high)
    if means[-1] < 0:
        return BreakEven("always", None, low, None)
    return BreakEven("inside", at, 0.0 if low is None else low, high)


def _crossing(levels: Sequence[float], values: Sequence[float]) -> float | None:
    """Where the values come up to zero last; None when they end below or never were."""
    if values[-1] < 0 or all(value >= 0 for value in values):
        return None
    k = max(i for i, value in enumerate(values) if value < 0)
    step = values[k + 1] - values[k]
    return levels[k] + (levels[k + 1] - levels[k]) * -values[k] / step
