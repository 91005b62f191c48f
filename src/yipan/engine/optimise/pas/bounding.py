"""What no plan can cost less than: prices for beds, from a linear programme, and the cheapest stay of each patient.

Let every class of rooms ask a price λ ≥ 0 for a bed on a night, on top of what the patient's night costs there.
Whatever the prices, no plan costs less than

    Σ over patients of her cheapest way through the nights, at cost + λ and 11 for each transfer  −  Σ λ · beds

since a plan pays for no more beds than there are (Lagrangian duality; A. M. Geoffrion, "Lagrangean relaxation for
integer programming", Mathematical Programming Study 2, 1974). The sex of neighbours costs nothing here, which only
lowers the bound. The prices are the duals of the linear programme over the same ways, solved by HiGHS with columns
generated as they are needed; they are rounded to whole parts of a tenth and the sum is made in integers, so that the
bound holds however exact HiGHS was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import TRANSFER
from yipan.engine.optimise.pas.kernel import cheapest_way
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.programme import Programme

PARTS = 1000
"""Of a tenth, in which prices for beds are whole numbers."""
ROUNDS = 20

Prices = NDArray[np.int64]


@dataclass(frozen=True)
class Bound:
    """`cost` in tenths. `prices` (classes × nights) in parts, which prove it."""

    cost: int
    prices: Prices


def bound(model: Model, classes: Classes, *, seconds: float | None = None) -> Bound:
    """The best bound of a few rounds of column generation. Without a limit in seconds it is always the same."""
    nothing = np.zeros((len(classes.beds), model.horizon), np.int64)
    best = Bound(certified(model, classes, nothing)[0], nothing)
    programme = Programme(model, classes)
    for _ in range(ROUNDS):
        duals = programme.solve(seconds)
        if duals is None:
            break
        prices = np.rint(np.maximum(duals, 0) * PARTS).astype(np.int64)
        cost, ways = certified(model, classes, prices)
        if cost > best.cost:
            best = Bound(cost, prices)
        if not programme.extend(ways):
            break
    return best


def certified(model: Model, classes: Classes, prices: Prices) -> tuple[int, Ints]:
    """The bound that `prices` prove, in tenths on the grid of costs, and the cheapest ways (stays: classes)."""
    if (prices < 0).any():
        raise ValueError("A price for a bed is never negative.")
    asked = model.price[:, classes.room].astype(np.int64) * PARTS
    asked += prices[:, model.nights].T
    ways = np.zeros(len(asked), np.int32)
    total = cheapest_way(asked, model.offset, TRANSFER * PARTS, ways)
    total -= int((prices.sum(axis=1) * classes.beds).sum())
    step = PARTS * model.grid
    return -(-int(total) // step) * model.grid, ways
