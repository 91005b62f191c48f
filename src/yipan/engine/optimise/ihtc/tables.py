"""The instance and a state of the search as flat arrays.

`Facts` never change; a `State` belongs to one thread. Everything is int32 unless said. People are numbered patients
first, then occupants. A patient who is not admitted has day OUT.
"""

from __future__ import annotations

from dataclasses import astuple
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from yipan.engine.optimise.ihtc.instance import Instance
from yipan.engine.optimise.ihtc.possible import day_fits

Array = np.ndarray[Any, Any]
OUT = -1

# columns of Facts.person; LEFT_OUT is what leaving this patient out costs
GENDER, AGE, STAY, RELEASE, DUE, MINUTES, SURGEON, MANDATORY, LEFT_OUT = range(9)
# columns of State.place
DAY, ROOM, THEATRE = range(3)
# columns of State.beds for a (room, day); then the people, one after the other
COUNT, SEX, YOUNGEST, OLDEST, FIRST = range(5)
# columns of State.theatres for a (theatre, day)
FREE, USES = range(2)
# columns of State.surgeons for a (surgeon, day); FREE as above, then how often each theatre is used
SITES, SITE = 1, 2
# places of State.totals
COST, MISSING, BEST_COST, BEST_MISSING, STEPS, NOTES = range(6)


class Price(IntEnum):
    """Places of Facts.weights, in the order of `Weights`."""

    AGE, SKILL, SEEN, EXCESS, OPEN, TRANSFER, DELAY, OUT = range(8)


class Facts(NamedTuple):
    """`work`, `need` by (person, shift of the stay); `fit_room`, `fit_day` by (patient, room or day): 1 or 0.

    `peers` by surgeon: how many patients, then who; `crew` by shift: how many nurses work, then who; `works` by
    (nurse, shift): 1 or 0.
    """

    person: Array
    work: Array
    need: Array
    fit_room: Array
    fit_day: Array
    capacity: Array
    skill: Array
    peers: Array
    crew: Array
    works: Array
    weights: Array


class State(NamedTuple):
    """`place` by person; `slack` by (nurse, shift): load that is still not too much; `nurse` by (room, shift);
    `outs`: who is not admitted, in row 0, how many in its last place, and in row 1 where in row 0 a patient stands;
    `cover` by (person, nurse): shifts together, and in the last column with how many nurses; `mark`: scratch;
    `log`, `notes`: whom and which (room, shift) a step has changed; `totals` int64; `seed` uint64.
    """

    place: Array
    beds: Array
    theatres: Array
    surgeons: Array
    slack: Array
    nurse: Array
    outs: Array
    cover: Array
    mark: Array
    log: Array
    notes: Array
    totals: Array
    seed: Array
    best_place: Array
    best_nurse: Array


def facts_of(instance: Instance, missing_price: int) -> Facts:
    """Arrays of an instance; leaving a mandatory patient out costs `missing_price`."""
    people = (*instance.patients, *instance.occupants)
    longest = max((len(person.work) for person in people), default=1)
    person = np.zeros((len(people), 9), np.int32)
    work, need = np.zeros((2, len(people), longest), np.int32)
    for number, someone in enumerate(people):
        person[number, :3] = someone.gender == "B", someone.age, someone.stay
        work[number, : len(someone.work)] = someone.work
        need[number, : len(someone.skill)] = someone.skill
    for number, patient in enumerate(instance.patients):
        left_out = missing_price if patient.mandatory else instance.weights.unscheduled_optional
        person[number, 3:] = (
            patient.release,
            patient.due,
            patient.minutes,
            patient.surgeon,
            patient.mandatory,
            left_out,
        )
    fit_room, fit_day = _fits(instance)
    return Facts(
        person=person,
        work=work,
        need=need,
        fit_room=fit_room,
        fit_day=fit_day,
        capacity=np.array([room.capacity for room in instance.rooms], np.int32),
        skill=np.array([nurse.skill for nurse in instance.nurses], np.int32),
        peers=_peers(instance),
        crew=_crew(instance),
        works=_works(instance),
        weights=np.array(astuple(instance.weights), np.int32),
    )


def _fits(instance: Instance) -> tuple[Array, Array]:
    staffed = {shift for nurse in instance.nurses for shift in nurse.roster}
    rooms = np.ones((len(instance.patients), len(instance.rooms)), np.int32)
    days = np.zeros((len(instance.patients), instance.days), np.int32)
    for number, patient in enumerate(instance.patients):
        rooms[number, list(patient.unfit_rooms)] = 0
        for day in range(patient.release, patient.due + 1):
            days[number, day] = day_fits(instance, patient, day, staffed)
    return rooms, days


def _peers(instance: Instance) -> Array:
    peers = np.zeros((len(instance.surgeons), 1 + len(instance.patients)), np.int32)
    for number, patient in enumerate(instance.patients):
        peers[patient.surgeon, 0] += 1
        peers[patient.surgeon, peers[patient.surgeon, 0]] = number
    return peers


def _crew(instance: Instance) -> Array:
    crew = np.zeros((instance.shifts, 1 + len(instance.nurses)), np.int32)
    for number, nurse in enumerate(instance.nurses):
        for shift in nurse.roster:
            crew[shift, 0] += 1
            crew[shift, crew[shift, 0]] = number
    return crew


def _works(instance: Instance) -> Array:
    works = np.zeros((len(instance.nurses), instance.shifts), np.int32)
    for number, nurse in enumerate(instance.nurses):
        works[number, list(nurse.roster)] = 1
    return works


def empty_state(instance: Instance, seed: int) -> State:
    """Arrays of the right size: no nurse anywhere, nobody in a bed."""
    patients, rooms, nurses = len(instance.patients), len(instance.rooms), len(instance.nurses)
    people, shifts, days = patients + len(instance.occupants), instance.shifts, instance.days
    place = np.full((people, 3), OUT, np.int32)
    beds = np.zeros((rooms, days, FIRST + max(room.capacity for room in instance.rooms)), np.int32)
    theatres = np.zeros((len(instance.theatres), days, 2), np.int32)
    surgeons = np.zeros((len(instance.surgeons), days, SITE + len(instance.theatres)), np.int32)
    slack = np.zeros((nurses, shifts), np.int32)
    for number, theatre in enumerate(instance.theatres):
        theatres[number, :, FREE] = theatre.minutes
    for number, surgeon in enumerate(instance.surgeons):
        surgeons[number, :, FREE] = surgeon.minutes
    for number, nurse in enumerate(instance.nurses):
        for shift, load in nurse.roster.items():
            slack[number, shift] = load
    nurse_of = np.full((rooms, shifts), OUT, np.int32)
    return State(
        place=place,
        beds=beds,
        theatres=theatres,
        surgeons=surgeons,
        slack=slack,
        nurse=nurse_of,
        outs=np.array([[*range(patients), patients], [*range(patients), 0]], np.int32),
        cover=np.zeros((people, nurses + 1), np.int32),
        mark=np.zeros(nurses + 1, np.int64),
        log=np.zeros((shifts + 8, 4), np.int32),
        notes=np.zeros((2 * shifts + 8, 3), np.int32),
        totals=np.zeros(6, np.int64),
        seed=np.array([seed], np.uint64),
        best_place=place.copy(),
        best_nurse=nurse_of.copy(),
    )
