"""What a solution costs and which hard rules it breaks: slow, plain, straight from the competition's text.

The solver never calls this while it searches. It is what the solver's own accounts are checked against, in tests and
once more before a result is handed out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from yipan.engine.optimise.ihtc.instance import Instance, Person
from yipan.engine.optimise.ihtc.solution import Solution


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`components` by the names of `Weights`, weights applied; `violations` by hard rule, each counted."""

    components: dict[str, int]
    violations: dict[str, int]

    @property
    def cost(self) -> int:
        """The sum of the components."""
        return sum(self.components.values())


@dataclass(frozen=True, slots=True)
class _Stay:
    person: Person
    first: int
    room: int


def evaluate(instance: Instance, solution: Solution) -> Evaluation:
    """Count everything anew."""
    stays = list(_stays(instance, solution))
    units = (
        _patients_units(instance, solution) | _rooms_units(instance, stays) | _nurses_units(instance, solution, stays)
    )
    weights = asdict(instance.weights)
    return Evaluation(
        components={name: weights[name] * units[name] for name in weights},
        violations=_admission_faults(instance, solution)
        | _room_faults(instance, stays)
        | _nurse_faults(instance, solution, stays),
    )


def _stays(instance: Instance, solution: Solution) -> Iterator[_Stay]:
    for occupant in instance.occupants:
        yield _Stay(occupant, 0, occupant.room)
    for patient, admission in zip(instance.patients, solution.admissions, strict=True):
        if admission is not None:
            yield _Stay(patient, admission.day, admission.room)


def _beds(instance: Instance, stays: list[_Stay]) -> dict[tuple[int, int], list[_Stay]]:
    """Who lies in a (room, day)."""
    beds = defaultdict(list)
    for stay in stays:
        for day in instance.days_of(stay.person, stay.first):
            beds[stay.room, day].append(stay)
    return beds


def _patients_units(instance: Instance, solution: Solution) -> dict[str, int]:
    delay, left_out, theatres_of = 0, 0, defaultdict(set)
    for patient, admission in zip(instance.patients, solution.admissions, strict=True):
        if admission is None:
            left_out += not patient.mandatory
        else:
            delay += admission.day - patient.release
            theatres_of[patient.surgeon, admission.day].add(admission.theatre)
    opened = {(theatre, day) for (_, day), theatres in theatres_of.items() for theatre in theatres}
    return {
        "patient_delay": delay,
        "unscheduled_optional": left_out,
        "open_operating_theater": len(opened),
        "surgeon_transfer": sum(len(theatres) - 1 for theatres in theatres_of.values()),
    }


def _rooms_units(instance: Instance, stays: list[_Stay]) -> dict[str, int]:
    mixed = 0
    for people in _beds(instance, stays).values():
        ages = [stay.person.age for stay in people]
        mixed += max(ages) - min(ages)
    return {"room_mixed_age": mixed}


def _nurses_of(solution: Solution) -> dict[tuple[int, int], list[int]]:
    """Who cares for a (room, shift)."""
    found = defaultdict(list)
    for nurse, rounds in enumerate(solution.rounds):
        for shift, rooms in rounds.items():
            for room in rooms:
                found[room, shift].append(nurse)
    return found


def _nurses_units(instance: Instance, solution: Solution, stays: list[_Stay]) -> dict[str, int]:
    nurses_of, loads = _nurses_of(solution), Counter[tuple[int, int]]()
    short, seen = 0, 0
    for stay in stays:
        met = set()
        for moment, shift in enumerate(instance.shifts_of(stay.person, stay.first)):
            for nurse in nurses_of.get((stay.room, shift), ()):
                met.add(nurse)
                short += max(0, stay.person.skill[moment] - instance.nurses[nurse].skill)
                loads[nurse, shift] += stay.person.work[moment]
        seen += len(met)
    excess = sum(max(0, load - instance.nurses[nurse].roster.get(shift, 0)) for (nurse, shift), load in loads.items())
    return {"room_nurse_skill": short, "continuity_of_care": seen, "nurse_eccessive_workload": excess}


def _admission_faults(instance: Instance, solution: Solution) -> dict[str, int]:
    surgeons, theatres = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    missing, outside, unfit = 0, 0, 0
    for patient, admission in zip(instance.patients, solution.admissions, strict=True):
        if admission is None:
            missing += patient.mandatory
            continue
        outside += not patient.release <= admission.day <= patient.due
        unfit += admission.room in patient.unfit_rooms
        surgeons[patient.surgeon, admission.day] += patient.minutes
        theatres[admission.theatre, admission.day] += patient.minutes
    return {
        "mandatory_left_out": missing,
        "admission_day": outside,
        "unfit_room": unfit,
        "surgeon_overtime": sum(used > instance.surgeons[s].minutes[day] for (s, day), used in surgeons.items()),
        "theatre_overtime": sum(used > instance.theatres[t].minutes[day] for (t, day), used in theatres.items()),
    }


def _room_faults(instance: Instance, stays: list[_Stay]) -> dict[str, int]:
    beds = _beds(instance, stays)
    return {
        "room_overfull": sum(len(people) > instance.rooms[room].capacity for (room, _), people in beds.items()),
        "genders_mixed": sum(len({stay.person.gender for stay in people}) > 1 for people in beds.values()),
    }


def _nurse_faults(instance: Instance, solution: Solution, stays: list[_Stay]) -> dict[str, int]:
    nurses_of = _nurses_of(solution)
    occupied = {(s.room, shift) for s in stays for shift in instance.shifts_of(s.person, s.first)}
    return {
        "nurse_not_at_work": sum(
            shift not in instance.nurses[nurse].roster for (_, shift), nurses in nurses_of.items() for nurse in nurses
        ),
        "room_without_one_nurse": sum(len(nurses_of.get(place, ())) != 1 for place in occupied),
    }
