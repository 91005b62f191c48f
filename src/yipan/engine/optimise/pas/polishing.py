"""The best plan in which every room keeps its sex: an integer programme that HiGHS solves in about a second.

Once it is fixed for which sex a room is on a night, patients only compete for beds, and the linear programme is nearly
whole by itself; annealing, which moves a few at a time, leaves a hundredth that this finds. Rooms that are empty on a
night may take either sex. A patient may go to any room that is not much dearer than her best once beds ask their price,
or lie as she does now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yipan.engine.optimise.pas.annealing import dearer
from yipan.engine.optimise.pas.bounding import Prices
from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import GENDER, TRANSFER
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.solver import solver

WORTH = 150.0
"""Tenths by which a whole stay may be dearer than the best, to be looked at."""
BOTH, EITHER = 2, 3


@dataclass
class _Columns:
    """Columns of an integer programme: cost, rows and values of each."""

    costs: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    rows: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    now: list[float] = field(default_factory=list)

    def add(self, cost: float, rows: list[int], values: list[float], now: float) -> None:
        self.costs.append(cost)
        self.rows += rows
        self.values += values
        self.starts.append(len(self.rows))
        self.now.append(now)


class Polish:
    """For one model and its prices; `better` is asked again and again."""

    def __init__(
        self, model: Model, classes: Classes, prices: Prices, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self._model, self._cancelled = model, cancelled
        self._possible = dearer(model, classes, prices)[:, classes.of] <= WORTH
        self._size = len(model.capacity) * model.horizon

    def better(self, lying: Ints, *, seconds: float | None = None) -> Ints:
        """A plan that costs no more by this programme, or the same one when the time was too short."""
        import highspy

        columns = _Columns()
        ways = self._ways(columns, lying, self._open(lying))
        highs = self._programme(columns, seconds)
        if highs.run() == highspy.HighsStatus.kError:
            return lying
        found = lying.copy()
        for (patient, room), taken in zip(ways, highs.getSolution().col_value, strict=False):
            if taken > 0.5 and room is not None:
                found[self._model.offset[patient] : self._model.offset[patient + 1]] = room
        return found

    def _open(self, lying: Ints) -> Ints:
        """Rooms × nights: the sex with more there; EITHER when nobody lies there, BOTH where it does not matter."""
        model = self._model
        heads = np.zeros((len(model.capacity), model.horizon, 2), np.int32)
        np.add.at(heads, (lying, model.nights, np.repeat(model.sex, np.diff(model.offset))), 1)
        one = np.where(heads.any(axis=2), heads.argmax(axis=2), EITHER)
        return np.where((model.same & (model.capacity > 1))[:, None], one, BOTH).astype(np.int32)

    def _ways(self, columns: _Columns, lying: Ints, open_to: Ints) -> list[tuple[int, int | None]]:
        """A column for each whole stay in a room that is open to the patient, and one for the way she goes now.

        Whose columns they are, and the room; None is the way of now.
        """
        model = self._model
        ways: list[tuple[int, int | None]] = []
        for patient in range(model.patients):
            stays = np.arange(model.offset[patient], model.offset[patient + 1])
            nights = model.first[patient] + stays - stays[0]
            sex, now = int(model.sex[patient]), lying[stays]
            mixing = GENDER * np.count_nonzero(open_to[now, nights] == 1 - sex)
            cost = model.price[stays, now].sum() + TRANSFER * np.count_nonzero(np.diff(now)) + mixing
            columns.add(float(cost), *self._entries(patient, now, nights, open_to), 1.0)
            ways.append((patient, None))
            costs = model.price[stays].sum(axis=0)
            welcome = (open_to[:, nights] >= BOTH) | (open_to[:, nights] == sex)
            for room in np.flatnonzero(self._possible[patient] & welcome.all(axis=1)):
                way = np.full(len(stays), room, np.int32)
                columns.add(float(costs[room]), *self._entries(patient, way, nights, open_to), 0.0)
                ways.append((patient, int(room)))
        for room, night in np.argwhere(open_to == EITHER):
            beds, row = float(model.capacity[room]), int(model.patients + room * model.horizon + night)
            columns.add(0.0, [row + self._size, row + 2 * self._size], [-beds, beds], 1.0)
        return ways

    def _entries(self, patient: int, way: Ints, nights: Ints, open_to: Ints) -> tuple[list[int], list[float]]:
        """The rows of a way: the patient, the beds, and her sex in rooms that may take either."""
        model = self._model
        beds = model.patients + way * model.horizon + nights
        either = beds[open_to[way, nights] == EITHER] + self._size * (1 + int(model.sex[patient]))
        rows = [patient, *beds.tolist(), *either.tolist()]
        return rows, [1.0] * len(rows)

    def _programme(self, columns: _Columns, seconds: float | None) -> Any:
        import highspy

        model, count = self._model, len(columns.costs)
        beds = np.repeat(model.capacity, model.horizon).astype(float)
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = count, model.patients + 3 * self._size
        programme.col_cost_ = np.array(columns.costs)
        programme.col_lower_, programme.col_upper_ = np.zeros(count), np.ones(count)
        programme.row_lower_ = np.concatenate([np.ones(model.patients), np.full(3 * self._size, -np.inf)])
        programme.row_upper_ = np.concatenate([np.ones(model.patients), beds, np.zeros(self._size), beds])
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        programme.a_matrix_.start_ = np.array(columns.starts)
        programme.a_matrix_.index_ = np.array(columns.rows)
        programme.a_matrix_.value_ = np.array(columns.values)
        programme.integrality_ = [highspy.HighsVarType.kInteger] * count
        limit = {} if seconds is None else {"time_limit": max(seconds, 0.0)}
        highs = solver(self._cancelled, mip_rel_gap=0.0, mip_abs_gap=model.grid / 2, **limit)
        highs.passModel(programme)
        solution = highspy.HighsSolution()
        solution.col_value = columns.now
        highs.setSolution(solution)
        return highs
