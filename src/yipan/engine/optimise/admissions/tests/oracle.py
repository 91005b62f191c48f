"""What a plan costs and which rules it breaks, slowly and plainly: every answer is one of `rank`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from yipan.engine.optimise.admissions import A_DAY, Instance, Place, Plan, Waiting, in_plan
from yipan.engine.placement import Beds, rank
from yipan.engine.placement.codes import BedState, Refusal
from yipan.engine.placement.later import later


def refusals(instance: Instance, plan: Plan) -> dict[Place, str]:
    """Which places `rank` refuses when everything else of the plan is booked, and why."""
    found = {}
    for place in plan:
        ranking = rank(
            in_plan(instance, plan, place), instance.need_on(place.row, place.day), instance.policy_of(place.row)
        )
        if ranking.refusal(place.bed) is not Refusal.NONE:
            found[place] = ranking.refusal(place.bed).name
        elif ranking.result.ready[place.bed] > 0:
            found[place] = "later that day"
    return found


def cost(instance: Instance, plan: Plan) -> float:
    """The cost in points."""
    placed = {place.row: place for place in plan}
    persons = sum(_cost_of(instance, row, placed.get(row)) for row in range(len(instance)))
    return persons + instance.prices.overload * _overload(instance, plan)


def plans(instance: Instance) -> Iterator[Plan]:
    """Every plan there is, allowed or not, of those whose places `rank` allows alone."""
    options = [[None, *_alone(instance, row)] for row in range(len(instance))]
    for combination in itertools.product(*options):
        yield tuple(place for place in combination if place is not None)


def world(instance: Instance, day: int) -> Beds:
    return later(instance.without_outliers(), instance.minute(day), instance.turnover)


def _alone(instance: Instance, row: int) -> Iterator[Place]:
    for day in instance.days_of(row):
        ranking = rank(world(instance, day), instance.need_on(row, day), instance.policy_of(row))
        for bed in ranking.order.tolist():
            if ranking.result.ready[bed] <= 0 and (
                isinstance(instance.person(row), Waiting) or _tier(instance, row, day, bed) <= _tier_now(instance, row)
            ):
                yield Place(row, day, bed)


def _tier(instance: Instance, row: int, day: int, bed: int) -> int:
    ranking = rank(world(instance, day), instance.need_on(row, day), instance.policy_of(row))
    return _place(instance, ranking, bed)


def _tier_now(instance: Instance, row: int) -> int:
    need = instance.person(row).need
    return _place(instance, rank(instance.beds, need, instance.policy_of(row)), need.current_bed)


def _place(instance: Instance, ranking, bed: int) -> int:  # type: ignore[no-untyped-def]
    order = instance.prices.tier
    return min(int(ranking.case["tier_rank"][0][ranking.tier(bed)]), len(order) - 1)


def _cost_of(instance: Instance, row: int, place: Place | None) -> float:
    person, prices = instance.person(row), instance.prices
    if isinstance(person, Waiting):
        weight = prices.waiting[person.need.urgency] * (1 + min(person.waited / prices.patience, 1))
        if place is None:
            return weight * (instance.days + prices.after - person.due)
        total, days = weight * (place.day - person.due), person.need.stay_minutes / A_DAY
    else:
        away = prices.tier[_tier_now(instance, row)]
        if place is None:
            return away * max(person.until - instance.first, 0) / A_DAY
        total = away * (instance.minute(place.day) - instance.first) / A_DAY + prices.transfer
        days = (person.until - instance.minute(place.day)) / A_DAY
    ranking = rank(world(instance, place.day), instance.need_on(row, place.day), instance.policy_of(row))
    tier = prices.tier[_place(instance, ranking, place.bed)] * days
    return total + tier + prices.fit * (100 - ranking.score(place.bed)) / 100


def _overload(instance: Instance, plan: Plan) -> int:
    """Bed-days above comfort, or above what the outliers who are there take, in all wards."""
    return sum(
        max(_used(instance, plan, ward, day) - _spare(instance, ward, day), 0)
        for ward in range(len(instance.beds.wards))
        for day in range(instance.days)
    )


def _spare(instance: Instance, ward: int, day: int) -> int:
    rows = world(instance, day).beds
    states = rows["state"][rows["ward"] == ward]
    open_beds = sum(state != BedState.CLOSED for state in states)
    taken = sum(state not in (BedState.CLOSED, BedState.FREE) for state in states)
    comfort = max(math.floor(open_beds * instance.prices.comfort) - taken, 0)
    return max(comfort, _used(instance, (), ward, day))


def _used(instance: Instance, plan: Plan, ward: int, day: int) -> int:
    """Beds of a ward that the plan's people take at a day's hour, being made ready included."""
    used, at = 0, instance.minute(day)
    placed = {place.row: place for place in plan}
    for row in range(len(instance)):
        person, place = instance.person(row), placed.get(row)
        if place is not None and instance.beds.beds["ward"][place.bed] == ward:
            end = instance.minute(place.day) + instance.stay_on(row, place.day) + _turnover(instance, ward)
            used += instance.minute(place.day) <= at < end
        own = person.need.current_bed
        if not isinstance(person, Waiting) and instance.beds.beds["ward"][own] == ward:
            here = place is None or day <= place.day
            used += here and at < person.until + _turnover(instance, ward)
    return used


def _turnover(instance: Instance, ward: int) -> int:
    own = int(instance.beds.wards["turnover"][ward])
    return own if own >= 0 else instance.turnover
