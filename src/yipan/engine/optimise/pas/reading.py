"""From the text of the benchmark to an instance. Every error names the line and what stands there.

The sections follow one another as the benchmark writes them: counts, specialisms, departments, room properties, rooms,
beds, patients, `END.`; empty lines are passed over. `docs/reference/plan-command.md` shows a whole small file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import cast, get_args

from yipan.engine.optimise.pas.instance import Department, Instance, Patient, Policy, Room, Sex
from yipan.engine.optimise.pas.lines import Line, Lines
from yipan.kernel.errors import InvalidInput


def read(content: bytes) -> Instance:
    """The instance in a file. Raises InvalidInput for what is malformed, contradictory or has too few beds."""
    lines = Lines(content)
    counts = _Counts.of(lines)
    lines.heading("SPECIALISMS:")
    specialisms = _Ids("SPECIALISMS:")
    for _ in range(counts.specialisms):
        specialisms.new(line := lines.next("SPECIALISMS:"), line.text.split()[0])
    departments = _departments(lines, counts, specialisms.known)
    lines.heading("ROOMPROPERTIES:")
    for _ in range(counts.properties):
        lines.next("ROOMPROPERTIES:")
    rooms = _with_beds(lines, counts, _rooms(lines, counts, departments, specialisms.known))
    patients = _patients(lines, counts, specialisms.known)
    lines.heading("END.")
    instance = Instance(
        horizon=counts.horizon,
        departments=tuple(departments.values()),
        rooms=tuple(rooms),
        patients=tuple(patients),
    )
    _check_beds_suffice(instance)
    return instance


@dataclass(frozen=True)
class _Counts:
    rooms: int
    properties: int
    beds: int
    departments: int
    specialisms: int
    patients: int
    horizon: int

    @classmethod
    def of(cls, lines: Lines) -> _Counts:
        lines.heading("ARTICLE BENCHMARK DATA SET")
        return cls(
            rooms=lines.count("Rooms:", low=1),
            properties=lines.count("Roomproperties:"),
            beds=lines.count("Beds:", low=1),
            departments=lines.count("Departments:", low=1),
            specialisms=lines.count("Specialisms:", low=1),
            patients=lines.count("Patients:"),
            horizon=lines.count("Planning horizon:", low=1),
        )


@dataclass
class _Ids:
    """The ids of one section, each of which may stand there once."""

    section: str
    known: set[int] = field(default_factory=set)

    def new(self, line: Line, word: str) -> int:
        number = line.number_of(word)
        if number in self.known:
            line.refuse("pas_twice", number, section=self.section)
        self.known.add(number)
        return number


def _departments(lines: Lines, counts: _Counts, specialisms: Collection[int]) -> dict[int, Department]:
    lines.heading("DEPARTMENTS:")
    ids, departments = _Ids("DEPARTMENTS:"), {}
    for _ in range(counts.departments):
        line = lines.next("DEPARTMENTS:")
        about, levels = line.split(2)
        number, *name, youngest, oldest = line.words(about, 4)
        department = Department(
            id=ids.new(line, number),
            name=" ".join(name),
            min_age=line.number_of(youngest),
            max_age=line.number_of(oldest),
            levels=_levels(line, levels, specialisms),
        )
        departments[department.id] = department
    return departments


def _levels(line: Line, words: list[str], specialisms: Collection[int]) -> dict[int, int]:
    """Pairs of level and specialism; the specialism 0 fills a place that has none."""
    if len(words) % 2:
        line.refuse("pas_pairs", " ".join(words))
    levels = {}
    for level, specialism in zip(words[::2], words[1::2], strict=True):
        if specialism == "0":
            continue
        number = line.number_of(specialism)
        if number not in specialisms:
            line.refuse("pas_unknown_specialism", number)
        levels[number] = line.number_of(level, low=1)
    return levels


def _rooms(lines: Lines, counts: _Counts, departments: Collection[int], specialisms: Collection[int]) -> list[Room]:
    lines.heading("ROOMS:")
    ids, rooms = _Ids("ROOMS:"), []
    for _ in range(counts.rooms):
        line = lines.next("ROOMS:")
        about, capacity, department, policy, levels, properties = line.split(6)
        number, name = line.words(about, 2)
        home = line.number_of(line.words(department, 1)[0])
        if home not in departments:
            line.refuse("pas_unknown_department", home)
        if line.words(policy, 1)[0] not in get_args(Policy):
            line.refuse("pas_policy", policy[0])
        rooms.append(
            Room(
                id=ids.new(line, number),
                name=name,
                capacity=line.number_of(line.words(capacity, 1)[0], low=1),
                department=home,
                policy=cast(Policy, policy[0]),
                levels=_levels(line, levels, specialisms),
                properties=line.flags(properties, counts.properties),
                beds=(),
            )
        )
    return rooms


def _with_beds(lines: Lines, counts: _Counts, rooms: list[Room]) -> list[Room]:
    lines.heading("BEDS:")
    known = {room.id for room in rooms}
    ids, beds = _Ids("BEDS:"), defaultdict(list)
    for _ in range(counts.beds):
        line = lines.next("BEDS:")
        number, room = line.words(line.split(1)[0], 2)
        home = line.number_of(room)
        if home not in known:
            line.refuse("pas_unknown_room", home)
        beds[home].append(ids.new(line, number))
    for one in rooms:
        if len(beds[one.id]) != one.capacity:
            raise InvalidInput("pas_beds_differ", room=one.id, capacity=one.capacity, beds=len(beds[one.id]))
    return [replace(one, beds=tuple(beds[one.id])) for one in rooms]


def _patients(lines: Lines, counts: _Counts, specialisms: Collection[int]) -> list[Patient]:
    lines.heading("PATIENTS:")
    ids, patients = _Ids("PATIENTS:"), []
    for _ in range(counts.patients):
        line = lines.next("PATIENTS:")
        about, stay, segments, preference, required, preferred = line.split(6)
        number, name, age, sex = line.words(about, 4)
        first, last = (line.number_of(word) for word in line.words(stay, 2))
        if last < first:
            line.refuse("pas_stay_backwards", last, first=first)
        if sex not in get_args(Sex):
            line.refuse("pas_sex", sex)
        patients.append(
            Patient(
                id=ids.new(line, number),
                name=name,
                age=line.number_of(age),
                sex=cast(Sex, sex),
                first=first,
                last=last,
                specialisms=_treatment(line, segments, last - first, specialisms),
                preferred_capacity=line.number_of(line.words(preference, 1)[0], low=1),
                required=line.flags(required, counts.properties),
                preferred=line.flags(preferred, counts.properties),
            )
        )
    return patients


def _treatment(line: Line, words: list[str], nights: int, specialisms: Collection[int]) -> tuple[int, ...]:
    """The specialism of each night: how many segments there are, then specialism and nights of each."""
    if not words:
        line.refuse("pas_words", "", wanted=1, found=0)
    line.words(words, 1 + 2 * line.number_of(words[0]))
    treated: list[int] = []
    for specialism, length in zip(words[1::2], words[2::2], strict=True):
        number = line.number_of(specialism)
        if number not in specialisms:
            line.refuse("pas_unknown_specialism", number)
        treated += [number] * line.number_of(length, high=max(nights - len(treated), 0))
    if len(treated) != nights:
        line.refuse("pas_nights_differ", len(treated), nights=nights)
    return tuple(treated)


def _check_beds_suffice(instance: Instance) -> None:
    beds = sum(room.capacity for room in instance.rooms)
    waiting = Counter(night for patient in instance.patients for night in instance.nights(patient))
    for night, patients in sorted(waiting.items()):
        if patients > beds:
            raise InvalidInput("pas_too_few_beds", night=night, patients=patients, beds=beds)
