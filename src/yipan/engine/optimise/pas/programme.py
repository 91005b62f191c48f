"""The linear programme over ways through the nights, solved by HiGHS: one way for each patient, no bed twice.

It holds only the ways and the cuts that it was given: whoever uses it adds what is missing and solves again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.cuts import Cut
from yipan.engine.optimise.pas.evaluating import GENDER, TRANSFER
from yipan.engine.optimise.pas.model import Ints, Model


@dataclass(frozen=True)
class Duals:
    """Tenths: of each patient's way, of a bed (classes × nights), and of each cut in the order they were added."""

    patients: NDArray[np.float64]
    beds: NDArray[np.float64]
    cuts: NDArray[np.float64]


class Programme:
    """Rows: patients, then beds by class and night, then cuts. Columns: ways, and mixing where there is a cut."""

    def __init__(self, model: Model, classes: Classes) -> None:
        import highspy

        self._model, self._classes = model, classes
        self._prices = model.price[:, classes.room]
        self._rows = model.patients + len(classes.beds) * model.horizon
        self._columns: list[tuple[int, ...]] = []  # cells (stay · classes + class) of each way, none for other columns
        self._known: set[tuple[int, bytes]] = set()
        self._of_cell: dict[int, list[int]] = defaultdict(list)
        self._cuts_of_cell: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._mixing: dict[tuple[int, int, int], int] = {}
        self._highs: Any = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        low = np.concatenate([np.ones(model.patients), np.full(self._rows - model.patients, -highspy.kHighsInf)])
        high = np.concatenate([np.ones(model.patients), np.repeat(classes.beds, model.horizon)]).astype(float)
        self._highs.addRows(
            self._rows, low, high, 0, np.zeros(self._rows, np.int32), np.zeros(0, np.int32), np.zeros(0)
        )
        dear = float(np.abs(self._prices).sum(axis=1).max(initial=0) + TRANSFER) * model.horizon
        self._add([(dear, {patient: 1}, ()) for patient in range(model.patients)])  # no bed at all, dearer than any way

    def solve(self, seconds: float | None = None) -> Duals | None:
        """The duals of the optimum; None when the time was too short."""
        import highspy

        if seconds is not None:
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(seconds, 0.0))
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        duals = np.array(self._highs.getSolution().row_dual)
        beds = self._model.patients + len(self._classes.beds) * self._model.horizon
        return Duals(
            patients=duals[: self._model.patients],
            beds=-duals[self._model.patients : beds].reshape(len(self._classes.beds), self._model.horizon),
            cuts=-duals[beds:],
        )

    def lies(self) -> NDArray[np.float64]:
        """To which part each stay is in each class, in the optimum: stays × classes."""
        values = np.array(self._highs.getSolution().col_value)
        lies = np.zeros(self._prices.size)
        for column in np.flatnonzero(values > 0):
            lies[list(self._columns[column])] += values[column]
        return lies.reshape(self._prices.shape)

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

    def add_cut(self, cut: Cut) -> None:
        """Add a cut, and with the first of a place what it costs to lie with the other sex there."""
        columns: dict[int, float] = defaultdict(float)
        for stay, weight in zip(cut.stays, cut.weights, strict=True):
            cell = int(stay) * len(self._classes.beds) + cut.place[0]
            self._cuts_of_cell[cell].append((self._rows, int(weight)))
            for column in self._of_cell[cell]:
                columns[column] += float(weight)
        for sex, weight in enumerate(cut.mixing):
            where = (*cut.place, sex)
            if where not in self._mixing:
                self._mixing[where] = len(self._columns)
                self._add([(float(GENDER), {}, ())])
            columns[self._mixing[where]] = -float(weight)
        index = np.array(list(columns), np.int32)
        self._highs.addRow(-np.inf, float(cut.limit), len(index), index, np.array(list(columns.values())))
        self._rows += 1

    def _way(self, patient: int, way: Ints) -> tuple[float, dict[int, int], tuple[int, ...]]:
        begin, end = self._model.offset[patient], self._model.offset[patient + 1]
        stays = np.arange(begin, end)
        cost = self._prices[stays, way].sum() + TRANSFER * np.count_nonzero(np.diff(way))
        nights = self._model.first[patient] + stays - begin
        rows = {patient: 1, **{int(row): 1 for row in self._model.patients + way * self._model.horizon + nights}}
        cells = tuple(int(cell) for cell in stays * len(self._classes.beds) + way)
        for cell in cells:
            for row, weight in self._cuts_of_cell.get(cell, ()):
                rows[row] = rows.get(row, 0) + weight
        return float(cost), rows, cells

    def _add(self, columns: list[tuple[float, dict[int, int], tuple[int, ...]]]) -> None:
        if not columns:
            return
        for at, (_, _, cells) in enumerate(columns, start=len(self._columns)):
            for cell in cells:
                self._of_cell[cell].append(at)
        self._columns += [cells for _, _, cells in columns]
        lengths = [len(rows) for _, rows, _ in columns]
        self._highs.addCols(
            len(columns),
            np.array([cost for cost, _, _ in columns]),
            np.zeros(len(columns)),
            np.full(len(columns), np.inf),
            sum(lengths),
            np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int32),
            np.array([row for _, rows, _ in columns for row in rows], np.int32),
            np.array([value for _, rows, _ in columns for value in rows.values()], float),
        )
