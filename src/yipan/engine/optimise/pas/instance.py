"""An instance of Patient Admission Scheduling as it stands in its file: nothing computed, nothing left out.

Source: P. Demeester, W. Souffriau, P. De Causmaecker, G. Vanden Berghe, "A hybrid tabu search algorithm for
automatically assigning patients to beds", Artificial Intelligence in Medicine 48 (2010).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Sex = Literal["F", "M"]
Policy = Literal["D", "F", "M", "N"]
"""Who may lie in a room: one sex at a time, women, men, or anybody."""


@dataclass(frozen=True, kw_only=True)
class Department:
    """`levels` by specialism, 1 the best; an age of 0 is no limit."""

    id: int
    name: str
    min_age: int
    max_age: int
    levels: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Room:
    """`levels` by specialism as in its department; `properties` in the order of the file; `beds` are their ids."""

    id: int
    name: str
    capacity: int
    department: int
    policy: Policy
    levels: Mapping[int, int]
    properties: tuple[bool, ...]
    beds: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Patient:
    """In the house on the nights `first` to `last` - 1; `specialisms` holds one for each night of the whole stay."""

    id: int
    name: str
    age: int
    sex: Sex
    first: int
    last: int
    specialisms: tuple[int, ...]
    preferred_capacity: int
    required: tuple[bool, ...]
    preferred: tuple[bool, ...]


@dataclass(frozen=True, kw_only=True)
class Instance:
    """`horizon` nights, numbered from 0. Patients are in the order of the file, those that need no bed included."""

    horizon: int
    departments: tuple[Department, ...]
    rooms: tuple[Room, ...]
    patients: tuple[Patient, ...]

    def nights(self, patient: Patient) -> range:
        """The nights for which `patient` needs a bed: none for a stay of no night, or one after the horizon."""
        return range(patient.first, min(patient.last, self.horizon))

    def without_department_levels(self) -> Instance:
        """The same house, in which every department has every specialism at the first level."""
        first = {specialism: 1 for patient in self.patients for specialism in patient.specialisms}
        return replace(self, departments=tuple(replace(each, levels=first) for each in self.departments))

    @property
    def unlisted_level(self) -> int:
        """The level of a specialism that a department or room does not list: one below the lowest in the file."""
        levels = [place.levels for place in self.departments] + [place.levels for place in self.rooms]
        return 1 + max((level for each in levels for level in each.values()), default=0)
