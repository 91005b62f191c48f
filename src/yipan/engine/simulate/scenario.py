"""What is simulated: a network, who comes, how long they stay, what a bed away from home costs, and which policies.

Times are hours from the start of the run. Everything is checked once, when the scenario is made.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement import Beds, Need, Policy
from yipan.engine.simulate.stays import Stay
from yipan.kernel.errors import InvalidInput

HOURS, WEEKDAYS = 24, 7
NEVER_GIVES_UP = math.inf
LONGEST_DAYS = 36_600.0
MOST_WAITING = 100_000

OCCUPANT = np.dtype([("bed", "i4"), ("kind", "i4"), ("elapsed", "f8")], align=True)
"""Somebody who lies in a bed at the start: row of `beds`, row of `demand`, hours since admission."""


def _wrong(path: str, value: Any, expected: str) -> InvalidInput:
    return InvalidInput("twin_wrong", path=path, value=str(value)[:80], expected=expected)


def _between(path: str, value: float, low: float, high: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
    if not number or not low <= value <= high:
        raise _wrong(path, value, f"{low:g}–{high:g}")


@dataclass(frozen=True, kw_only=True)
class Move:
    """A change of department during the stay: `share` of a kind of patient, after `after` of the stay, needs what the
    kind in row `to` of the demand needs. Until a bed is found, the patient stays where she is."""

    to: int
    share: float
    after: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Demand:
    """One kind of patient. `need` is what the live board would be asked; its `stay_days` is replaced by the mean stay.

    `per_day` is the mean number of arrivals, `hours` and `weekdays` (Monday first) their relative weights. `patience`
    is how many hours somebody waits before going elsewhere; 0 never waits. `waiting` of them want a bed at the start;
    what they have waited before does not count.
    """

    name: str
    need: Need
    per_day: float
    stay: Stay
    hours: tuple[float, ...] = (1.0,) * HOURS
    weekdays: tuple[float, ...] = (1.0,) * WEEKDAYS
    patience: float = NEVER_GIVES_UP
    move: Move | None = None
    waiting: int = 0


@dataclass(frozen=True, kw_only=True)
class Closure:
    """A ward takes nobody from `start` to `end` (hours): free beds close at once, taken ones when they are left."""

    ward: int
    start: float
    end: float


@dataclass(frozen=True, kw_only=True)
class Surge:
    """`factor` times as many arrivals from `start` to `end` (hours), of one department or (-1) of all."""

    start: float
    end: float
    factor: float
    department: int = -1


@dataclass(frozen=True, kw_only=True)
class Option:
    """A policy to try. With `repatriate` an outlier moves home when a home bed comes free that nobody waits for and
    `spare` free beds are left in that ward afterwards."""

    name: str
    policy: Policy
    repatriate: bool = False
    spare: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Scenario:
    """A network, its patients and the policies to try on them.

    `beds` is what the live board ranks; guests and states of beds are used with `live` only, else the run begins
    empty. `penalty` is the share by which a stay in a bed outside the own specialty is longer, 0.23 for 23 %: there is
    no default, because pooling stands and falls with it. `cleaning` is hours from departure to ready, of wards without
    a turnover of their own. `warm_up` is days that are not counted, None for MSER-5; a live start counts from now.
    `weekday` is that of the first day, Monday 0. `review` is how often, in
    hours, what is expected is worked out anew; 0 expects nothing, as when no forecast is there.

    Raises InvalidInput("twin_wrong", path, value, expected) for the first value that cannot be.
    """

    name: str
    beds: Beds
    wards: tuple[str, ...]
    departments: tuple[str, ...]
    demand: tuple[Demand, ...]
    options: tuple[Option, ...]
    penalty: float
    days: float
    warm_up: float | None = None
    cleaning: float = 0.5
    weekday: int = 0
    review: float = 1.0
    live: bool = False
    occupants: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, OCCUPANT))
    closures: tuple[Closure, ...] = ()
    surges: tuple[Surge, ...] = ()

    def __post_init__(self) -> None:
        for path, value, low, high in self._ranges():
            _between(path, value, low, high)
        _named("wards", self.wards, len(self.beds.wards))
        _named("departments", self.departments, len(self.beds.departments))
        _named("policies", tuple(option.name for option in self.options), len(self.options))
        if not self.demand or not self.options:
            raise _wrong("demand" if self.options else "policies", "–", "…")
        beds = self.occupants["bed"]
        if len(np.unique(beds)) < len(beds):
            raise _wrong("occupants.bed", "twice", "one patient a bed")

    def _ranges(self) -> Iterator[tuple[str, float, float, float]]:
        yield "penalty", self.penalty, 0, 10
        yield "days", self.days, 0.01, LONGEST_DAYS
        yield "warm_up", 0 if self.warm_up is None else self.warm_up, 0, LONGEST_DAYS
        yield "cleaning", self.cleaning, 0, 240
        yield "weekday", self.weekday, 0, WEEKDAYS - 1
        yield "review", self.review, 0, 168
        kinds = len(self.demand)
        for k, demand in enumerate(self.demand):
            at = f"demand[{k}]"
            yield f"{at}.department", demand.need.department, 0, len(self.beds.departments) - 1
            yield f"{at}.per_day", demand.per_day, 0, 100_000
            yield f"{at}.patience", demand.patience, 0, math.inf
            yield f"{at}.waiting", demand.waiting, 0, MOST_WAITING
            yield from _weights(f"{at}.hours", demand.hours, HOURS)
            yield from _weights(f"{at}.weekdays", demand.weekdays, WEEKDAYS)
            if demand.move:
                yield f"{at}.move.to", demand.move.to, 0, kinds - 1
                yield f"{at}.move.share", demand.move.share, 0, 1
                yield f"{at}.move.after", demand.move.after, 0, 1
        for k, closure in enumerate(self.closures):
            yield f"closures[{k}].ward", closure.ward, 0, len(self.beds.wards) - 1
            yield f"closures[{k}].start", closure.start, 0, math.inf
            yield f"closures[{k}].end", closure.end, closure.start, math.inf
        for k, surge in enumerate(self.surges):
            yield f"surges[{k}].start", surge.start, 0, math.inf
            yield f"surges[{k}].end", surge.end, surge.start, LONGEST_DAYS * 24
            yield f"surges[{k}].factor", surge.factor, 0, 100
            yield f"surges[{k}].department", surge.department, -1, len(self.beds.departments) - 1
        for k, option in enumerate(self.options):
            yield f"policies[{k}].spare", option.spare, 0, 1000
        for k, (bed, kind, elapsed) in enumerate(self.occupants.tolist()):
            yield f"occupants[{k}].bed", bed, 0, len(self.beds) - 1
            yield f"occupants[{k}].kind", kind, 0, kinds - 1
            yield f"occupants[{k}].elapsed", elapsed, 0, LONGEST_DAYS * 24


def _named(path: str, names: tuple[str, ...], wanted: int) -> None:
    if len(names) != wanted or len(set(names)) != wanted:
        raise _wrong(path, ", ".join(names), f"{wanted} names that differ")


def _weights(path: str, weights: tuple[float, ...], length: int) -> Iterator[tuple[str, float, float, float]]:
    if len(weights) != length or not sum(weights) > 0:
        raise _wrong(path, list(weights), f"{length} numbers, not all 0")
    for k, weight in enumerate(weights):
        yield f"{path}[{k}]", weight, 0, 1e9
