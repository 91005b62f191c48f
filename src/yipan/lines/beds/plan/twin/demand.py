"""Who will come and for how long, as the stays of the last weeks tell it. Plain Python and NumPy, no database.

A department's mean stay is its bed-hours over its arrivals, and its arrivals a day are its bed-hours over that mean: by
Little's law the twin then fills as many beds as were filled. A department with few patients leans on the network.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from yipan.lines.beds.plan.twin.lengths import Lengths, lengths_of

Floats = NDArray[np.float64]

LEAST_DAYS = 7
"""Shorter history does not tell the days of the week apart."""

LEAN = 20.0
"""A department leans on the network as if this many of the network's stays were its own."""

LEAN_TIMES = 60.0
"""The same for the hours and weekdays of arrival, which few patients tell even less of."""

KINDS, COVERED = 8, 0.97
"""At most so many kinds of patient for each department, and the share of its patients that is enough."""


@dataclass(frozen=True, slots=True)
class Person:
    """What a patient's placement depends on, in the words of the tables. `age` -1: not known."""

    department_id: UUID
    urgency: str
    severity: str
    sex: str
    level: str
    age: int

    @property
    def kind(self) -> Kind:
        return (self.urgency, self.severity, self.sex, self.level)


Kind = tuple[str, str, str, str]
"""Urgency, severity, sex, level of care."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One patient's way through beds. `began` and `ended` are hours from the start of the window, `ended` None for who
    still lies there; `home` and `away` are the hours within the window in beds of the own specialty and of others;
    `hour` and `weekday` (Monday 0) are those of the arrival, by the clock of the place."""

    person: Person
    began: float
    ended: float | None
    home: float
    away: float
    hour: int
    weekday: int


@dataclass(frozen=True, slots=True)
class Lying:
    """Somebody who lies in a bed (a row of the network's beds) or is on the way to it, and since how many hours."""

    person: Person
    bed: int
    elapsed: float


@dataclass(frozen=True, eq=False)
class Expected:
    """What a department is expected to see. `mix` shares its patients out among kinds, with the usual age of each;
    `leans` is whether most of its stay comes from the network."""

    department_id: UUID
    arrivals: int
    per_day: float
    lengths: Lengths
    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    mix: dict[Kind, tuple[float, int]]
    leans: bool


def history_days(stays: Iterable[Stay], hours: float) -> float:
    """How long stays have been recorded, in days: since the first departure that is known of."""
    first = min((s.ended for s in stays if s.ended is not None), default=hours)
    return max(hours - max(first, 0.0), 0.0) / 24


def expected(
    stays: Sequence[Stay],
    lying: Sequence[Lying],
    *,
    days: float,
    hours: float,
    weekday: int,
    hour: float,
    penalty: float,
) -> list[Expected]:
    """What each department will see, from stays of the last `days` of a window of `hours` hours.

    `weekday` and `hour` are those of its end. Hours in a bed of another specialty count for less, by the penalty:
    at home the patient would have left earlier.
    """
    since = hours - days * 24
    counted = [_within(stay, since) for stay in stays if stay.ended is None or stay.ended > since]
    by_department: dict[UUID, list[Stay]] = defaultdict(list)
    for stay in counted:
        by_department[stay.person.department_id].append(stay)
    bed_hours = {d: sum(s.home + s.away / (1.0 + penalty) for s in own) for d, own in by_department.items()}
    arrived = {d: [s for s in own if s.began > since] for d, own in by_department.items()}
    everybody = [s for own in arrived.values() for s in own]
    usual = sum(bed_hours.values()) / max(len(everybody), 1)
    exposure = _exposure(days, weekday, hour)
    mean = {
        d: (own_hours + LEAN * usual) / (len(arrived[d]) + LEAN) for d, own_hours in bed_hours.items() if own_hours > 0
    }
    shapes = lengths_of({d: by_department[d] for d in mean}, mean, since=since, until=hours, lean=LEAN)
    common_hours = _hours(everybody, np.full(24, 1 / 24))
    common_weekdays = _weekdays(everybody, np.ones(7), exposure)
    people: dict[UUID, list[Person]] = defaultdict(list)
    for lies in lying:
        people[lies.person.department_id].append(lies.person)
    return [
        Expected(
            department_id=d,
            arrivals=len(arrived[d]),
            per_day=bed_hours[d] / (days * mean[d]),
            lengths=shapes[d],
            hours=tuple(_hours(arrived[d], common_hours).tolist()),
            weekdays=tuple(_weekdays(arrived[d], common_weekdays, exposure).tolist()),
            mix=mixed([s.person for s in by_department[d]] + people[d]),
            leans=len(arrived[d]) < LEAN,
        )
        for d in mean
    ]


def _within(stay: Stay, since: float) -> Stay:
    """The stay with no more hours than the counted part of the window has: whoever came before is there from its start
    on. Her days before a shorter history are not known to be all that there were."""
    if stay.began >= since:
        return stay
    lain = stay.home + stay.away
    before = max(since - max(stay.began, 0.0), 0.0)
    share = max(lain - before, 0.0) / lain if lain else 0.0
    return Stay(stay.person, stay.began, stay.ended, stay.home * share, stay.away * share, stay.hour, stay.weekday)


def _exposure(days: float, weekday: int, hour: float) -> Floats:
    """How many of each weekday a history of `days` has that ends on `weekday` at `hour`, (7,)."""
    end = weekday + hour / 24
    steps = np.arange(round(days * 24)) + 0.5
    return np.bincount((np.floor(end - steps / 24).astype(int)) % 7, minlength=7) / 24


def _hours(stays: Sequence[Stay], common: Floats) -> Floats:
    """Shares of the hours of arrival, (24,), sum 1."""
    counts = np.bincount([s.hour for s in stays], minlength=24) + LEAN_TIMES * common
    return np.asarray(counts / counts.sum())


def _weekdays(stays: Sequence[Stay], common: Floats, exposure: Floats) -> Floats:
    """Weights of the weekdays of arrival, (7,), mean 1."""
    counts = np.bincount([s.weekday for s in stays], minlength=7)
    usual = counts.sum() / max(exposure.sum(), 1.0)
    lean = LEAN_TIMES / 7
    weights = (counts + lean * common) / (exposure * max(usual, 1e-9) + lean)
    return np.asarray(weights / weights.mean())


def mixed(people: Sequence[Person]) -> dict[Kind, tuple[float, int]]:
    """Shares of the commonest kinds of patient with their median age (-1: not known); sum 1."""
    counts = Counter(person.kind for person in people)
    kept: list[Kind] = []
    for kind, _count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        if len(kept) == KINDS or sum(counts[k] for k in kept) >= COVERED * len(people):
            break
        kept.append(kind)
    all_kept = sum(counts[kind] for kind in kept)
    ages: Mapping[Kind, list[int]] = {k: [p.age for p in people if p.kind == k and p.age >= 0] for k in kept}
    return {k: (counts[k] / all_kept, round(median(ages[k])) if ages[k] else -1) for k in kept}


def nearest(person: Person, mix: Mapping[Kind, tuple[float, int]]) -> Kind:
    """The kind of the department that is most like a person: sex first, then severity, level and urgency."""

    def likeness(kind: Kind) -> tuple[bool, bool, bool, bool, float]:
        urgency, severity, sex, level = kind
        alike = (sex == person.sex, severity == person.severity, level == person.level, urgency == person.urgency)
        return (*alike, mix[kind][0])

    return max(mix, key=likeness)
