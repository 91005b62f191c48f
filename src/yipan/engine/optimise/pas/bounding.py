"""What no plan can cost less than: prices for beds, from a linear programme, and the cheapest stay of each patient.

Let every class of rooms ask a price λ ≥ 0 for a bed on a night, on top of what the patient's night costs there, and
each cut (`cuts`) a price μ ≥ 0 for each unit of its left side. Whatever the prices, no plan costs less than

    Σ over patients of her cheapest way through the nights, at cost + λ + weights · μ and 11 for each transfer
    − Σ λ · beds − Σ μ · limit,

less what patients who lie with the other sex would gain if their 5 a night were less than the prices of cuts: a plan
pays for no more beds than there are, and breaks no cut (Lagrangian duality; A. M. Geoffrion, "Lagrangean relaxation for
integer programming", Mathematical Programming Study 2, 1974). The prices are the duals of the linear programme over the
same ways, solved by HiGHS, to which ways and cuts are added as they are needed; they are rounded to whole parts of a
tenth and the sum is made in integers, so that the bound holds however exact HiGHS was.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.cuts import Cut, broken
from yipan.engine.optimise.pas.evaluating import GENDER, TRANSFER
from yipan.engine.optimise.pas.kernel import KERNEL
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.programme import Duals, Programme

PARTS = 1000
"""Of a tenth, in which prices are whole numbers."""
FIRST_WAYS, MORE_WAYS = 12, 4
ROUNDS, PATIENCE, WORTH = 60, 4, 0.0005
"""Rounds of cuts end when PATIENCE of them bettered the bound by less than this part of it."""

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Prices:
    """What beds (classes × nights) and cuts ask, in parts. They are the proof of a bound."""

    beds: Whole
    cuts: tuple[tuple[Cut, int], ...] = ()

    def asked(self, model: Model, classes: Classes) -> Whole:
        """What a night costs with them, in parts: stays × classes."""
        asked = model.price[:, classes.room].astype(np.int64) * PARTS + self.beds[:, model.nights].T
        for cut, price in self.cuts:
            asked[cut.stays, cut.place[0]] += cut.weights * price
        return asked


@dataclass(frozen=True)
class Bound:
    """`cost` in tenths, and the prices that prove it."""

    cost: int
    prices: Prices


@dataclass
class Bounding:
    """Rounds of solving and adding, each of which may better the bound. Without a clock it is always the same."""

    model: Model
    classes: Classes
    best: Bound = field(init=False)
    cuts: list[Cut] = field(default_factory=list)

    def __post_init__(self) -> None:
        nothing = Prices(np.zeros((len(self.classes.beds), self.model.horizon), np.int64))
        self.best = Bound(certified(self.model, self.classes, nothing)[0], nothing)
        self._programme = Programme(self.model, self.classes)
        self._programme.add_ways(self._cheapest(nothing, FIRST_WAYS))

    def step(self, seconds: float | None = None) -> bool:
        """Solve once, better the bound if it can be, add ways, else cuts; False when nothing is left to be added."""
        duals = self._programme.solve(seconds)
        if duals is None:
            return False
        prices = self._rounded(duals)
        cost, ways = certified(self.model, self.classes, prices)
        if cost > self.best.cost:
            self.best = Bound(cost, prices)
        added = self._programme.add_ways(self._better(prices, duals, ways))
        if added > self.model.patients // 50:
            return True
        new = broken(self.model, self.classes, self._programme.lies())
        for cut in new:
            self._programme.add_cut(cut)
        self.cuts += new
        return bool(added or new)

    def _rounded(self, duals: Duals) -> Prices:
        beds, cuts = (np.rint(np.maximum(each, 0) * PARTS).astype(np.int64) for each in (duals.beds, duals.cuts))
        return Prices(beds, tuple((cut, int(price)) for cut, price in zip(self.cuts, cuts, strict=True) if price))

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
    cancelled: Callable[[], bool] = lambda: False,
) -> Bound:
    """The best bound of all rounds that are worth their time, or of those that begin within so many seconds."""
    bounding = Bounding(model, classes)
    began = time.monotonic()
    left, past = seconds, [bounding.best.cost]
    while len(past) < ROUNDS and not cancelled() and bounding.step(left):
        past.append(bounding.best.cost)
        slow = bounding.cuts and len(past) > PATIENCE and past[-1] - past[-1 - PATIENCE] < WORTH * past[-1]
        if slow or (seconds is not None and (left := seconds - (time.monotonic() - began)) <= 0):
            break
    return bounding.best


def certified(model: Model, classes: Classes, prices: Prices) -> tuple[int, Ints]:
    """The bound that `prices` prove, in tenths on the grid of costs, and the cheapest ways (stays: classes).

    Raises ValueError for a price below 0, which would prove anything.
    """
    if (prices.beds < 0).any() or any(price < 0 for _, price in prices.cuts):
        raise ValueError("A price is never negative.")
    ways = np.zeros(len(model.price), np.int32)
    total = int(KERNEL.cheapest_way(prices.asked(model, classes), model.offset, TRANSFER * PARTS, ways))
    total -= int((prices.beds.sum(axis=1) * classes.beds).sum())
    total -= sum(cut.limit * price for cut, price in prices.cuts)
    gained: dict[tuple[int, int, int], int] = defaultdict(int)
    for cut, price in prices.cuts:
        for sex, weight in enumerate(cut.mixing):
            gained[*cut.place, sex] += weight * price
    for (at, _, _), gain in gained.items():
        total -= max(gain - GENDER * PARTS, 0) * int(classes.beds[at])
    step = PARTS * model.grid
    return -(-total // step) * model.grid, ways
