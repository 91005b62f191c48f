"""The patients of one replication: when they come, what they need, how long they would stay at home.

Every kind of patient has streams of its own, one for each question, and the k-th number of a stream belongs to the k-th
candidate of that kind (common random numbers: Law, "Simulation Modeling and Analysis", 5th ed., 2015, section 11.2).
So two policies, or two scenarios that differ in beds, see the same people; a surge adds people and changes nobody else.

Arrivals by hour and weekday are thinned from a Poisson process with the greatest rate (Lewis and Shedler 1979).
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.simulate.scenario import HOURS, WEEKDAYS, Demand, Scenario
from yipan.engine.simulate.stays import remaining

Floats = NDArray[np.float64]
WAITED = 1_000_000
"""Part of the stream of moves for those who wait at the start: no surge has so high a number."""


class Stream(IntEnum):
    """Questions about a patient; each kind of patient has a stream for each."""

    GAP = 0
    THIN = 1
    STAY = 2
    MOVE = 3
    SURGE = 4
    REMAINING = 5
    WAITING = 6


class Patients(NamedTuple):
    """One row a patient, by time of arrival; those who lie there at the start come first, then those who wait, at 0.
    Hours."""

    at: Floats
    kind: NDArray[np.int32]
    stay: Floats
    """As it would be at home; what is left of it for those who lie there at the start."""
    move: Floats
    """Share of the stay after which the patient changes department, 2 for never."""
    behind: Floats
    """Hours of stay at home that lay behind at the start."""
    bed: NDArray[np.int32]
    """Where the patient lies at the start, else -1."""


def draw(scenario: Scenario, hours: float, *, seed: int, replication: int) -> Patients:
    """Everybody who is there at the start or comes within `hours`."""
    lying = _lying(scenario, seed, replication)
    parts = []
    for kind, demand in enumerate(scenario.demand):
        at = arrivals(scenario, kind, hours, seed=seed, replication=replication)
        parts.append(
            _people(scenario, kind, demand, np.zeros(demand.waiting), Stream.WAITING, seed, replication, WAITED)
        )
        parts.append(_people(scenario, kind, demand, at, Stream.STAY, seed, replication))
        for k, surge in enumerate(scenario.surges):
            if surge.department in (-1, demand.need.department) and surge.factor > 1:
                more = _more(scenario, kind, demand, k, hours, seed, replication)
                parts.append(_people(scenario, kind, demand, more, Stream.SURGE, seed, replication, k + 1))
    at, stay, move = (np.concatenate(column) for column in list(zip(*parts, strict=True))[:3])
    kinds = np.repeat(np.array([part.kind for part in parts], np.int32), [len(part.at) for part in parts])
    order = np.argsort(at, kind="stable")
    coming = len(at)
    return Patients(
        at=np.concatenate((lying.at, at[order])),
        kind=np.concatenate((lying.kind, kinds[order])),
        stay=np.concatenate((lying.stay, stay[order])),
        move=np.concatenate((lying.move, move[order])),
        behind=np.concatenate((lying.behind, np.zeros(coming))),
        bed=np.concatenate((lying.bed, np.full(coming, -1, np.int32))),
    )


class People(NamedTuple):
    """Those of one kind who come; see Patients."""

    at: Floats
    stay: Floats
    move: Floats
    kind: int


def stream(seed: int, replication: int, kind: int, question: Stream, part: int = 0) -> np.random.Generator:
    """The stream of one question about one kind of patient."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, replication, kind, question, part])))


def rates(demand: Demand) -> Floats:
    """Arrivals an hour at each hour of the week, (168,), Monday first."""
    weights = np.outer(demand.weekdays, demand.hours).ravel()
    return demand.per_day / HOURS * weights / weights.mean()


def _hour_of_week(scenario: Scenario, at: Floats) -> NDArray[np.int64]:
    return (scenario.weekday * HOURS + at.astype(np.int64)) % (WEEKDAYS * HOURS)


def _candidates(rng: np.random.Generator, rate: float, hours: float) -> Floats:
    """Times of a Poisson process, drawn in blocks so that a longer run only adds to a shorter one."""
    if rate <= 0 or hours <= 0:  # a surge may begin after the end of the run
        return np.zeros(0)
    blocks, last, size = [], 0.0, max(64, int(rate * hours * 1.05) + 64)
    while last < hours:
        times = last + np.cumsum(rng.exponential(1.0 / rate, size))
        blocks.append(times)
        last, size = float(times[-1]), max(64, size // 8)
    at = np.concatenate(blocks)
    return at[at < hours]


def arrivals(scenario: Scenario, kind: int, hours: float, *, seed: int, replication: int) -> Floats:
    """When patients of a kind come, without those whom a surge adds."""
    demand = scenario.demand[kind]
    by_hour = rates(demand)
    top = float(by_hour.max())
    at = _candidates(stream(seed, replication, kind, Stream.GAP), top, hours)
    fewer = [s for s in scenario.surges if s.factor < 1 and s.department in (-1, demand.need.department)]
    if by_hour.min() == top and not fewer:
        return at
    accept = by_hour[_hour_of_week(scenario, at)] / top if top else np.zeros(0)
    for surge in fewer:
        accept = np.where((at >= surge.start) & (at < surge.end), accept * surge.factor, accept)
    return at[stream(seed, replication, kind, Stream.THIN).random(len(at)) < accept]


def _more(
    scenario: Scenario, kind: int, demand: Demand, which: int, hours: float, seed: int, replication: int
) -> Floats:
    """Those whom a surge adds."""
    surge, by_hour = scenario.surges[which], rates(demand)
    rng = stream(seed, replication, kind, Stream.SURGE, 2 * (which + 1) + 1_000)
    span, top = min(surge.end, hours) - surge.start, float(by_hour.max()) * (surge.factor - 1)
    at = surge.start + _candidates(rng, top, max(span, 0.0))
    thin = stream(seed, replication, kind, Stream.SURGE, 2 * (which + 1) + 1_001)
    return at[thin.random(len(at)) * by_hour.max() < by_hour[_hour_of_week(scenario, at)]]


def _people(
    scenario: Scenario,
    kind: int,
    demand: Demand,
    at: Floats,
    question: Stream,
    seed: int,
    replication: int,
    part: int = 0,
) -> People:
    stay = demand.stay.quantile(stream(seed, replication, kind, question, part).random(len(at)))
    move = np.full(len(at), 2.0)
    if demand.move:
        chosen = stream(seed, replication, kind, Stream.MOVE, part).random(len(at)) < demand.move.share
        move[chosen] = demand.move.after
    return People(at, stay, move, kind)


def _lying(scenario: Scenario, seed: int, replication: int) -> Patients:
    """Those who lie there at the start, with what is left of their stays. An outlier has less behind than it seems."""
    rows = scenario.occupants if scenario.live else scenario.occupants[:0]
    stay, elapsed = np.zeros(len(rows)), rows["elapsed"].astype(np.float64)
    specialty = scenario.beds.departments["specialty"]
    needed = np.array([_specialty(scenario, demand) for demand in scenario.demand])[rows["kind"]]
    elapsed[needed != specialty[scenario.beds.beds["department"][rows["bed"]]]] /= 1.0 + scenario.penalty
    for kind, demand in enumerate(scenario.demand):
        mine = np.flatnonzero(rows["kind"] == kind)
        if not len(mine):
            continue
        u = stream(seed, replication, kind, Stream.REMAINING).random(len(mine))
        stay[mine] = remaining(demand.stay, elapsed[mine], u)
    nobody_moves = np.full(len(rows), 2.0)
    kinds, beds = rows["kind"].astype(np.int32), rows["bed"].astype(np.int32)
    return Patients(np.zeros(len(rows)), kinds, stay, nobody_moves, elapsed, beds)


def _specialty(scenario: Scenario, demand: Demand) -> int:
    need = demand.need
    return need.specialty if need.specialty >= 0 else int(scenario.beds.departments["specialty"][need.department])
