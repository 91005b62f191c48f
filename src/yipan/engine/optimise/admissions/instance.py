"""What a plan of admissions is about: the network, who waits, who lies away from home, and what things cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from yipan.engine.placement import NEVER, Beds, Need, Policy
from yipan.engine.placement.case import resolve
from yipan.engine.placement.codes import BedState
from yipan.engine.placement.result import new_result

A_DAY = 24 * 60
A_YEAR = 366 * A_DAY
MOST_DAYS = 28


@dataclass(frozen=True)
class Prices:
    """What a plan is measured with, in points; one point is a quarter of a day that an elective patient waits.

    `waiting` is for each day after the wished one, by urgency (emergency, urgent, elective); who has waited already
    counts more, up to double after `patience` days. `tier` is for each day in a bed, by the place of its tier in the
    policy's order. `fit` is what a score of 0 costs against one of 100. `transfer` is for each move of somebody who is
    in a bed. `overload` is for each bed-day above `comfort`, the share of a ward's open beds that is well borne.
    Whoever is not placed counts as coming `after` days after the last day of the plan.
    """

    waiting: tuple[float, float, float] = (40.0, 12.0, 4.0)
    patience: float = 30.0
    tier: tuple[float, ...] = (0.0, 1.0, 1.5, 2.5, 4.0)
    fit: float = 2.0
    transfer: float = 5.0
    overload: float = 1.0
    comfort: float = 0.93
    after: int = 7


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits. `policy` is a row of the instance's policies; `due` the first day (0 is the plan's first)
    on which they may come; `waited` the days that they have waited already. The start of `need` is not used."""

    need: Need
    policy: int = 0
    due: int = 0
    waited: float = 0.0


@dataclass(frozen=True)
class Outlier:
    """Somebody in a bed (`need.current_bed`) outside the own specialty, until `until` minutes from now."""

    need: Need
    until: int
    policy: int = 0


@dataclass(frozen=True, eq=False)
class Instance:
    """`beds` is the network now, with the outliers in it, departures as announced or stated. The plan has `days` days;
    people come at `first` minutes from now, and each day at the same hour.

    Raises ValueError naming the first thing that does not fit.
    """

    beds: Beds
    policies: Sequence[Policy]
    waiting: Sequence[Waiting]
    outliers: Sequence[Outlier] = ()
    first: int = A_DAY
    days: int = 14
    prices: Prices = field(default_factory=Prices)

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MOST_DAYS:
            raise ValueError(f"a plan has 1 to {MOST_DAYS} days, not {self.days}")
        if self.first < 1:
            raise ValueError("a plan begins after now")
        for i in range(len(self)):
            if not 0 <= self.person(i).policy < len(self.policies):
                raise ValueError(f"there is no policy {self.person(i).policy}")
        seen: set[int] = set()
        for outlier in self.outliers:
            bed = outlier.need.current_bed
            if not 0 <= bed < len(self.beds) or bed in seen or self.beds.beds["state"][bed] != BedState.OCCUPIED:
                raise ValueError(f"no outlier of their own lies in bed {bed}")
            if outlier.until >= A_YEAR:
                raise ValueError(f"the outlier in bed {bed} has no end that is known")
            seen.add(bed)

    def __len__(self) -> int:
        """How many people are decided about: those who wait, then the outliers."""
        return len(self.waiting) + len(self.outliers)

    def minute(self, day: int) -> int:
        """When people come on a day of the plan, in minutes from now."""
        return self.first + day * A_DAY

    def person(self, row: int) -> Waiting | Outlier:
        return self.waiting[row] if row < len(self.waiting) else self.outliers[row - len(self.waiting)]

    def days_of(self, row: int) -> range:
        """The days on which a person may come, or be moved: outliers stay at least one day after it."""
        person = self.person(row)
        if isinstance(person, Waiting):
            return range(min(max(person.due, 0), self.days), self.days)
        return range(min(max((person.until - self.first) // A_DAY, 0), self.days))

    def need_on(self, row: int, day: int) -> Need:
        """The need as it is on a day of the plan, in a network that stands at that day's hour."""
        return replace(self.person(row).need, start=0, stay_days=self.stay_on(row, day) / A_DAY)

    def stay_on(self, row: int, day: int) -> int:
        """Minutes that a person stays who comes, or is moved, on a day."""
        person = self.person(row)
        return person.need.stay_minutes if isinstance(person, Waiting) else person.until - self.minute(day)

    def policy_of(self, row: int) -> Policy:
        return self.policies[self.person(row).policy]

    def place_of(self, case: Any, tier: Any) -> Any:
        """The place of a tier in the order of a case's policy, as far as prices tell them apart."""
        return np.minimum(case["tier_rank"].reshape(-1)[tier], len(self.prices.tier) - 1).astype(np.int64)

    @property
    def turnover(self) -> int:
        """Minutes to ready a bed where the ward has no time of its own: the longest of the policies."""
        return max((policy.times.turnover_minutes for policy in self.policies), default=0)

    @cached_property
    def places_now(self) -> list[int]:
        """For everybody the place of the tier in which they lie; 0 for those who wait."""
        from yipan.engine.placement.kernel import assess

        places, result = [0] * len(self.waiting), new_result(len(self.beds))
        for outlier in self.outliers:
            case = resolve(outlier.need, self.policies[outlier.policy], self.beds)
            assess(self.beds.arrays, case, 0, result)
            places.append(int(self.place_of(case, result.tier[outlier.need.current_bed])))
        return places

    def without_outliers(self) -> Beds:
        """The network as if the outliers were nowhere."""
        rows, gone = self.beds.beds.copy(), [o.need.current_bed for o in self.outliers]
        rows["state"][gone], rows["available_at"][gone] = BedState.FREE, NEVER
        guests = self.beds.guests
        there = np.isin(guests["bed"], gone) & (guests["since"] <= 0)
        return replace(self.beds, beds=rows, guests=guests[~there])
