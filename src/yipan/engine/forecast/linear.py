"""A robust linear model for each day ahead, learnt from all series at once.

Huber's loss by reweighted least squares (P. Huber, "Robust estimation of a location parameter", Annals of Mathematical
Statistics, 1964) with a ridge. Bed counts are close to linear in their own past, and a line goes on beyond what it has
seen; trees do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.forecast.features import Design, Floats32
from yipan.engine.forecast.panel import WEEK, Floats

LEFT_OUT = frozenset(
    {
        *("horizon", "weekday", "from_weekday", "until", "since", "feast"),
        *("size", "restless", "mean56", "mean91", "year_ago", "weeks", "weeks_apart", "expected"),
    }
)
FEAST_DAYS = range(-6, 10)
RIDGE = 20.0
HUBER = 1.0
ROUNDS = 3
FAR = 8.0
"""Features and targets beyond so many units say no more than that."""


@dataclass(frozen=True)
class Linear:
    """`weights` float32[horizon, feature]."""

    weights: Floats32

    @classmethod
    def fit(cls, inputs: Floats32, targets: Floats, weight: Floats) -> Linear:
        """From `inputs` of `straight`, targets float[origins, series, horizon], NaN where unknown; weight by origin."""
        return cls(np.stack([_fit(inputs[:, :, h], targets[:, :, h], weight) for h in range(targets.shape[2])]))

    def predict(self, inputs: Floats32) -> Floats:
        """Targets float[origins, series, horizon]."""
        return np.einsum("oshf,hf->osh", inputs, self.weights).astype(float)


def straight(made: Design) -> Floats32:
    """The features that a line can use, gaps as "as usual", and a switch for each weekday and day of the feast."""
    used = [i for i, name in enumerate(made.names) if name not in LEFT_OUT]
    weekday, feast = made.column("weekday"), made.column("feast")
    switches = [weekday == day for day in range(WEEK)] + [feast == day for day in FEAST_DAYS]
    out = np.empty((*made.x.shape[:3], len(used) + len(switches)), dtype=np.float32)
    out[..., : len(used)] = np.clip(np.nan_to_num(made.x[..., used]), -FAR, FAR)
    for i, switch in enumerate(switches, start=len(used)):
        out[..., i] = switch
    return out


def _fit(inputs: Floats32, targets: Floats, weight: Floats) -> Floats32:
    known = np.isfinite(targets)
    x = inputs[known]
    z = np.clip(targets[known], -FAR, FAR).astype(np.float32)
    w = np.broadcast_to(weight[:, None], targets.shape)[known].astype(np.float32)
    found: NDArray[np.float32] = np.zeros(x.shape[1], dtype=np.float32)
    for turn in range(ROUNDS):
        by = w if turn == 0 else w * np.minimum(1.0, HUBER / np.maximum(np.abs(z - x @ found), 1e-6))
        weighted = x * by[:, None]
        gram = (weighted.T @ x).astype(float) + RIDGE * np.eye(x.shape[1])
        found = np.linalg.solve(gram, (weighted.T @ z).astype(float)).astype(np.float32)
    return found
