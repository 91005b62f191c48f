"""What a plan costs, counted rule by rule as the benchmark states them. The search computes the same in another way.

On every night a patient lies in the house, in tenths so that sums are exact:

| component | a night costs |
|---|---|
| gender | 5 in a room for the other sex; in one for one sex at a time, 5 for each of the sex with fewer there |
| required | 5 for each required property that the room lacks |
| age | 10 in a department for older or for younger patients |
| preferred | 2 for each preferred property that the room lacks |
| capacity | 0.8 in a room with more beds than the patient prefers |
| department, room | 1 for each level of the specialism below the first (`Instance.unlisted_level` without one) |
| transfer | 11 for lying in another room than the night before |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from yipan.engine.optimise.pas.instance import Department, Instance, Patient, Room

Plan = Mapping[int, tuple[int, ...]]
"""By id of the patient, the id of the room on each of her nights (`Instance.nights`)."""

COMPONENTS = ("gender", "required", "age", "preferred", "capacity", "department", "room", "transfer")
GENDER, REQUIRED, AGE, PREFERRED, CAPACITY, LEVEL, TRANSFER = 50, 50, 100, 20, 8, 10, 110
"""Tenths."""


def evaluate(instance: Instance, plan: Plan) -> dict[str, int]:
    """Tenths by component, all of `COMPONENTS`. Raises KeyError when the plan names no room for a patient."""
    departments = {department.id: department for department in instance.departments}
    rooms = {room.id: room for room in instance.rooms}
    cost = dict.fromkeys(COMPONENTS, 0)
    for patient in instance.patients:
        nights = instance.nights(patient)
        stay = plan[patient.id] if nights else ()
        for place, specialism in zip(stay, patient.specialisms, strict=False):
            room = rooms[place]
            department = departments[room.department]
            cost["required"] += REQUIRED * _lacking(patient.required, room.properties)
            cost["preferred"] += PREFERRED * _lacking(patient.preferred, room.properties)
            cost["age"] += AGE * _has_other_age(department, patient)
            cost["capacity"] += CAPACITY * (room.capacity > patient.preferred_capacity)
            cost["department"] += LEVEL * (department.levels.get(specialism, instance.unlisted_level) - 1)
            cost["room"] += LEVEL * (room.levels.get(specialism, instance.unlisted_level) - 1)
        cost["transfer"] += TRANSFER * sum(here != there for here, there in pairwise(stay))
    for (place, _), sexes in _occupants(instance, plan).items():
        cost["gender"] += GENDER * _out_of_place(rooms[place], sexes)
    return cost


def violations(instance: Instance, plan: Plan) -> dict[str, int]:
    """Broken hard rules: `beds`, patients above the capacity of a room, by room and night; `nights` without a room."""
    rooms = {room.id: room for room in instance.rooms}
    occupants = _occupants(instance, plan)
    missing = sum(abs(len(instance.nights(each)) - len(plan.get(each.id, ()))) for each in instance.patients)
    over = sum(max(sexes.total() - rooms[place].capacity, 0) for (place, _), sexes in occupants.items())
    return {"beds": over, "nights": missing}


def _occupants(instance: Instance, plan: Plan) -> dict[tuple[int, int], Counter[str]]:
    """How many of each sex lie in a room on a night."""
    occupants: dict[tuple[int, int], Counter[str]] = {}
    for patient in instance.patients:
        for night, place in zip(instance.nights(patient), plan.get(patient.id, ()), strict=False):
            occupants.setdefault((place, night), Counter())[patient.sex] += 1
    return occupants


def _lacking(wanted: tuple[bool, ...], there: tuple[bool, ...]) -> int:
    return sum(wish and not has for wish, has in zip(wanted, there, strict=True))


def _has_other_age(department: Department, patient: Patient) -> bool:
    too_young = patient.age < department.min_age
    too_old = bool(department.max_age) and patient.age > department.max_age
    return too_young or too_old


def _out_of_place(room: Room, sexes: Counter[str]) -> int:
    match room.policy:
        case "N":
            return 0
        case "D":
            return min(sexes["F"], sexes["M"])
        case "F":
            return sexes["M"]
        case _:
            return sexes["F"]
