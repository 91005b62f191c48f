"""A ward-week: shifts, rooms with their patients, nurses, rules and prices.

A slot is one shift of one day: `day * len(shifts) + shift`, both counted from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS = ("special", "1", "2", "3")
"""Nursing levels (护理级别, WS/T 431): special care, then I to III."""


@dataclass(frozen=True)
class Shift:
    """A shift of every day. `start` and `end` are minutes after midnight; an end before the start is the next day's."""

    name: str
    start: int
    end: int

    @property
    def over(self) -> int:
        """When it ends, in minutes after the midnight before it began."""
        return self.end if self.end > self.start else self.end + 24 * 60


@dataclass(frozen=True)
class Guest:
    """A patient who is in the room from the first to the last day, both counted and included."""

    name: str
    level: str
    first: int
    last: int


@dataclass(frozen=True)
class Room:
    name: str
    guests: tuple[Guest, ...]


@dataclass(frozen=True)
class Nurse:
    """`contract` shifts in the week are owed, `most` are allowed; `load` minutes of care in a shift are well borne.

    `off` are slots on which the nurse cannot work; `present` those of the roster that is already known to her.
    """

    name: str
    skill: int
    contract: int
    most: int
    load: int
    off: frozenset[int] = frozenset()
    present: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Rules:
    """Hard: at least `rest` minutes between two shifts, at most `row` days in a row, one shift a day."""

    rest: int = 11 * 60
    row: int = 5


@dataclass(frozen=True)
class Prices:
    """Points for: an hour of care above what a nurse bears; each step of skill that a room's nurse lacks, each shift; a
    room without anybody in a shift; each nurse beyond the first that a patient meets; a shift more or less than the
    contract; each change of the present roster; each nurse missing of a shift's least."""

    overload: int = 6
    skill: int = 10
    uncovered: int = 200
    continuity: int = 2
    fairness: int = 4
    change: int = 1
    staff: int = 50


@dataclass(frozen=True, eq=False)
class Week:
    """`minutes[level]` are minutes of care in each shift, `skill[level]` the skill it takes, `least` nurses a shift."""

    days: int
    shifts: tuple[Shift, ...]
    rooms: tuple[Room, ...]
    nurses: tuple[Nurse, ...]
    minutes: dict[str, tuple[int, ...]]
    skill: dict[str, int]
    least: tuple[int, ...]
    rules: Rules = field(default_factory=Rules)
    prices: Prices = field(default_factory=Prices)

    @property
    def slots(self) -> int:
        return self.days * len(self.shifts)

    def slot(self, day: int, shift: int) -> int:
        return day * len(self.shifts) + shift

    def begins(self, slot: int) -> int:
        """In minutes from the first midnight."""
        return slot // len(self.shifts) * 24 * 60 + self.shifts[slot % len(self.shifts)].start

    def ends(self, slot: int) -> int:
        return slot // len(self.shifts) * 24 * 60 + self.shifts[slot % len(self.shifts)].over

    def apart(self, one: int, other: int) -> bool:
        """Whether one nurse may not work both slots: the same day, or too little rest between them."""
        if one == other:
            return False
        first, second = sorted((one, other), key=self.begins)
        same_day = one // len(self.shifts) == other // len(self.shifts)
        return same_day or self.begins(second) - self.ends(first) < self.rules.rest

    @cached_property
    def guests(self) -> tuple[tuple[int, Guest], ...]:
        """Every patient with the row of the room."""
        return tuple((row, guest) for row, room in enumerate(self.rooms) for guest in room.guests)

    def there(self, guest: Guest) -> Sequence[int]:
        """The slots in which a patient is in the room."""
        return range(self.slot(guest.first, 0), min(self.slot(guest.last + 1, 0), self.slots))

    @cached_property
    def work(self) -> NDArray[np.int64]:
        """Minutes of care, (rooms, slots)."""
        out = np.zeros((len(self.rooms), self.slots), np.int64)
        for row, guest in self.guests:
            for slot in self.there(guest):
                out[row, slot] += self.minutes[guest.level][slot % len(self.shifts)]
        return out

    @cached_property
    def wanted(self) -> NDArray[np.int64]:
        """The skill that the room's most ill patient takes, (rooms, slots); 0 in an empty room."""
        out = np.zeros((len(self.rooms), self.slots), np.int64)
        for row, guest in self.guests:
            for slot in self.there(guest):
                out[row, slot] = max(out[row, slot], self.skill[guest.level])
        return out

    def table(self, slots: Any) -> NDArray[np.bool_]:
        """For each nurse the slots of a field such as "off", (nurses, slots)."""
        out = np.zeros((len(self.nurses), self.slots), np.bool_)
        for n, nurse in enumerate(self.nurses):
            out[n, sorted(getattr(nurse, slots))] = True
        return out
