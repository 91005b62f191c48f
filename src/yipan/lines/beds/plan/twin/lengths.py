"""How long patients stay, from stays of which many began before the window or have not ended.

Leaving is counted against time at risk, in steps of the department's mean stay: whoever was there already is at risk
from the start of the window on, whoever still lies there until its end (delayed entry and censoring: Klein and
Moeschberger, "Survival Analysis", 2nd ed., 2003, chapters 3 and 4). Else a short history would know short stays only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from yipan.lines.beds.plan.twin.demand import Stay

Floats = NDArray[np.float64]
Lengths = tuple[float, ...]
"""Stays in hours at evenly spaced shares of patients, shortest first."""

STEP, STEPS = 0.1, 80
"""Steps of the mean stay, up to eight times the mean."""

TAIL = 20
"""The last steps share one rate of leaving: too few patients reach them to tell each."""

POINTS = np.append(np.linspace(0.0, 0.98, 50), (0.99, 0.995, 0.999))
SHORTEST = 0.25


def lengths_of(
    stays: Mapping[UUID, Sequence[Stay]], mean: Mapping[UUID, float], *, since: float, until: float, lean: float
) -> dict[UUID, Lengths]:
    """Stays of each department with the given mean (hours).

    The shape is that of its own stays of the window from `since` to `until`, and of `lean` stays as the network has.
    """
    own = {d: _at_risk(rows, mean[d], since, until) for d, rows in stays.items()}
    if not own:
        return {}
    risk, left = (sum(pair[k] for pair in own.values()) for k in (0, 1))
    weight = lean / max(float(np.sum(left)), 1.0)
    return {
        d: _quantiles(own_risk + weight * risk, own_left + weight * left, mean[d])
        for d, (own_risk, own_left) in own.items()
    }


def _at_risk(stays: Sequence[Stay], mean: float, since: float, until: float) -> tuple[Floats, Floats]:
    """Time at risk (in means) and departures in each step of the stay: (STEPS,), (STEPS,)."""
    begin = np.array([max(since - s.began, 0.0) for s in stays]) / mean
    end = np.array([(until if s.ended is None else s.ended) - s.began for s in stays]) / mean
    edges = np.arange(STEPS + 1) * STEP
    spans = np.minimum(end[:, None], edges[1:]) - np.maximum(begin[:, None], edges[:-1])
    leaves = np.array([s.ended is not None for s in stays])
    step = np.minimum((end / STEP).astype(int), STEPS - 1)
    return np.maximum(spans, 0.0).sum(axis=0), np.bincount(step[leaves], minlength=STEPS).astype(np.float64)


def _quantiles(risk: Floats, left: Floats, mean: float) -> Lengths:
    rate = np.divide(left, risk, out=np.zeros(STEPS), where=risk > 0)
    tail = left[-TAIL:].sum() / max(float(risk[-TAIL:].sum()), 1e-9)
    rate[-TAIL:] = tail if tail > 0 else 1.0
    hazard = np.concatenate(([0.0], np.cumsum(rate * STEP)))
    hazard += np.arange(STEPS + 1) * 1e-9  # so that it rises everywhere
    wanted = -np.log1p(-POINTS)
    times = np.interp(wanted, hazard, np.arange(STEPS + 1) * STEP)
    beyond = wanted > hazard[-1]
    times[beyond] = STEPS * STEP + (wanted[beyond] - hazard[-1]) / rate[-1]
    spread = np.interp(np.linspace(0.0, 1.0, 201), np.append(POINTS[:-1], 1.0), times)
    drawn = float(np.mean((spread[1:] + spread[:-1]) / 2))
    return tuple(np.maximum(spread * mean / drawn, SHORTEST).tolist())
