"""The linear programme over ways through the nights, solved by HiGHS: one way for each patient, no bed twice.

It holds only the ways that it was given: whoever uses it adds what is missing and solves again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import TRANSFER
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.solver import solver


@dataclass(frozen=True)
class Duals:
    """Tenths: of each patient's way, and of a bed (classes × nights)."""

    patients: NDArray[np.float64]
    beds: NDArray[np.float64]


class Programme:
    """Rows: patients, then beds by class and night. Columns: ways."""

    def __init__(self, model: Model, classes: Classes, cancelled: Callable[[], bool]) -> None:
        self._model, self._classes = model, classes
        self._prices = model.price[:, classes.room]
        self._known: set[tuple[int, bytes]] = set()
        self._highs = solver(cancelled)
        beds = np.repeat(classes.beds, model.horizon)
        low = np.concatenate([np.ones(model.patients), np.full(len(beds), -np.inf)])
        high = np.concatenate([np.ones(model.patients), beds]).astype(float)
        self._highs.addRows(len(low), low, high, 0, np.zeros(len(low), np.int32), np.zeros(0, np.int32), np.zeros(0))
        dear = float(np.abs(self._prices).sum(axis=1).max(initial=0) + TRANSFER) * model.horizon
        self._add([(dear, [patient]) for patient in range(model.patients)])  # no bed at all, dearer than any way

    def solve(self, seconds: float | None = None) -> Duals | None:
        """The duals of the optimum; None when the time was too short, or somebody had it cancelled."""
        import highspy

        if seconds is not None:
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(seconds, 0.0))
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        duals = np.array(self._highs.getSolution().row_dual)
        return Duals(
            patients=duals[: self._model.patients],
            beds=-duals[self._model.patients :].reshape(len(self._classes.beds), self._model.horizon),
        )

    def add_ways(self, ways: Iterable[tuple[int, Ints]]) -> int:
        """Add ways, each a patient and her class on each night; how many were new."""
        new = []
        for patient, way in ways:
            key = (patient, way.astype(np.int32).tobytes())
            if key not in self._known:
                self._known.add(key)
                new.append(self._way(patient, way))
        self._add(new)
        return len(new)

    def _way(self, patient: int, way: Ints) -> tuple[float, list[int]]:
        """What it costs, and its rows."""
        begin, end = self._model.offset[patient], self._model.offset[patient + 1]
        stays = np.arange(begin, end)
        cost = self._prices[stays, way].sum() + TRANSFER * np.count_nonzero(np.diff(way))
        nights = self._model.first[patient] + stays - begin
        return float(cost), [patient, *(self._model.patients + way * self._model.horizon + nights).tolist()]

    def _add(self, columns: list[tuple[float, list[int]]]) -> None:
        if not columns:
            return
        lengths = [len(rows) for _, rows in columns]
        self._highs.addCols(
            len(columns),
            np.array([cost for cost, _ in columns]),
            np.zeros(len(columns)),
            np.full(len(columns), np.inf),
            sum(lengths),
            np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int32),
            np.array([row for _, rows in columns for row in rows], np.int32),
            np.ones(sum(lengths)),
        )
