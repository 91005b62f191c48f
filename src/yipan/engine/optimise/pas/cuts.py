"""Rooms for one sex at a time waste beds when the numbers are odd: what the linear programme is told about that.

Take a class with n rooms of c beds for one sex at a time, on one night, and let y of them be the women's. The women in
it fit into c·y beds, or pay for lying with men; so for any set S of |S| = c (a - 1) + r women, 0 < r < c,

    y ≥ a − Σ over S of (1 − x) / r,     and with all women      y ≥ Σ x / c,

x saying whether she lies in the class (the first is the mixed-integer rounding of women ≤ c·y; L. A. Wolsey, "Integer
Programming", 1998, chapter 8). The men ask the same of n − y. Both together say something about x alone, which a
solution that splits rooms between the sexes breaks. Patients who lie with the other sex are taken off the women, or
men, at their price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.model import Ints, Model

VIOLATED = 0.02


@dataclass(frozen=True)
class Side:
    """What one sex asks of its rooms: as many as `least`, less Σ (1 − x) / `rest` over the `stays` of a set, when it is
    counted from the full set; plus Σ x / `rest` when `rest` is all beds of a room.
    """

    stays: Ints
    rest: int
    least: int
    counted: int

    def asks(self, lies: NDArray[np.float64]) -> float:
        """How many rooms, when each of the stays lies in the class to such a part."""
        return float(self.least - (self.counted - lies.sum()) / self.rest)


@dataclass(frozen=True)
class Cut:
    """Σ `weights` · x ≤ `limit` + Σ over the sexes of `mixing` · (patients who lie with the other sex).

    `place`: class and night; x over the `stays` of that night in that class. All whole numbers.
    """

    place: tuple[int, int]
    stays: Ints
    weights: Ints
    limit: int
    mixing: tuple[int, int]

    @classmethod
    def of(cls, place: tuple[int, int], rooms: int, women: Side, men: Side) -> Cut:
        """What both sides together say of x, times both rests so that it is whole."""
        weights = [np.full(len(side.stays), other.rest) for side, other in ((women, men), (men, women))]
        spare = women.rest * men.rest * (women.least + men.least - rooms)
        return cls(
            place=place,
            stays=np.concatenate([women.stays, men.stays]).astype(np.int32),
            weights=np.concatenate(weights).astype(np.int32),
            limit=men.rest * women.counted + women.rest * men.counted - spare,
            mixing=(men.rest, women.rest),
        )


def broken(model: Model, classes: Classes, lies: NDArray[np.float64]) -> list[Cut]:
    """For each class and night the cut that `lies` (stays × classes, parts of 1) breaks the most, if it breaks one."""
    nights = model.nights
    sexes = np.repeat(model.sex, np.diff(model.offset))
    here = [[np.flatnonzero((nights == night) & (sexes == sex)) for sex in (0, 1)] for night in range(model.horizon)]
    found = []
    for at in np.flatnonzero(model.same[classes.room] & (model.capacity[classes.room] > 1)):
        capacity = int(model.capacity[classes.room[at]])
        rooms = int(classes.beds[at]) // capacity
        for night, stays in enumerate(here):
            women, men = (_side(each, lies[each, at], capacity) for each in stays)
            if women.asks(lies[women.stays, at]) + men.asks(lies[men.stays, at]) > rooms + VIOLATED:
                found.append(Cut.of((int(at), night), rooms, women, men))
    return found


def _side(stays: NDArray[np.intp], lies: NDArray[np.float64], capacity: int) -> Side:
    """The set that asks for the most rooms: for each size, those who lie there the most."""
    everybody = Side(stays.astype(np.int32), capacity, 0, 0)
    order = np.argsort(-lies, kind="stable")
    lacking = np.cumsum(1 - lies[order])
    sizes = np.arange(1, len(stays) + 1)
    rest = sizes % capacity
    asks = np.where(rest > 0, -(-sizes // capacity) - lacking / np.maximum(rest, 1), -np.inf)
    if not len(stays) or asks.max() <= everybody.asks(lies):
        return everybody
    best = int(np.argmax(asks))
    chosen = np.sort(stays[order[: best + 1]]).astype(np.int32)
    return Side(chosen, int(rest[best]), -(-(best + 1) // capacity), best + 1)
