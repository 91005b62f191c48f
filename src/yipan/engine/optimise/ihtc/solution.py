"""What is decided, and the competition's file of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yipan.engine.optimise.ihtc.instance import Instance
from yipan.engine.optimise.ihtc.spot import Spot, index_of

NOT_ADMITTED = "none"


@dataclass(frozen=True, slots=True)
class Admission:
    """One patient's admission: day, room and theatre, as numbers of the instance."""

    day: int
    room: int
    theatre: int


@dataclass(frozen=True, slots=True)
class Solution:
    """`admissions` by patient (None: left out); `rounds` by nurse: for a shift at work the rooms cared for."""

    admissions: tuple[Admission | None, ...]
    rounds: tuple[Mapping[int, tuple[int, ...]], ...]


def to_json(instance: Instance, solution: Solution) -> str:
    """The solution in the competition's format."""
    patients: list[dict[str, Any]] = []
    for patient, admission in zip(instance.patients, solution.admissions, strict=True):
        if admission is None:
            patients.append({"id": patient.id, "admission_day": NOT_ADMITTED})
        else:
            patients.append(
                {
                    "id": patient.id,
                    "admission_day": admission.day,
                    "room": instance.rooms[admission.room].id,
                    "operating_theater": instance.theatres[admission.theatre].id,
                }
            )
    return json.dumps({"patients": patients, "nurses": _nurses(instance, solution)}, indent=2) + "\n"


def _nurses(instance: Instance, solution: Solution) -> list[dict[str, Any]]:
    nurses = []
    for nurse, rounds in zip(instance.nurses, solution.rounds, strict=True):
        assignments = []
        for shift in sorted(nurse.roster):
            day, position = divmod(shift, len(instance.shift_types))
            rooms = [instance.rooms[room].id for room in rounds.get(shift, ())]
            assignments.append({"day": day, "shift": instance.shift_types[position], "rooms": rooms})
        nurses.append({"id": nurse.id, "assignments": assignments})
    return nurses


def from_json(instance: Instance, text: str) -> Solution:
    """Read a solution; who is not named is left out. Raises InvalidInput with the path of what is wrong."""
    top = Spot.parse(text)
    return Solution(admissions=_admissions(instance, top), rounds=_rounds(instance, top))


def _admissions(instance: Instance, top: Spot) -> tuple[Admission | None, ...]:
    patients = {patient.id: number for number, patient in enumerate(instance.patients)}
    rooms, theatres = index_of(instance.rooms), index_of(instance.theatres)
    found: list[Admission | None] = [None] * len(instance.patients)
    for entry in top.at("patients").entries():
        number = entry.at("id").known(patients, "patients")
        if entry.at("admission_day").value != NOT_ADMITTED:
            found[number] = Admission(
                day=entry.at("admission_day").day(instance.days),
                room=entry.at("room").known(rooms, "rooms"),
                theatre=entry.at("operating_theater").known(theatres, "operating_theaters"),
            )
    return tuple(found)


def _rounds(instance: Instance, top: Spot) -> tuple[Mapping[int, tuple[int, ...]], ...]:
    nurses, rooms = index_of(instance.nurses), index_of(instance.rooms)
    positions = {name: position for position, name in enumerate(instance.shift_types)}
    found: list[dict[int, tuple[int, ...]]] = [{} for _ in instance.nurses]
    for entry in top.at("nurses").entries():
        rounds = found[entry.at("id").known(nurses, "nurses")]
        for duty in entry.at("assignments").entries():
            position = duty.at("shift").known(positions, "shift_types")
            shift = duty.at("day").day(instance.days) * len(positions) + position
            rounds[shift] = tuple(room.known(rooms, "rooms") for room in duty.at("rooms").entries())
    return tuple(found)
