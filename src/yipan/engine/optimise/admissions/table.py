"""Where everybody may lie on every day, at which price: asked of `engine.placement`, bed by bed.

Every day of the plan is a network of its own (`placement.later`), without the people who are decided about. Rules that
look at those are left to the search (`rules.py`): with more people in it a network never allows more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.admissions.instance import A_DAY, Instance, Waiting
from yipan.engine.placement import Beds
from yipan.engine.placement.beds import GUEST, Struct
from yipan.engine.placement.case import resolve
from yipan.engine.placement.codes import BedState
from yipan.engine.placement.later import later
from yipan.engine.placement.result import new_result

CENTS = 100
"""Costs are whole hundredths of a point, so that sums are exact."""

MOST_BEDS = 160
"""So many of the cheapest beds are kept for each person and day."""

NO_LIMIT = 2**60

Int = NDArray[np.int64]


CHOICE = np.dtype(
    [
        ("cost", "i8"),  # CENTS
        ("score", "f8"),  # 0..100, in the network without the plan
        ("bed", "i4"),
        ("least", "i4"),  # beds that have to stay ready in the ward
        ("mask", "i4"),  # days on which the bed is taken
        ("place", "i4"),  # of the bed's tier in the policy's order
    ],
    align=True,
)
PERSON = np.dtype(
    [
        ("none", "i8"),  # CENTS of not being placed, or of staying
        ("stay", "i4"),  # minutes from a day's hour on; for outliers from the first day's hour to their leaving
        ("origin", "i4"),  # bed of an outlier, -1
        ("kept", "i4"),  # days on which nobody else can have that bed
    ],
    align=True,
)
PLACE = np.dtype([("ward", "i4"), ("room", "i4"), ("kind", "i4"), ("counted", "i4")], align=True)
"""A bed: ward, room, kind of the room, days on which it counts as ready for its ward."""
WARD_DAY = np.dtype([("ready", "i4"), ("spare", "i4")], align=True)
"""Beds ready for a day without anybody of the plan; beds that may be taken before the ward is above comfort."""


class Table(NamedTuple):
    """N people, D days, B beds, W wards, R rooms, C choices, K kinds of rooms. Masks have a bit for each day.

    Choices of person i on day d are rows `start[i, d]`..`start[i, d + 1]`, cheapest first; `omitted[i, d]` is the least
    cost of a choice that was left out. The beds of room r are `in_room[rooms[r]]`..; `apart[k, p, q]`: in a room of
    kind k, person p may not come to person q. `overload` is the price of a bed-day in CENTS.
    """

    start: Int  # (N, D + 1)
    choices: Struct  # (C,) of CHOICE
    omitted: Int  # (N, D)
    people: Struct  # (N,) of PERSON
    beds: Struct  # (B,) of PLACE
    days: Struct  # (W, D) of WARD_DAY
    rooms: Int  # (R + 1,)
    in_room: Int  # (B,)
    apart: NDArray[np.bool_]  # (K, N, N)
    overload: int


class Parts(NamedTuple):
    """What choices cost, part by part, in points: numbers, or arrays of a number for each choice."""

    waiting: Any = 0.0
    tier: Any = 0.0
    fit: Any = 0.0
    transfers: Any = 0.0
    away: Any = 0.0
    repatriation: Any = 0.0


def worlds(instance: Instance) -> list[Beds]:
    """The network on every day of the plan, without the people who are decided about."""
    base = instance.without_outliers()
    return [later(base, instance.minute(day), instance.turnover) for day in range(instance.days)]


def build(instance: Instance, told: Callable[[float], None] = lambda share: None) -> Table:
    """Ask placement about everybody on every day. `told` hears which share is done."""
    from yipan.engine.optimise.admissions.rules import room_kinds, strangers

    networks = worlds(instance)
    n, days, beds = len(instance), instance.days, instance.beds.beds
    turns = np.where(instance.beds.wards["turnover"] >= 0, instance.beds.wards["turnover"], instance.turnover)
    start, omitted = np.zeros((n, days + 1), np.int64), np.full((n, days), NO_LIMIT)
    found = [np.zeros(0, CHOICE)]
    size = 0
    for i in range(n):
        for day in range(days):
            start[i, day] = size
            if day in instance.days_of(i):
                rows, omitted[i, day] = _choices(instance, networks[day], i, day, turns)
                found.append(rows)
                size += len(rows)
        start[i, days] = size
        told((i + 1) / n)
    kinds, kind = room_kinds(instance.beds.rooms)
    apart = np.zeros((len(kinds), n, n), np.bool_)
    if n:
        strangers(_cases(instance, networks[0]), _guests(instance), kinds, np.array([-1], np.int32), apart)
    order = np.argsort(beds["room"], kind="stable").astype(np.int64)
    rooms = np.searchsorted(beds["room"][order], np.arange(len(kind) + 1)).astype(np.int64)
    ready, counted = _ready(networks)
    days_of_wards = np.zeros(ready.shape, WARD_DAY)
    days_of_wards["ready"], days_of_wards["spare"] = ready, _spare(instance, networks, turns)
    places = np.zeros(len(beds), PLACE)
    for name, values in (("ward", beds["ward"]), ("room", beds["room"]), ("kind", kind[beds["room"]])):
        places[name] = values
    places["counted"] = counted
    people, price = _people(instance, turns), _cents(instance.prices.overload)
    return Table(start, np.concatenate(found), omitted, people, places, days_of_wards, rooms, order, apart, price)


def _people(instance: Instance, turns: Any) -> Struct:
    rows = np.zeros(len(instance), PERSON)
    for i in range(len(instance)):
        rows[i] = (
            _cents(cost_of_none(instance, i)),
            _stay(instance, i),
            instance.person(i).need.current_bed,
            _origin_mask(instance, i, turns),
        )
    return rows


def parts_of(instance: Instance, row: int, day: int, place: Any, score: Any) -> Parts:
    """What it costs that a person comes on a day into a bed of this place in the order of tiers, with this score."""
    prices, person = instance.prices, instance.person(row)
    days = instance.stay_on(row, day) / A_DAY
    tier, fit = np.asarray(prices.tier)[place] * days, prices.fit * (100.0 - score) / 100.0
    if isinstance(person, Waiting):
        return Parts(weight_of(instance, person) * (day - person.due), tier, fit)
    before = prices.tier[instance.places_now[row]] * days
    return Parts(fit=fit, transfers=prices.transfer, away=cost_of_none(instance, row), repatriation=tier - before)


def weight_of(instance: Instance, person: Waiting) -> float:
    """What a day of waiting costs."""
    prices = instance.prices
    return prices.waiting[person.need.urgency] * (1.0 + min(person.waited / prices.patience, 1.0))


def cost_of_none(instance: Instance, row: int) -> float:
    """What it costs not to place somebody, or that an outlier stays where they are."""
    person = instance.person(row)
    if not isinstance(person, Waiting):
        return instance.prices.tier[instance.places_now[row]] * max(person.until - instance.first, 0) / A_DAY
    return weight_of(instance, person) * (instance.days + instance.prices.after - person.due)


def _assess(beds: Beds, case: Any, result: Any) -> None:
    from yipan.engine.placement.kernel import assess

    assess(beds.arrays, case, 0, result)


def _choices(instance: Instance, world: Beds, i: int, day: int, turns: Any) -> tuple[Struct, int]:
    """The cheapest beds of a person on a day as rows of CHOICE, and the least cost of those left out."""
    from yipan.engine.optimise.admissions.rules import MOST_LEFT, least_left

    need, policy = instance.need_on(i, day), instance.policy_of(i)
    case, result = resolve(need, policy, world), new_result(len(world))
    _assess(world, case, result)
    rows = np.flatnonzero((result.refusal == 0) & (result.ready <= 0))
    place = instance.place_of(case, result.tier[rows])
    if not isinstance(instance.person(i), Waiting):  # nobody is moved to a worse tier
        better = place <= instance.places_now[i]
        rows, place = rows[better], place[better]
    cost = np.rint(sum(parts_of(instance, i, day, place, result.score[rows])) * CENTS).astype(np.int64)
    order = np.lexsort((rows, cost))
    left_out = int(cost[order[MOST_BEDS]]) if len(order) > MOST_BEDS else NO_LIMIT
    order = order[:MOST_BEDS]
    rows, least = rows[order].astype(np.int64), np.zeros(len(order), np.int64)
    least_left(world.arrays, case, 0, result.tier, rows, least)
    out = np.zeros(len(rows), CHOICE)
    out["bed"], out["cost"], out["least"] = rows, cost[order], least
    out["place"], out["score"] = place[order], result.score[rows]
    out["mask"] = _mask(day, -(-(need.stay_minutes + turns[world.beds["ward"][rows]]) // A_DAY), instance.days)
    return out[least < MOST_LEFT], left_out


def _mask(day: int, length: Any, days: int) -> Int:
    """Bits of the days `day`..`day + length - 1` that lie within the plan."""
    last = np.minimum(day + np.maximum(np.asarray(length, np.int64), 0), days)
    return (1 << last) - (1 << np.int64(day))


def _origin_mask(instance: Instance, i: int, turns: Any) -> int:
    person = instance.person(i)
    if isinstance(person, Waiting):
        return 0
    ready = person.until + int(turns[instance.beds.beds["ward"][person.need.current_bed]])
    return int(_mask(0, -(-(ready - instance.first) // A_DAY), instance.days))


def _stay(instance: Instance, i: int) -> int:
    person = instance.person(i)
    return person.need.stay_minutes if isinstance(person, Waiting) else person.until - instance.first


def _cases(instance: Instance, beds: Beds) -> Any:
    rows = range(len(instance))
    return np.concatenate([resolve(instance.person(i).need, instance.policy_of(i), beds) for i in rows])


def _guests(instance: Instance) -> Any:
    """Everybody as whom others meet in a room; the bed is one that nobody asks for."""
    rows = np.zeros(len(instance), GUEST)
    for i in range(len(instance)):
        need = instance.person(i).need
        rows[i] = (len(instance.beds), 0, np.iinfo(np.int32).max, need.pathogen, need.sex, need.isolation)
    return rows


def _ready(networks: list[Beds]) -> tuple[Int, Int]:
    """How many beds of each ward count as ready on each day, and on which days each bed does."""
    wards = len(networks[0].wards)
    ready, counted = np.zeros((wards, len(networks)), np.int64), np.zeros(len(networks[0]), np.int64)
    for day, beds in enumerate(networks):
        counts = (beds.beds["state"] == BedState.FREE) & (beds.beds["available_until"] >= A_DAY)
        ready[:, day] = np.bincount(beds.beds["ward"][counts], minlength=wards)
        counted |= counts.astype(np.int64) << day
    return ready, counted


def _spare(instance: Instance, networks: list[Beds], turns: Any) -> Int:
    """How many beds of a ward may be taken by the plan's people before it is above comfort; outliers who stay fit."""
    wards = len(instance.beds.wards)
    out = np.zeros((wards, len(networks)), np.int64)
    for day, beds in enumerate(networks):
        ward, state = beds.beds["ward"], beds.beds["state"]
        open_beds = np.bincount(ward[state != BedState.CLOSED], minlength=wards)
        used = np.bincount(ward[(state != BedState.CLOSED) & (state != BedState.FREE)], minlength=wards)
        out[:, day] = np.maximum(np.floor(open_beds * instance.prices.comfort).astype(np.int64) - used, 0)
    stay = np.zeros_like(out)
    for i in range(len(instance.waiting), len(instance)):
        days = _origin_mask(instance, i, turns) >> np.arange(len(networks)) & 1
        stay[instance.beds.beds["ward"][instance.person(i).need.current_bed]] += days
    return np.maximum(out, stay)


def _cents(points: float) -> int:
    return round(points * CENTS)
