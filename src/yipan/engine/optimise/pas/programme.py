"""The linear programme over ways through the nights, solved by HiGHS: one way for each patient, no bed twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import TRANSFER
from yipan.engine.optimise.pas.model import Ints, Model


class Programme:
    """It begins with a whole stay in each class for each patient; `extend` adds ways with transfers."""

    def __init__(self, model: Model, classes: Classes) -> None:
        import highspy

        self._model, self._classes = model, classes
        self._prices = model.price[:, classes.room]
        self._known: set[tuple[int, bytes]] = set()
        self._highs: Any = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        rows = model.patients + len(classes.beds) * model.horizon
        self._highs.addRows(
            rows,
            np.concatenate([np.ones(model.patients), np.full(rows - model.patients, -highspy.kHighsInf)]),
            np.concatenate([np.ones(model.patients), np.repeat(classes.beds, model.horizon)]).astype(float),
            0,
            np.zeros(rows, np.int32),
            np.zeros(0, np.int32),
            np.zeros(0),
        )
        self._add(self._no_way())
        self._add([column for patient in range(model.patients) for column in self._whole_stays(patient)])

    def solve(self, seconds: float | None = None) -> NDArray[np.float64] | None:
        """What one bed more would save, classes × nights, in tenths; None when the time was too short."""
        import highspy

        if seconds is not None:
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(seconds, 0.0))
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        duals = np.array(self._highs.getSolution().row_dual)[self._model.patients :]
        return -duals.reshape(len(self._classes.beds), self._model.horizon)

    def extend(self, ways: Ints) -> bool:
        """Add the ways (stays: classes) that are new; whether there was one."""
        new = []
        for patient in range(self._model.patients):
            way = ways[self._stays(patient)]
            if (way != way[0]).any() and (patient, way.tobytes()) not in self._known:
                self._known.add((patient, way.tobytes()))
                new.append(self._column(patient, way))
        self._add(new)
        return bool(new)

    def _stays(self, patient: int) -> slice:
        return slice(self._model.offset[patient], self._model.offset[patient + 1])

    def _no_way(self) -> list[tuple[float, list[int]]]:
        """A column for each patient that stands for no bed at all, dearer than any way: there is always a solution."""
        dear = float(np.abs(self._prices).sum(axis=1).max(initial=0) + TRANSFER) * self._model.horizon
        return [(dear, [patient]) for patient in range(self._model.patients)]

    def _whole_stays(self, patient: int) -> list[tuple[float, list[int]]]:
        costs = self._prices[self._stays(patient)].sum(axis=0)
        nights = self._nights(patient)
        rows = [patient, *(self._model.patients + nights)]
        steps = self._model.horizon
        return [(float(cost), [rows[0], *(row + at * steps for row in rows[1:])]) for at, cost in enumerate(costs)]

    def _column(self, patient: int, way: Ints) -> tuple[float, list[int]]:
        stays = np.arange(self._model.offset[patient], self._model.offset[patient + 1])
        cost = self._prices[stays, way].sum() + TRANSFER * np.count_nonzero(np.diff(way))
        beds = self._model.patients + way * self._model.horizon + self._nights(patient)
        return float(cost), [patient, *(int(row) for row in beds)]

    def _nights(self, patient: int) -> Ints:
        stays = self._stays(patient)
        return self._model.first[patient] + np.arange(stays.stop - stays.start, dtype=np.int32)

    def _add(self, columns: list[tuple[float, list[int]]]) -> None:
        if not columns:
            return
        count = len(columns)
        lengths = [len(rows) for _, rows in columns]
        self._highs.addCols(
            count,
            np.array([cost for cost, _ in columns]),
            np.zeros(count),
            np.full(count, np.inf),
            sum(lengths),
            np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int32),
            np.concatenate([rows for _, rows in columns]).astype(np.int32),
            np.ones(sum(lengths)),
        )
