"""From the competition's JSON to a checked `Instance`.

Every error is InvalidInput with the JSON path and the value, so that the person who made the file finds the place.
Unknown keys are passed over, as the competition's own tools do.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from yipan.engine.optimise.ihtc.instance import (
    Hours,
    Instance,
    Nurse,
    Occupant,
    Patient,
    Room,
    Weights,
)
from yipan.engine.optimise.ihtc.possible import check_possible
from yipan.engine.optimise.ihtc.spot import Spot, index_of

MOST_DAYS = 366
MOST_BEDS = 32
"""Beds of one room; rooms of the competition have up to four."""


def read(text: str | bytes) -> Instance:
    """Read and check an instance. Raises InvalidInput, also when no plan can exist for a reason that is plain."""
    top = Spot.parse(text)
    days = top.at("days").whole(1, MOST_DAYS)
    skill_levels = top.at("skill_levels").whole(1)
    shift_types, ages = top.at("shift_types").names(), top.at("age_groups").names()
    rooms = tuple(_room(spot) for spot in _listed(top, "rooms", needed=True))
    surgeons = tuple(_hours(spot, "max_surgery_time", days) for spot in _listed(top, "surgeons"))
    theatres = tuple(_hours(spot, "availability", days) for spot in _listed(top, "operating_theaters"))
    places = {"rooms": index_of(rooms), "surgeons": index_of(surgeons)}
    frame = _Frame(days, skill_levels, shift_types, ages, places)
    instance = Instance(
        days=days,
        skill_levels=skill_levels,
        shift_types=shift_types,
        ages=ages,
        weights=_weights(top.at("weights")),
        occupants=tuple(frame.occupant(spot) for spot in _listed(top, "occupants")),
        patients=tuple(frame.patient(spot) for spot in _listed(top, "patients")),
        surgeons=surgeons,
        theatres=theatres,
        rooms=rooms,
        nurses=tuple(frame.nurse(spot) for spot in _listed(top, "nurses", needed=True)),
    )
    check_possible(instance)
    return instance


def _listed(top: Spot, key: str, *, needed: bool = False) -> list[Spot]:
    """The entries under `key`, whose ids differ."""
    entries, seen = list(top.at(key).entries()), set()
    top.at(key).check(bool(entries) or not needed, "ihtc_empty")
    for entry in entries:
        spot = entry.at("id")
        spot.check(spot.text() not in seen, "ihtc_twice")
        seen.add(spot.text())
    return entries


def _weights(spot: Spot) -> Weights:
    return Weights(**{field.name: spot.at(field.name).whole() for field in fields(Weights)})


def _room(spot: Spot) -> Room:
    return Room(spot.at("id").text(), spot.at("capacity").whole(0, MOST_BEDS))


def _hours(spot: Spot, key: str, days: int) -> Hours:
    return Hours(spot.at("id").text(), spot.at(key).wholes(days))


class _Frame:
    """What the entries of people refer to."""

    def __init__(
        self,
        days: int,
        skill_levels: int,
        shift_types: tuple[str, ...],
        ages: tuple[str, ...],
        places: dict[str, dict[str, int]],
    ) -> None:
        self.days = days
        self.skill_levels = skill_levels
        self.positions = {name: position for position, name in enumerate(shift_types)}
        self.ages = {name: number for number, name in enumerate(ages)}
        self.places = places

    def person(self, spot: Spot) -> dict[str, Any]:
        """What patients and occupants have in common."""
        stay = spot.at("length_of_stay").whole(1, MOST_DAYS)
        shifts = stay * len(self.positions)
        gender = spot.at("gender")
        gender.check(gender.value in ("A", "B"), "ihtc_gender")
        return {
            "id": spot.at("id").text(),
            "gender": gender.text(),
            "age": spot.at("age_group").known(self.ages, "age_groups"),
            "stay": stay,
            "work": spot.at("workload_produced").wholes(shifts),
            "skill": spot.at("skill_level_required").wholes(shifts, high=self.skill_levels - 1),
        }

    def occupant(self, spot: Spot) -> Occupant:
        return Occupant(**self.person(spot), room=spot.at("room_id").known(self.places["rooms"], "rooms"))

    def patient(self, spot: Spot) -> Patient:
        mandatory = spot.at("mandatory").flag()
        release, due = spot.at("surgery_release_day").day(self.days), self.days - 1
        if mandatory:
            due = spot.at("surgery_due_day").day(self.days)
            spot.at("surgery_due_day").check(release <= due, "ihtc_due_before_release", release=release)
        unfit = [entry.known(self.places["rooms"], "rooms") for entry in spot.at("incompatible_room_ids").entries()]
        return Patient(
            **self.person(spot),
            mandatory=mandatory,
            release=release,
            due=due,
            minutes=spot.at("surgery_duration").whole(),
            surgeon=spot.at("surgeon_id").known(self.places["surgeons"], "surgeons"),
            unfit_rooms=frozenset(unfit),
        )

    def nurse(self, spot: Spot) -> Nurse:
        roster: dict[int, int] = {}
        for entry in spot.at("working_shifts").entries():
            position = entry.at("shift").known(self.positions, "shift_types")
            shift = entry.at("day").day(self.days) * len(self.positions) + position
            entry.check(shift not in roster, "ihtc_twice")
            roster[shift] = entry.at("max_load").whole()
        skill = spot.at("skill_level").whole(0, self.skill_levels - 1)
        return Nurse(spot.at("id").text(), skill, roster)
