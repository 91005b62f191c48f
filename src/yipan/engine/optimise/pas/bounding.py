"""What no plan can cost less than: prices for beds from a linear programme, then the worth of nights from the bundle.

Let every class of rooms ask a price λ ≥ 0 for a bed on a night, on top of what the patient's night costs there.
Whatever the prices, no plan costs less than

    Σ over patients of her cheapest way through the nights, at cost + λ and 11 for each transfer − Σ λ · beds,

because a plan pays for no more beds than there are (Lagrangian duality; A. M. Geoffrion, "Lagrangean relaxation for
integer programming", Mathematical Programming Study 2, 1974). The prices are the duals of the linear programme over the
same ways, solved by HiGHS, to which ways are added as they are needed; they are rounded to whole parts of a tenth and
the sum is made in integers, so that the bound holds however exact HiGHS was. It knows nothing of the sexes; `bundling`
begins with what the nights are worth at these prices, and knows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.bundling import PARTS, Bundle
from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import TRANSFER
from yipan.engine.optimise.pas.kernel import KERNEL
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.programme import Duals, Programme
from yipan.engine.optimise.pas.schedules import Whole

FIRST_WAYS, MORE_WAYS = 12, 4
ROUNDS = 60
"""Of the linear programme."""
BUNDLE_ROUNDS, PATIENCE, WORTH = 400, 20, 0.0001
"""Rounds of the bundle end when PATIENCE of them bettered the bound by no more than this part of it."""


@dataclass(frozen=True)
class Prices:
    """What beds ask (classes × nights), in parts. They are the proof of a bound."""

    beds: Whole

    def asked(self, model: Model, classes: Classes) -> Whole:
        """What a night costs with them, in parts: stays × classes."""
        return model.price[:, classes.room].astype(np.int64) * PARTS + self.beds[:, model.nights].T


@dataclass(frozen=True)
class Bound:
    """`cost` in tenths, the prices for beds that went before, and to which part each stay lies in each class in the
    best mixture of schedules (stays × classes; all 0 when there was no time for one).
    """

    cost: int
    prices: Prices
    lies: NDArray[np.float64]


@dataclass
class Bounding:
    """Rounds of solving and adding, each of which may better the bound. Without a clock it is always the same."""

    model: Model
    classes: Classes
    cancelled: Callable[[], bool] = lambda: False
    cost: int = field(init=False)
    prices: Prices = field(init=False)

    def __post_init__(self) -> None:
        self.prices = Prices(np.zeros((len(self.classes.beds), self.model.horizon), np.int64))
        self.cost = certified(self.model, self.classes, self.prices)[0]
        self._programme = Programme(self.model, self.classes, self.cancelled)
        self._programme.add_ways(self._cheapest(self.prices, FIRST_WAYS))

    def step(self, seconds: float | None = None) -> bool:
        """Solve once, better the bound if it can be, and add ways; False when nothing is left to be added."""
        duals = self._programme.solve(seconds)
        if duals is None:
            return False
        prices = Prices(np.rint(np.maximum(duals.beds, 0) * PARTS).astype(np.int64))
        cost, ways = certified(self.model, self.classes, prices)
        if cost > self.cost:
            self.cost, self.prices = cost, prices
        return self._programme.add_ways(self._better(prices, duals, ways)) > self.model.patients // 50

    def worth(self) -> Whole:
        """What each of the stays costs, beds included, on the patient's cheapest way."""
        _, ways = certified(self.model, self.classes, self.prices)
        return np.asarray(self.prices.asked(self.model, self.classes)[np.arange(len(ways)), ways])

    def _stays(self, asked: Whole) -> Whole:
        """What whole stays cost: patients × classes."""
        return np.add.reduceat(asked, self.model.offset[:-1]) if self.model.patients else asked

    def _cheapest(self, prices: Prices, most: int) -> Iterator[tuple[int, Ints]]:
        """Whole stays in each patient's cheapest classes."""
        order = np.argsort(self._stays(prices.asked(self.model, self.classes)), axis=1, kind="stable")
        lengths = np.diff(self.model.offset)
        for patient, classes in enumerate(order[:, :most]):
            for at in classes:
                yield patient, np.full(lengths[patient], at, np.int32)

    def _better(self, prices: Prices, duals: Duals, ways: Ints) -> Iterator[tuple[int, Ints]]:
        """Ways that cost less than the programme believes: the cheapest of each patient, and some whole stays."""
        asked = self._stays(prices.asked(self.model, self.classes))
        limit = duals.patients * PARTS - PARTS / 100
        for patient in np.flatnonzero(asked.min(axis=1) < limit):
            for at in np.argsort(asked[patient], kind="stable")[:MORE_WAYS]:
                if asked[patient, at] < limit[patient]:
                    length = self.model.offset[patient + 1] - self.model.offset[patient]
                    yield int(patient), np.full(length, at, np.int32)
        for one in range(self.model.patients):
            way = ways[self.model.offset[one] : self.model.offset[one + 1]]
            if (way != way[0]).any():
                yield one, way


def bound(
    model: Model,
    classes: Classes,
    *,
    seconds: float | None = None,
    threads: int = 1,
    cancelled: Callable[[], bool] = lambda: False,
) -> Bound:
    """The best bound of all rounds that are worth their time.

    With `seconds`, of those that begin within so many seconds of the programme's beginning, and of the bundle's.
    """
    end: float | None = None

    def begin() -> None:
        nonlocal end
        end = None if seconds is None else time.monotonic() + seconds

    def left() -> float | None:
        return None if end is None else end - time.monotonic()

    def over() -> bool:
        return cancelled() or (end is not None and time.monotonic() >= end)

    begin()
    bounding = Bounding(model, classes, cancelled)
    for _ in range(ROUNDS):
        if over() or not bounding.step(left()):
            break
    begin()
    if not model.patients:
        return Bound(bounding.cost, bounding.prices, np.zeros((0, len(classes.beds))))
    with ThreadPoolExecutor(threads) as pool:
        bundle = Bundle(model, classes, bounding.worth(), lambda blocks, worth: blocks.answer(worth, threads, pool))
        past = [bundle.cost]
        while len(past) <= BUNDLE_ROUNDS and not over():
            bundle.step()
            past.append(bundle.cost)
            if len(past) > 2 * PATIENCE and past[-1] - past[-1 - PATIENCE] <= WORTH * abs(past[-1]):
                break
    return Bound(max(bounding.cost, on_grid(model, bundle.cost)), bounding.prices, bundle.lies)


def on_grid(model: Model, parts: int) -> int:
    """The least cost of a plan, in tenths, that is not below so many parts: every cost is on the grid."""
    return -(-parts // (PARTS * model.grid)) * model.grid


def certified(model: Model, classes: Classes, prices: Prices) -> tuple[int, Ints]:
    """The bound that `prices` prove, in tenths on the grid of costs, and the cheapest ways (stays: classes).

    Raises ValueError for a price below 0, which would prove anything.
    """
    if (prices.beds < 0).any():
        raise ValueError("A price is never negative.")
    ways = np.zeros(len(model.price), np.int32)
    total = int(KERNEL.cheapest_way(prices.asked(model, classes), model.offset, TRANSFER * PARTS, ways))
    total -= int((prices.beds.sum(axis=1) * classes.beds).sum())
    return on_grid(model, total), ways
