"""Rooms and beds of one ward of the demo, by the kind of ward. The same ward code always gives the same rooms."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from yipan.base.network.rows import BedRow, RoomRow, WardRow

SIZES = (3, 2, 3, 3, 2, 3, 1, 3, 3, 2, 4, 3)
"""Beds of one room after another, as on a corridor of a Chinese hospital."""


@dataclass(slots=True)
class Furnished:
    """What `furnish` makes."""

    rooms: list[RoomRow] = field(default_factory=list)
    beds: list[BedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Room:
    """A room to make: how many beds and what they have."""

    size: int
    sex_policy: str = "same"
    isolation: str = "none"
    level: str = "general"
    monitor: bool = False
    ventilator: bool = False
    ages: tuple[int | None, int | None] = (None, None)


def furnish(ward: WardRow, kind: str, beds: int) -> Furnished:
    """Rooms with labels like 1203 (floor 12, room 3) and beds 01, 02 … counted through the ward."""
    made = Furnished()
    chance = random.Random(ward.code)
    for number, room in enumerate(_rooms(kind, beds, chance), start=1):
        label = f"{max(ward.floor, 1)}{number:02d}"
        made.rooms.append(RoomRow(ward.code, label, room.sex_policy, room.isolation, *room.ages))
        for _ in range(room.size):
            bed = f"{len(made.beds) + 1:02d}"
            made.beds.append(
                BedRow(
                    code=f"{ward.code}-{bed}",
                    ward=ward.code,
                    room=label,
                    label=bed,
                    department=ward.department,
                    oxygen=kind != "township" or len(made.beds) < 8,
                    monitor=room.monitor,
                    ventilator=room.ventilator,
                    level_of_care=room.level,
                )
            )
    return made


def _rooms(kind: str, beds: int, chance: random.Random) -> list[Room]:
    """Special rooms of the kind first, then ordinary ones until all beds stand."""
    match kind:
        case "intensive":
            single = Room(1, "any", "airborne", "intensive", True, True)
            hall = Room(1, "any", "none", "intensive", True, True)
            return [single, single, *[_sized(hall, size) for size in _fill(beds - 2, (4,))]]
        case "newborns":
            cot = Room(1, "any", monitor=True, level="step_down", ages=(0, 0))
            single = Room(1, "any", "contact", monitor=True, level="step_down", ages=(0, 0))
            return [single, single, *[_sized(cot, size) for size in _fill(beds - 2, (6,))]]
        case "children":
            watched = Room(2, "any", level="step_down", monitor=True, ages=(0, 17))
            single = Room(1, "any", "droplet", ages=(0, 17))
            ordinary = Room(1, "any", ages=(0, 17))
            return [watched, single, single, *[_sized(ordinary, size) for size in _fill(beds - 4, SIZES)]]
        case "isolation":
            negative = Room(1, "same", "airborne", monitor=True)
            droplet, contact = Room(2, "same", "droplet"), Room(2, "same", "contact")
            ordinary = Room(1, "same", "contact")
            special = [negative] * 6 + [droplet] * 5 + [contact] * 2
            return [*special, *[_sized(ordinary, size) for size in _fill(beds - 20, (2, 2, 3))]]
        case "protective":
            clean = Room(1, "same", "protective", monitor=True)
            return [clean] * 6 + _ordinary(beds - 6, chance)
        case "women":
            ordinary = Room(1, "female")
            watched = Room(2, "female", level="step_down", monitor=True)
            return [watched, Room(1, "female", "contact"), *[_sized(ordinary, s) for s in _fill(beds - 3, SIZES)]]
        case "emergency":
            watched = Room(2, "any", level="step_down", monitor=True, ventilator=True)
            return [watched, watched, Room(1, "same", "droplet"), *_ordinary(beds - 5, chance)]
        case "township":
            return _ordinary(beds, chance)
        case _:
            watched = Room(2, "any", level="step_down", monitor=True, ventilator=chance.random() < 0.3)
            return [watched, Room(1, "same", "contact"), *_ordinary(beds - 3, chance)]


def _ordinary(beds: int, chance: random.Random) -> list[Room]:
    """Rooms for one sex at a time; about one in seven always for men, one in seven always for women."""
    made = []
    for size in _fill(beds, SIZES[chance.randrange(4) :] + SIZES):
        draw = chance.random()
        policy = "male" if draw < 0.14 and size > 1 else "female" if draw < 0.28 and size > 1 else "same"
        made.append(Room(size, policy, monitor=chance.random() < 0.12))
    return made


def _fill(beds: int, sizes: tuple[int, ...]) -> list[int]:
    """Sizes taken in turn until they add up to `beds`; the last room is cut to fit."""
    made: list[int] = []
    while beds > 0:
        size = min(sizes[len(made) % len(sizes)], beds)
        made.append(size)
        beds -= size
    return made


def _sized(room: Room, size: int) -> Room:
    return Room(size, room.sex_policy, room.isolation, room.level, room.monitor, room.ventilator, room.ages)
