"""Simulated annealing in compiled code, one search to a thread, with the rooms worth trying told by prices for beds.

A room is proposed to a patient the more often the more of her lies there in the best mixture of schedules, and the
less it is dearer than her best one once each bed asks its price (`bounding`): what neither would dream of is tried
seldom. Source of the method: S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, "Optimization by simulated annealing",
Science 220, 1983.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.bounding import Bound, Prices, certified
from yipan.engine.optimise.pas.bundling import PARTS, Blocks, Bundle
from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import GENDER
from yipan.engine.optimise.pas.kernel import KERNEL
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.moves import LONGEST, Fixed, State
from yipan.engine.optimise.pas.starting import start

NEVER = 1 << 40
"""Dearer than any plan."""
CHUNK = 20_000
"""Moves between two looks at the clock."""
HASTY = 200_000
"""Moves after an early end, for a plan that keeps the sexes apart."""
STRICT = 0.8
MENU = 512
SPREAD = 10.0
"""Tenths by which a room is dearer when it is proposed e times more seldom."""
MIXTURE, ANYTHING = 0.7, 0.05
"""Shares of proposals that look at the mixture and not at prices, and at neither."""


def dearer(model: Model, classes: Classes, prices: Prices) -> NDArray[np.float64]:
    """By how many tenths a whole stay is dearer than in the patient's best class: patients × classes."""
    if not model.patients:
        return np.zeros((0, len(classes.beds)))
    whole = np.add.reduceat(prices.asked(model, classes), model.offset[:-1]) / PARTS
    return np.asarray(whole - whole.min(axis=1, keepdims=True))


def menus(model: Model, classes: Classes, bound: Bound) -> Ints:
    """For each patient MENU rooms, the promising ones many times."""
    lists = np.zeros((model.patients, MENU), np.int32)
    chances = (np.arange(MENU) + 0.5) / MENU
    rooms = np.bincount(classes.of, minlength=len(classes.beds))
    mixture = np.add.reduceat(bound.lies, model.offset[:-1]) / rooms if model.patients else bound.lies
    for patient, more in enumerate(dearer(model, classes, bound.prices)):
        weight = _shares(np.exp(-more / SPREAD)[classes.of])
        if mixture[patient].any():
            weight = (1 - MIXTURE) * weight + MIXTURE * _shares(mixture[patient, classes.of])
        weight = weight * (1 - ANYTHING) + ANYTHING / len(weight)
        lists[patient] = np.searchsorted(np.cumsum(weight) / weight.sum(), chances)
    return lists


def _shares(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(weight / weight.sum())


@dataclass(frozen=True)
class Cooling:
    """From `hot` to `cold`, both in tenths; meanwhile what a mixed room costs grows from `soft` to its true price.

    Early on a room may change its sex by way of nights that mix them; for the last fifth all is as the rules say.
    """

    hot: float
    cold: float
    soft: float

    def temperature(self, share: float) -> float:
        """The temperature when `share` of the time is over."""
        return float(self.hot * (self.cold / self.hot) ** min(max(share, 0.0), 1.0))

    def mixing(self, share: float) -> int:
        """What a patient of the sex with fewer in a room costs then."""
        return GENDER if share >= STRICT else round(self.soft * (GENDER / self.soft) ** (share / STRICT))


class Annealer:
    """One search: its plan, the best it has seen, its own chance. The same seed and moves give the same result."""

    def __init__(self, model: Model, lying: Ints, menu: Ints, seed: tuple[int, ...]) -> None:
        self._fixed = Fixed(
            model.first, model.offset, model.sex, model.price, model.capacity, model.same, mixing=GENDER
        )
        self._horizon = model.horizon
        self._owner = np.repeat(np.arange(model.patients, dtype=np.int32), np.diff(model.offset))
        self._menu = menu
        self._chance: NDArray[np.uint64] = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
        self.moves = 0
        self.best, self.best_cost = lying.copy(), NEVER
        self.take(lying)

    def take(self, lying: Ints) -> None:
        """Go on from this plan, which may be the best."""
        self._fixed = self._fixed._replace(mixing=GENDER)
        self._state, self._cost = state_of(self._fixed, lying, self._horizon)
        if self._cost < self.best_cost:
            self.best, self.best_cost = lying.copy(), self._cost

    @property
    def lying(self) -> Ints:
        """The plan it is at."""
        return self._state.lying

    def run(self, cooling: Cooling, share: Callable[[int], float]) -> None:
        """Try moves until `share`, asked with their number so far, says that all of the time is over."""
        while (over := share(self.moves)) < 1:
            self._mix_at(cooling.mixing(over))
            self.step(CHUNK, cooling.temperature(over))
        if self._fixed.mixing != GENDER:  # told to stop early
            self._mix_at(GENDER)
            self.step(HASTY, cooling.cold)

    def step(self, moves: int, temperature: float) -> None:
        """Try so many moves at one temperature."""
        strict = self._fixed.mixing == GENDER
        self._cost, best = KERNEL.anneal(
            self._fixed, self._state, self._owner, self._menu, self._chance, self.best,
            self._cost, self.best_cost if strict else -NEVER, temperature, moves,
        )  # fmt: skip
        self.best_cost = best if strict else self.best_cost
        self.moves += moves

    def _mix_at(self, mixing: int) -> None:
        """Let mixed rooms cost so much from here on; what the plan costs by the rules is looked at in passing."""
        if mixing != self._fixed.mixing:
            self.take(self._state.lying)
            self._fixed = self._fixed._replace(mixing=mixing)
            self._state, self._cost = state_of(self._fixed, self._state.lying, self._horizon)


def warm_up(model: Model) -> None:
    """Compile what the search needs, or load it from the cache, by using it once."""
    classes = Classes.in_(model)
    nothing = Prices(np.zeros((len(classes.beds), model.horizon), np.int64))
    certified(model, classes, nothing)
    if model.patients:
        Bundle(model, classes, np.zeros(len(model.price), np.int64), Blocks.answer).step()
        lies = np.zeros((len(model.price), len(classes.beds)))
        Annealer(model, start(model), menus(model, classes, Bound(0, nothing, lies)), (0,)).step(1, 1.0)


def state_of(fixed: Fixed, lying: Ints, horizon: int) -> tuple[State, int]:
    """A plan and all that is counted of it, and what it costs. While patients change rooms, both lots may be in one."""
    heads = np.zeros((len(fixed.capacity), horizon, 2), np.int32)
    beds = np.zeros((len(fixed.capacity), horizon, 2 * int(fixed.capacity.max())), np.int32)
    chain, marks = np.full(LONGEST, -1, np.int32), np.zeros(len(fixed.first), np.bool_)
    state = State(lying.copy(), heads, beds, chain, marks)
    return state, int(KERNEL.count(fixed, state))
