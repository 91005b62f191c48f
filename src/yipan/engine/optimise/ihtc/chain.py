"""One search of its own: a state, a temperature that falls, and the best plan met."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from yipan.engine.optimise.ihtc.annealing import KINDS, RELOCATE, anneal
from yipan.engine.optimise.ihtc.instance import Instance
from yipan.engine.optimise.ihtc.starting import restore, start
from yipan.engine.optimise.ihtc.tables import (
    BEST_COST,
    BEST_MISSING,
    COST,
    DAY,
    LEFT_OUT,
    MANDATORY,
    MISSING,
    OUT,
    Array,
    Facts,
    State,
    facts_of,
)

TRIES = 5000
"""Changes tried between two looks at the clock."""

SHARES = np.cumsum(np.array([3.0, 1.0, 0.5, 3.0, 0.02, 1.0, 1.0, 0.3]))
SHARES /= SHARES[-1]
"""How often each kind of change is tried, in the order of `annealing.KINDS`, added up."""

DEAREST = 10**8
PRESSING = 0.004
"""Fraction of the search after which mandatory patients who are left out get dearer."""
SAMPLES, ANYTHING = 4000, 1e12
HOT, COLD = 0.4, 0.003
"""First and last temperature; 1 is the average cost of a stay."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a search's time, from `begin` to `end` of it, in which the temperature falls from `hot` to `cold`.

    If it `follows`, it goes on from the best plan of all chains, else from the chain's own.
    """

    begin: float
    end: float
    hot: float
    cold: float
    follows: bool = False

    def temperature(self, passed: float) -> float:
        """The temperature when this fraction of the whole search has passed."""
        return float(self.hot * (self.cold / self.hot) ** ((passed - self.begin) / (self.end - self.begin)))


@dataclass(slots=True)
class Chain:
    """`tried` counts changes; what is measured belongs to this chain alone, so chains may run in threads."""

    facts: Facts
    state: State
    scale: float
    tried: int = 0
    counts: Array = field(default_factory=lambda: np.zeros((KINDS, 2), np.int64))

    @classmethod
    def begin(cls, instance: Instance, seed: int) -> Chain:
        """A chain with only the occupants in bed, and the scale of its instance's costs measured."""
        weights = instance.weights
        facts = facts_of(instance, missing_price=3 * max(weights.unscheduled_optional, weights.patient_delay, 10))
        return cls(facts=facts, state=start(instance, facts, seed), scale=scale_of(facts, start(instance, facts, seed)))

    @property
    def best(self) -> tuple[int, int]:
        """How many mandatory patients the best plan leaves out, and its cost; less is better."""
        return int(self.state.totals[BEST_MISSING]), int(
            self.state.totals[BEST_COST] - self._missed(self.state.best_place)
        )

    def _missed(self, place: Array) -> int:
        """The price of the mandatory patients whom a plan leaves out."""
        person = self.facts.person[: len(self.facts.fit_day)]
        missing = (person[:, MANDATORY] == 1) & (place[: len(person), DAY] == OUT)
        return int(person[missing, LEFT_OUT].sum(dtype=np.int64))

    def speed(self) -> float:
        """Changes tried in a second, by a short trial on a copy."""
        copy = State(*(table.copy() for table in self.state))
        begun = time.perf_counter()
        anneal(self.facts, copy, HOT * self.scale, SHARES, 10 * TRIES, np.zeros((KINDS, 2), np.int64))
        return 10 * TRIES / (time.perf_counter() - begun)

    def go(self, phase: Phase, passed: Callable[[int], float], ended: Callable[[], bool]) -> None:
        """Search through a phase. `passed` tells from the changes tried which fraction of the search is over."""
        looked = phase.begin
        while (now := passed(self.tried)) < phase.end and not ended():
            anneal(self.facts, self.state, phase.temperature(now), SHARES, TRIES, self.counts)
            self.tried += TRIES
            if now > looked + PRESSING:
                looked = now
                self._press()

    def _press(self) -> None:
        """Make it dearer to leave out the mandatory patients who are left out: who is hard to place comes first."""
        person, state = self.facts.person[: len(self.facts.fit_day)], self.state
        missing = (person[:, MANDATORY] == 1) & (state.place[: len(person), DAY] == OUT)
        more = np.where(missing, np.minimum(person[:, LEFT_OUT] // 8, DEAREST - person[:, LEFT_OUT]), 0)
        person[:, LEFT_OUT] += more
        state.totals[COST] += more.sum(dtype=np.int64)
        state.totals[BEST_COST] += more[state.best_place[: len(person), DAY] == OUT].sum(dtype=np.int64)

    def follow(self, other: Chain) -> None:
        """Go on from the best plan of a chain, which may be this one."""
        missing, cost = other.best
        restore(self.facts, self.state, other.state.best_place.copy(), other.state.best_nurse.copy())
        self.state.totals[[COST, BEST_COST]] = cost + self._missed(other.state.best_place)
        self.state.totals[[MISSING, BEST_MISSING]] = missing
        self.state.best_place[:], self.state.best_nurse[:] = other.state.best_place, other.state.best_nurse


def scale_of(facts: Facts, state: State) -> float:
    """What one stay costs on average after a walk at random: the measure of every temperature."""
    only = (np.arange(KINDS) >= RELOCATE).astype(float)
    anneal(facts, state, ANYTHING, only, SAMPLES, np.zeros((KINDS, 2), np.int64))
    patients = len(facts.fit_day)
    admitted = state.place[:, DAY] != OUT
    left_out = facts.person[:patients][~admitted[:patients], LEFT_OUT].sum(dtype=np.int64)
    return max(1e-3, float(state.totals[COST] - left_out) / max(1, int(admitted.sum())))
