"""Simulated annealing in compiled code, one search to a thread, with the rooms worth trying told by prices for beds.

A room is proposed to a patient the more often the less it is dearer than her best one, once each bed asks its price
(`bounding`): what the linear programme would not dream of is tried seldom. Source of the method: S. Kirkpatrick,
C. D. Gelatt, M. P. Vecchi, "Optimization by simulated annealing", Science 220, 1983.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.bounding import PARTS, Prices, certified
from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.kernel import anneal
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.moves import Fixed, State, fill
from yipan.engine.optimise.pas.starting import start

CHUNK = 20_000
"""Moves between two looks at the clock."""
MENU = 512
SPREAD = 10.0
"""Tenths by which a room is dearer when it is proposed e times more seldom."""
ANYTHING = 0.05
"""Share of proposals that look at no price."""


def menus(model: Model, classes: Classes, prices: Prices) -> Ints:
    """For each patient MENU rooms, the cheap ones many times, at what they and their beds ask for her whole stay."""
    asked = model.price[:, classes.room] + prices[:, model.nights].T / PARTS
    lists = np.zeros((model.patients, MENU), np.int32)
    chances = (np.arange(MENU) + 0.5) / MENU
    for patient in range(model.patients):
        whole = asked[model.offset[patient] : model.offset[patient + 1]].sum(axis=0)
        weight = np.exp((whole.min() - whole) / SPREAD)[classes.of]
        weight = weight / weight.sum() * (1 - ANYTHING) + ANYTHING / len(weight)
        lists[patient] = np.searchsorted(np.cumsum(weight) / weight.sum(), chances)
    return lists


@dataclass(frozen=True)
class Cooling:
    """From `hot` to `cold`, both in tenths."""

    hot: float
    cold: float

    def at(self, share: float) -> float:
        """The temperature when `share` of the time is over."""
        return float(self.hot * (self.cold / self.hot) ** min(max(share, 0.0), 1.0))


class Annealer:
    """One search: its plan, the best it has seen, its own chance. The same seed and moves give the same result."""

    def __init__(self, model: Model, lying: Ints, menu: Ints, seed: tuple[int, ...]) -> None:
        self._fixed = Fixed(model.first, model.offset, model.sex, model.price, model.capacity, model.same)
        self._horizon = model.horizon
        self._owner = np.repeat(np.arange(model.patients, dtype=np.int32), np.diff(model.offset))
        self._menu = menu
        self._chance: NDArray[np.uint64] = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
        self.moves = 0
        self.take(lying)

    def take(self, lying: Ints) -> None:
        """Go on from this plan."""
        rooms, widest = len(self._fixed.capacity), int(self._fixed.capacity.max())
        heads = np.zeros((rooms, self._horizon, 2), np.int32)
        self._state = State(lying.copy(), heads, np.zeros((rooms, self._horizon, widest + 1), np.int32))
        self.cost = self.best_cost = int(fill(self._fixed, self._state))
        self.best = lying.copy()

    def run(self, cooling: Cooling, share: Callable[[int], float]) -> None:
        """Try moves until `share`, asked with their number so far, says that all of the time is over."""
        while (over := share(self.moves)) < 1:
            self.step(CHUNK, cooling.at(over))

    def step(self, moves: int, temperature: float) -> None:
        """Try so many moves at one temperature."""
        self.cost, self.best_cost = anneal(
            self._fixed, self._state, self._owner, self._menu, self._chance, self.best,
            self.cost, self.best_cost, temperature, moves,
        )  # fmt: skip
        self.moves += moves


def warm_up(model: Model) -> None:
    """Compile what the search needs, or load it from the cache, by using it once."""
    classes = Classes.in_(model)
    nothing = np.zeros((len(classes.beds), model.horizon), np.int64)
    certified(model, classes, nothing)
    if model.patients:
        Annealer(model, start(model), menus(model, classes, nothing), (0,)).step(1, 1.0)
