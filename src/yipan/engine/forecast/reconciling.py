"""Forecasts of parts and whole that agree: the medians of a hospital's wards sum to the median of the hospital."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from yipan.engine.forecast.panel import Floats, Quantiles

SPREAD = (0.1, 0.9)
LEAST_SHARE = 1e-3
"""Of the widest spread: a series whose forecast is certain still gives way a little, so that weights stay finite."""

Parts = Mapping[str, tuple[str, ...]]


def reconcile(quantiles: Quantiles, parts: Parts) -> Quantiles:
    """The same forecasts, moved so that the median of each whole is the sum of the medians of its `parts`.

    Weighted least squares (S. Wickramasuriya, G. Athanasopoulos, R. Hyndman, "Optimal forecast reconciliation for
    hierarchical and grouped time series through trace minimization", JASA 2019, with a diagonal of variances): a
    series gives way the more the less sure it is. Distributions move with their medians and keep their shape; where
    nothing was negative nothing becomes so. A whole may be part of another. A series without a forecast counts as
    nothing and stays without one; series outside `parts` keep theirs.

    Raises ValueError for a name that has no series, or a whole that is a part of itself.
    """
    if not parts:
        return quantiles
    rows, summing = _summing(quantiles.names, parts)
    low, high = (quantiles.levels.index(level) for level in SPREAD)
    values = quantiles.values.copy()
    floor = 0.0 if not (values[rows] < 0).any() else -np.inf
    for day in range(values.shape[1]):
        of_day = values[rows, day]
        medians = quantiles.median[rows, day]
        agreed = summing @ _leaves(medians, of_day[:, high] - of_day[:, low], summing, floor)
        values[rows, day] = np.maximum(of_day + (agreed - medians)[:, None], floor)
    return replace(quantiles, values=values)


def _leaves(medians: Floats, spread: Floats, summing: Floats, floor: float) -> Floats:
    """Medians of the series without parts that fit all `medians` best: float[leaves]."""
    known = np.isfinite(medians)
    used = summing[:, known[: summing.shape[1]]]
    widest = max(float(spread[known].max(initial=0.0)), LEAST_SHARE)
    weight = 1.0 / np.maximum(spread[known], LEAST_SHARE * widest)
    found = np.linalg.lstsq(used[known] * weight[:, None], medians[known] * weight, rcond=None)[0]
    out = np.zeros(summing.shape[1])
    out[known[: summing.shape[1]]] = np.maximum(found, floor)
    return out


def _summing(names: tuple[str, ...], parts: Parts) -> tuple[list[int], Floats]:
    """Rows of the series concerned, leaves first, and which leaves each is the sum of: float[rows, leaves]."""
    concerned = {*parts, *(part for each in parts.values() for part in each)}
    if missing := sorted(concerned - set(names)):
        raise ValueError(f"There is no series {missing[0]!r}.")
    leaves = [name for name in names if name in concerned and name not in parts]
    order = [*leaves, *(name for name in names if name in parts)]
    summing = np.zeros((len(order), len(leaves)))
    for i, name in enumerate(order):
        for leaf in _below(name, parts, ()):
            summing[i, leaves.index(leaf)] += 1.0
    return [names.index(name) for name in order], summing


def _below(name: str, parts: Parts, above: tuple[str, ...]) -> list[str]:
    """The leaves of a series, itself when it has no parts."""
    if name in above:
        raise ValueError(f"The series {name!r} is a part of itself.")
    if name not in parts:
        return [name]
    return [leaf for part in parts[name] for leaf in _below(part, parts, (*above, name))]
