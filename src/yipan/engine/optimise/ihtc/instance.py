"""What is given: the problem of the Integrated Healthcare Timetabling Competition 2024, checked and numbered.

Days count from 0, shifts through the whole time: shift = day * shifts per day + position. People, rooms, theatres,
surgeons and nurses are known by their place in the tuples of `Instance`. Words and rules are those of the competition's
problem specification (ihtc2024.github.io).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who lies in a bed. `stay` in days; `work` and `skill` per shift of the stay; `age` is an age group."""

    id: str
    gender: str
    age: int
    stay: int
    work: tuple[int, ...]
    skill: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant(Person):
    """Lies in `room` from day 0 on; nothing can be decided about this person."""

    room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient(Person):
    """To be admitted on a day from `release` to `due`, operated the same day by `surgeon` for `minutes`."""

    mandatory: bool
    release: int
    due: int
    minutes: int
    surgeon: int
    unfit_rooms: frozenset[int]


@dataclass(frozen=True, slots=True)
class Hours:
    """A surgeon or a theatre: minutes available on each day."""

    id: str
    minutes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """A room with `capacity` beds."""

    id: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Nurse:
    """A nurse with a roster: for each shift at work the load that is not too much."""

    id: str
    skill: int
    roster: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The price of one unit of each component; names and order as in the competition's files."""

    room_mixed_age: int
    room_nurse_skill: int
    continuity_of_care: int
    nurse_eccessive_workload: int
    open_operating_theater: int
    surgeon_transfer: int
    patient_delay: int
    unscheduled_optional: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One problem. `shift_types` are the names of a day's shifts, `ages` those of the age groups in their order."""

    days: int
    skill_levels: int
    shift_types: tuple[str, ...]
    ages: tuple[str, ...]
    weights: Weights
    occupants: tuple[Occupant, ...]
    patients: tuple[Patient, ...]
    surgeons: tuple[Hours, ...]
    theatres: tuple[Hours, ...]
    rooms: tuple[Room, ...]
    nurses: tuple[Nurse, ...]

    @property
    def shifts(self) -> int:
        """The number of shifts in the whole time."""
        return self.days * len(self.shift_types)

    def days_of(self, person: Person, first: int) -> range:
        """The days within the horizon on which somebody admitted on day `first` lies in bed."""
        return range(first, min(first + person.stay, self.days))

    def shifts_of(self, person: Person, first: int) -> range:
        """The shifts within the horizon of somebody admitted on day `first`."""
        nights = self.days_of(person, first)
        return range(nights.start * len(self.shift_types), nights.stop * len(self.shift_types))
