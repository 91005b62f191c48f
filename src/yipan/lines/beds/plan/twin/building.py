"""From what was read to a scenario of the twin. Pure: no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from yipan.engine.placement import Need, Policy
from yipan.engine.placement.codes import Level, NursingLevel, Severity, Sex, Urgency
from yipan.engine.simulate import OCCUPANT, Closure, Demand, Empirical, Option, Scenario, Surge
from yipan.kernel.errors import InvalidInput
from yipan.lines.beds.plan.twin.demand import LEAST_DAYS, Expected, Kind, Lying, Person, expected, history_days, nearest
from yipan.lines.beds.plan.twin.part import Part, part_of
from yipan.lines.beds.plan.twin.reading import Seen

NURSING = {
    Severity.GENERAL: NursingLevel.SECOND,
    Severity.SERIOUS: NursingLevel.FIRST,
    Severity.CRITICAL: NursingLevel.SPECIAL,
}
"""The usual nursing level of each severity."""

SEXES = {"male": Sex.MALE, "female": Sex.FEMALE}


@dataclass(frozen=True, slots=True)
class Shut:
    """A ward takes nobody from one day of the run to another; the first day is 0."""

    ward_id: UUID
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class More:
    """`factor` times as many patients from one day to another, of one department or of all."""

    department_id: UUID | None
    begin: float
    end: float
    factor: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """What somebody wants to know: which policies, by name; for how many days; with which penalty of a stay outside the
    own specialty (0.23 for 23 %); what closes and what surges."""

    name: str
    policies: Mapping[str, Policy]
    days: int
    penalty: float
    closures: Sequence[Shut] = ()
    surges: Sequence[More] = ()


@dataclass(frozen=True, eq=False)
class Built:
    """A scenario with what it was made from. `wards` and `departments` are those of the scenario, in its order."""

    scenario: Scenario
    wards: list[UUID]
    departments: list[UUID]
    expected: list[Expected]
    history: float


def build(seen: Seen, asked: Question) -> Built:
    """The scenario that answers a question, started from the beds as they are.

    Raises InvalidInput: scenario_history_short(days, needed), or twin_wrong for a value that cannot be.
    """
    history = history_days(seen.stays, seen.hours)
    if history < LEAST_DAYS:
        raise InvalidInput("scenario_history_short", days=int(history), needed=LEAST_DAYS)
    hour = seen.at.hour + seen.at.minute / 60
    told = expected(
        [s for s in seen.stays if s.person.department_id in seen.network.department],
        seen.lying,
        days=history,
        hours=seen.hours,
        weekday=seen.at.weekday(),
        hour=hour,
        penalty=asked.penalty,
    )
    rows = seen.network.department
    part = part_of(seen.beds, seen.mine, [rows[e.department_id] for e in told])
    demand, kinds = _demand(told, part, rows, hour)
    demand = _with_waiting(demand, seen.waiting, told, kinds)
    wards = [seen.network.ward_ids[w] for w in part.wards]
    departments = [seen.network.department_ids[d] for d in part.departments]
    scenario = Scenario(
        name=asked.name,
        beds=part.beds,
        wards=tuple(map(str, wards)),
        departments=tuple(map(str, departments)),
        demand=demand,
        options=tuple(Option(name=name, policy=policy) for name, policy in asked.policies.items()),
        penalty=asked.penalty,
        days=float(asked.days),
        cleaning=next(iter(asked.policies.values())).times.turnover_minutes / 60,
        weekday=seen.at.weekday(),
        live=True,
        occupants=_occupants(seen, part, told, kinds),
        closures=tuple(
            Closure(ward=wards.index(c.ward_id), start=c.begin * 24, end=c.end * 24)
            for c in asked.closures
            if c.ward_id in wards
        ),
        surges=tuple(
            Surge(
                start=s.begin * 24,
                end=s.end * 24,
                factor=s.factor,
                department=-1 if s.department_id is None else departments.index(s.department_id),
            )
            for s in asked.surges
            if s.department_id is None or s.department_id in departments
        ),
    )
    return Built(scenario, wards, departments, told, history)


def _demand(
    told: Sequence[Expected], part: Part, rows: Mapping[UUID, int], hour: float
) -> tuple[tuple[Demand, ...], dict[tuple[UUID, Kind], int]]:
    """A kind of patient for each department and kind of person, and where each stands. Hour 0 is the present one."""
    demand: list[Demand] = []
    where: dict[tuple[UUID, Kind], int] = {}
    for one in told:
        hours, weekdays = _from_now(one, hour)
        stay = Empirical(one.lengths)
        for kind, (share, age) in one.mix.items():
            where[one.department_id, kind] = len(demand)
            demand.append(
                Demand(
                    name="|".join((str(one.department_id), *kind)),
                    need=_need(int(part.department_of[rows[one.department_id]]), kind, age),
                    per_day=one.per_day * share,
                    stay=stay,
                    hours=hours,
                    weekdays=weekdays,
                )
            )
    return tuple(demand), where


def _with_waiting(
    demand: tuple[Demand, ...],
    people: Sequence[Person],
    told: Sequence[Expected],
    kinds: Mapping[tuple[UUID, Kind], int],
) -> tuple[Demand, ...]:
    """The same kinds with how many of each wait now. Who waits for a department without beds here is left out."""
    mixes = {one.department_id: one.mix for one in told}
    mine = [person for person in people if person.department_id in mixes]
    counts = Counter(kinds[p.department_id, nearest(p, mixes[p.department_id])] for p in mine)
    return tuple(replace(one, waiting=counts[k]) for k, one in enumerate(demand))


def _need(department: int, kind: Kind, age: int) -> Need:
    urgency, severity, sex, level = kind
    ill = Severity[severity.upper()]
    return Need(
        department=department,
        severity=ill,
        nursing_level=NURSING[ill],
        urgency=Urgency[urgency.upper()],
        sex=SEXES.get(sex, Sex.UNKNOWN),
        age=age,
        level=Level[level.upper()],
    )


def _from_now(one: Expected, hour: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Hours and weekdays of arrival counted from the present hour on: the run's first day is the rest of today and the
    beginning of tomorrow."""
    begun = int(hour)
    share = begun / 24
    hours = np.roll(one.hours, -begun)
    days = np.asarray(one.weekdays)
    return tuple(hours.tolist()), tuple(((1 - share) * days + share * np.roll(days, -1)).tolist())


def _occupants(
    seen: Seen, part: Part, told: Sequence[Expected], kinds: Mapping[tuple[UUID, Kind], int]
) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Who lies in the beds. A guest from outside the part counts as a patient of the department whose bed it is."""
    mixes = {one.department_id: one.mix for one in told}
    owners = seen.beds.beds["department"]
    rows = []
    for lies in seen.lying:
        bed = int(part.bed_of[lies.bed])
        department = lies.person.department_id
        if department not in mixes:
            department = seen.network.department_ids[int(owners[lies.bed])]
        if bed >= 0 and department in mixes:
            rows.append((bed, kinds[department, nearest(lies.person, mixes[department])], lies.elapsed))
    return np.array(rows, OCCUPANT)


__all__ = ["Built", "Lying", "More", "Question", "Shut", "build"]
