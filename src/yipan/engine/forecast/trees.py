"""Gradient-boosted trees over all series and days ahead: what a line cannot say, such as a holiday on a Monday."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from yipan.engine.forecast.features import Floats32
from yipan.engine.forecast.panel import Floats

if TYPE_CHECKING:
    import lightgbm

FAR = 8.0
LEAST_ERROR, MOST_ERROR = 0.05, 50.0
"""Units below and above which an error is no smaller and no greater error: whole patients are counted, and a number a
thousand times the usual one is a slip of whoever typed it, no reason to be unsure of every other series."""
LEAST_TARGETS = 10
"""Of fewer, bagging may leave none."""
BINS: dict[str, Any] = {"max_bin": 63, "bin_construct_sample_cnt": 40_000, "min_data_in_leaf": 100, "verbose": -1}
SETTINGS: dict[str, Any] = {
    "feature_fraction": 0.4,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
MEDIAN = {"objective": "l1", "num_iterations": 200, "learning_rate": 0.06, "num_leaves": 31}
SPREAD = {"objective": "l2", "num_iterations": 80, "learning_rate": 0.1, "num_leaves": 15}


@dataclass(frozen=True)
class Trees:
    """LightGBM: G. Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 2017.

    Without a `booster`, where next to no targets were known, they predict NaN.
    """

    booster: lightgbm.Booster | None

    @classmethod
    def fit(cls, inputs: Floats32, targets: Floats, weight: Floats, *, seed: int, settings: Mapping[str, Any]) -> Trees:
        """From inputs float32[origins, series, horizon, feature], targets float[origins, series, horizon] (NaN where
        unknown) and weight by origin.

        `settings`: MEDIAN for targets of the series, SPREAD for logarithms of errors.
        """
        import lightgbm

        known = np.isfinite(targets)
        if known.sum() < LEAST_TARGETS:
            return cls(None)
        by = np.broadcast_to(weight[:, None, None], targets.shape)[known]
        data = lightgbm.Dataset(inputs[known], np.clip(targets[known], -FAR, FAR), weight=by, params=dict(BINS))
        return cls(lightgbm.train({**BINS, **SETTINGS, **settings, "seed": seed}, data))

    def predict(self, inputs: Floats32) -> Floats:
        """Targets float[origins, series, horizon]."""
        if self.booster is None:
            return np.full(inputs.shape[:-1], np.nan)
        rows = inputs.reshape(-1, inputs.shape[-1])
        return np.asarray(self.booster.predict(rows, num_threads=1)).reshape(inputs.shape[:-1])
