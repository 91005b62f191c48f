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
LEAST_ERROR = 0.05
"""Units below which an error is no smaller error: whole patients are counted."""
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


class Rows:
    """Inputs float32[origins, series, horizon, feature] where `known`, put into bins once for several fits."""

    def __init__(self, inputs: Floats32, known: Floats, weight: Floats) -> None:
        import lightgbm

        self._known = np.isfinite(known)
        by = np.broadcast_to(weight[:, None, None], known.shape)[self._known]
        self._data = lightgbm.Dataset(inputs[self._known], np.zeros(len(by)), weight=by, params=dict(BINS)).construct()

    def labelled(self, targets: Floats) -> lightgbm.Dataset:
        """The rows with other targets float[origins, series, horizon], in place."""
        return self._data.set_label(np.clip(targets[self._known], -FAR, FAR))


@dataclass(frozen=True)
class Trees:
    """LightGBM: G. Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 2017."""

    booster: lightgbm.Booster

    @classmethod
    def fit(cls, rows: Rows, targets: Floats, *, seed: int, settings: Mapping[str, Any]) -> Trees:
        """Fit to targets float[origins, series, horizon], known where the rows are.

        `settings`: MEDIAN for targets of the series, SPREAD for logarithms of errors.
        """
        import lightgbm

        return cls(lightgbm.train({**BINS, **SETTINGS, **settings, "seed": seed}, rows.labelled(targets)))

    def predict(self, inputs: Floats32) -> Floats:
        """Targets float[origins, series, horizon]."""
        rows = inputs.reshape(-1, inputs.shape[-1])
        return np.asarray(self.booster.predict(rows, num_threads=1)).reshape(inputs.shape[:-1])
