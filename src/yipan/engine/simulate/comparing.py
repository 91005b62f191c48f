"""Policies against each other on the same patients, until the intervals are narrow enough."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Literal, Protocol

import numpy as np

from yipan.engine.simulate.intervals import Interval, interval
from yipan.engine.simulate.measuring import MEASURES, Sample
from yipan.engine.simulate.running import Outcome, Window, find_window, named, outcome, replicate
from yipan.engine.simulate.scenario import Scenario
from yipan.kernel.errors import InvalidInput

Reason = Literal["precision", "replications", "time", "cancelled"]

WATCHED = {"wait": 1 / 60, "outliers": 0.001, "occupancy": 0.001}
"""Measures that must be precise, and the half width below which more precision says nothing: a minute, a tenth of a
percent."""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """When a comparison ends: when the intervals are narrow enough, else at the first of these.

    `least` and `most` replications; `seconds` of wall time; `cancelled`, set by another thread: what is
    finished counts.
    """

    least: int = 5
    most: int = 200
    seconds: float | None = None
    cancelled: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.most:
            raise InvalidInput(
                "twin_wrong", path="replications", value=f"{self.least}, {self.most}", expected="1 ≤ … ≤ …"
            )


@dataclass(frozen=True)
class Point:
    """Where a comparison is: replications finished and allowed, and how far the widest interval still is from narrow
    (1 is narrow enough)."""

    done: int
    most: int
    seconds: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A policy less the first one, replication by replication on the same patients.

    `measures` holds mean and interval of the differences, `relative` the change of the mean as a share of the first
    policy's mean, NaN where that is 0.
    """

    name: str
    against: str
    measures: Mapping[str, Interval]
    relative: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """What each policy does, and how each differs from the first."""

    outcomes: tuple[Outcome, ...]
    differences: tuple[Difference, ...]
    replications: int
    reason: Reason
    seed: int
    seconds: float


class Pool(Protocol):
    """Where replications are run: see `fanout`."""

    def run(self, scenario: Scenario, window: Window, seed: int, replications: Sequence[int]) -> Iterator[list[Sample]]:
        """The samples of these replications, in their order."""
        ...

    @property
    def width(self) -> int:
        """How many are worth asking for at a time."""
        ...


class Here:
    """In this process, one after the other."""

    width = 1

    def run(self, scenario: Scenario, window: Window, seed: int, replications: Sequence[int]) -> Iterator[list[Sample]]:
        for r in replications:
            yield replicate(scenario, window, seed=seed, replication=r)


def compare(
    scenario: Scenario,
    policies: Sequence[str] | None = None,
    *,
    precision: float = 0.05,
    seed: int = 1,
    pool: Pool | None = None,
    progress: Callable[[Point], None] = lambda point: None,
    stop: Stop | None = None,
) -> Comparison:
    """Run the policies (by name, without names all; the first is what the others are compared with) on the same
    patients until the half width of each watched measure is at most `precision` of its mean.

    How many replications that takes, and so every figure, depends on the seed only, not on where they are run.
    """
    chosen = scenario.options if policies is None else tuple(named(scenario, name) for name in policies)
    asked, stop, pool = replace(scenario, options=chosen), stop or Stop(), pool or Here()
    began = time.monotonic()
    progress(Point(0, stop.most, 0.0, math.inf))
    window = find_window(asked, seed=seed)
    samples: list[list[Sample]] = []
    reason: Reason | None = "cancelled" if stop.cancelled.is_set() else None
    while reason is None:
        wanted = range(len(samples), min(len(samples) + pool.width, stop.most))
        for sample in pool.run(asked, window, seed, wanted):
            samples.append(sample)
            width = _width(samples, precision)
            seconds = time.monotonic() - began
            progress(Point(len(samples), stop.most, seconds, width))
            reason = _over(len(samples), width, seconds, stop)
            if reason is not None:
                break
    counted = chosen if samples else ()
    outcomes = tuple(outcome(asked, o.name, window, [s[k] for s in samples]) for k, o in enumerate(counted))
    return Comparison(
        outcomes=outcomes,
        differences=tuple(difference(other, outcomes[0]) for other in outcomes[1:]),
        replications=len(samples),
        reason=reason,
        seed=seed,
        seconds=time.monotonic() - began,
    )


def difference(other: Outcome, first: Outcome) -> Difference:
    """Paired, replication by replication."""
    pairs = {key: np.array(other.samples[key]) - np.array(first.samples[key]) for key in MEASURES}
    relative = {}
    for key in MEASURES:
        base = first.measures[key].mean
        relative[key] = (other.measures[key].mean - base) / base if base else math.nan
    return Difference(
        name=other.name,
        against=first.name,
        measures={key: interval(values) for key, values in pairs.items()},
        relative=relative,
    )


def _over(done: int, width: float, seconds: float, stop: Stop) -> Reason | None:
    if stop.cancelled.is_set():
        return "cancelled"
    if done >= stop.least and width <= 1:
        return "precision"
    if done >= stop.most:
        return "replications"
    return "time" if stop.seconds is not None and seconds >= stop.seconds else None


def _width(samples: Sequence[Sequence[Sample]], precision: float) -> float:
    """The widest interval of a watched measure over what it may be."""
    widest = 0.0
    for k in range(len(samples[0])):
        measures = np.array([sample[k].measures for sample in samples])
        for key, least in WATCHED.items():
            one = interval(measures[:, MEASURES.index(key)])
            allowed = max(precision * abs(one.mean), least)
            widest = max(widest, one.half_width / allowed if one.count else 0.0)
    return widest
