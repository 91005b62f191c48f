"""The instance as arrays: what each night of each patient costs in each room, whoever else lies there."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.evaluating import AGE, CAPACITY, GENDER, LEVEL, PREFERRED, REQUIRED, TRANSFER, Plan
from yipan.engine.optimise.pas.instance import Department, Instance, Patient, Room

Ints = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Model:
    """Patients that need a bed, by position; their nights one after another in one row ("stays" below).

    `first` (patients): the first night. `offset` (patients + 1): where a patient's nights begin in the stays.
    `sex` (patients): 0 or 1. `price` (stays × rooms): tenths. `capacity` (rooms). `same` (rooms): whether it is for one
    sex at a time. `ids` and `room_ids` lead back to the instance.
    """

    horizon: int
    ids: tuple[int, ...]
    room_ids: tuple[int, ...]
    first: Ints
    offset: Ints
    sex: Ints
    price: Ints
    capacity: Ints
    same: NDArray[np.bool_]

    @classmethod
    def of(cls, instance: Instance) -> Model:
        """The model of an instance; the same instance gives the same model."""
        staying = [patient for patient in instance.patients if instance.nights(patient)]
        lengths = [len(instance.nights(patient)) for patient in staying]
        prices = [_prices(instance, patient) for patient in staying]
        return cls(
            horizon=instance.horizon,
            ids=tuple(patient.id for patient in staying),
            room_ids=tuple(room.id for room in instance.rooms),
            first=np.array([patient.first for patient in staying], np.int32),
            offset=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
            sex=np.array([patient.sex == "M" for patient in staying], np.int32),
            price=np.concatenate(prices) if prices else np.zeros((0, len(instance.rooms)), np.int32),
            capacity=np.array([room.capacity for room in instance.rooms], np.int32),
            same=np.array([room.policy == "D" for room in instance.rooms]),
        )

    @property
    def patients(self) -> int:
        """How many patients need a bed."""
        return len(self.first)

    @property
    def nights(self) -> Ints:
        """The night of each of the stays."""
        lengths = np.diff(self.offset)
        return np.arange(self.offset[-1], dtype=np.int32) + np.repeat(self.first - self.offset[:-1], lengths)

    @property
    def grid(self) -> int:
        """Tenths of which every cost is a multiple."""
        return gcd(int(np.gcd.reduce(self.price, axis=None)), GENDER, TRANSFER)

    def plan(self, rooms: Ints) -> Plan:
        """From a room for each of the stays to a plan in the words of the instance."""
        named = [self.room_ids[room] for room in rooms]
        return {one: tuple(named[self.offset[i] : self.offset[i + 1]]) for i, one in enumerate(self.ids)}


def _prices(instance: Instance, patient: Patient) -> Ints:
    """Nights × rooms, tenths: everything but the other patients and the transfers."""
    departments = {department.id: department for department in instance.departments}
    homes = [departments[room.department] for room in instance.rooms]
    treated = patient.specialisms[: len(instance.nights(patient))]
    standing = np.array(
        [_standing(patient, room, home) for room, home in zip(instance.rooms, homes, strict=True)], np.int32
    )
    low = instance.unlisted_level
    levels = {
        specialism: [
            LEVEL * (room.levels.get(specialism, low) + home.levels.get(specialism, low) - 2)
            for room, home in zip(instance.rooms, homes, strict=True)
        ]
        for specialism in set(treated)
    }
    return standing + np.array([levels[specialism] for specialism in treated], np.int32)


def _standing(patient: Patient, room: Room, home: Department) -> int:
    """What does not depend on the specialism of the night."""
    cost = CAPACITY if room.capacity > patient.preferred_capacity else 0
    cost += REQUIRED * sum(np.greater(patient.required, room.properties))
    cost += PREFERRED * sum(np.greater(patient.preferred, room.properties))
    if patient.age < home.min_age or 0 < home.max_age < patient.age:
        cost += AGE
    if room.policy in ("F", "M") and room.policy != patient.sex:
        cost += GENDER
    return int(cost)
