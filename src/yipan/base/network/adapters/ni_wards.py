"""Wards and rooms for departments of which only the number of beds is known. Every number here is an assumption."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from yipan.base.network.rows import BedRow, DepartmentRow, RoomRow, WardRow

WARD_BEDS = 30
OWN_WARD_FROM = 8
BAY_BEDS = 4
SINGLE_EVERY = 5
CHILD_UNDER = 18


@dataclass(frozen=True, slots=True)
class Unit:
    """A department and its beds. `patients`: adults, women, children, newborns or intensive."""

    department: DepartmentRow
    programme: str
    patients: str
    beds: int


def furnish(units: Sequence[Unit]) -> tuple[tuple[WardRow, ...], tuple[RoomRow, ...], tuple[BedRow, ...]]:
    """Wards of at most 30 beds: own ones for departments of 8 beds and more, shared ones for the rest of a hospital."""
    wards: list[WardRow] = []
    rooms: list[RoomRow] = []
    beds: list[BedRow] = []
    for code, name, parts in _wards(units):
        first = max(parts, key=lambda part: part.beds).department
        wards.append(WardRow(code, first.site, first.code, name, "", "", 1, 0, None, None))
        for part in parts:
            _rooms(code, part, rooms, beds)
    return tuple(wards), tuple(rooms), tuple(beds)


def _wards(units: Sequence[Unit]) -> list[tuple[str, str, list[Unit]]]:
    """(code, name, what stands in it) of each ward."""
    made = []
    small: dict[tuple[str, str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        if 0 < unit.beds < OWN_WARD_FROM:
            small[unit.department.site, unit.programme, unit.patients].append(unit)
            continue
        count = math.ceil(unit.beds / WARD_BEDS)
        for number in range(count):
            size = unit.beds // count + (number < unit.beds % count)
            name = f"{unit.department.name} {number + 1}" if count > 1 else unit.department.name
            part = Unit(unit.department, unit.programme, unit.patients, size)
            made.append((f"{unit.department.code}-{number + 1}", name, [part]))
    for (site, programme, _), parts in small.items():
        for number, shared in enumerate(_packed(parts), start=1):
            largest = max(shared, key=lambda part: part.beds).department
            name = f"{programme} shared {number}" if len(shared) > 1 else largest.name
            made.append((f"{site}-M{largest.specialty}", name, shared))
    return made


def _packed(parts: list[Unit]) -> list[list[Unit]]:
    """Departments put together, largest first, as long as a ward holds them."""
    wards: list[list[Unit]] = []
    for part in sorted(parts, key=lambda p: (-p.beds, p.department.code)):
        for ward in wards:
            if sum(p.beds for p in ward) + part.beds <= WARD_BEDS:
                ward.append(part)
                break
        else:
            wards.append([part])
    return wards


def _rooms(ward: str, part: Unit, rooms: list[RoomRow], beds: list[BedRow]) -> None:
    """One single room in five, the rest bays of four, for one sex at a time; both labelled through the ward."""
    left, number = part.beds, sum(room.ward == ward for room in rooms[-WARD_BEDS:])
    counted = sum(bed.ward == ward for bed in beds[-WARD_BEDS:])
    sex = {"adults": "same", "women": "female"}.get(part.patients, "any")
    ages = {"children": (0, CHILD_UNDER - 1), "newborns": (0, 0)}.get(part.patients, (None, None))
    intensive = part.patients == "intensive"
    made = 0
    while left:
        number, made = number + 1, made + 1
        size = 1 if made % SINGLE_EVERY == 0 else min(BAY_BEDS, left)
        label = f"R{number:02d}"
        rooms.append(RoomRow(ward, label, sex, "contact" if made % SINGLE_EVERY == 0 else "none", *ages))
        for _ in range(size):
            counted += 1
            beds.append(
                BedRow(
                    code=f"{ward}-{counted:02d}",
                    ward=ward,
                    room=label,
                    label=f"{counted:02d}",
                    department=part.department.code,
                    oxygen=True,
                    monitor=intensive,
                    ventilator=intensive,
                    level_of_care="intensive" if intensive else "general",
                )
            )
        left -= size
