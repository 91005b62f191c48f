"""Small instances for tests: one written by hand, and any that hypothesis likes to invent."""

from __future__ import annotations

from hypothesis import strategies as st

from yipan.engine.optimise.pas.instance import Department, Instance, Patient, Room, Sex

TEXT = """ARTICLE BENCHMARK DATA SET
Rooms: 3
Roomproperties: 2
Beds: 4
Departments: 2
Specialisms: 2
Patients: 5
Planning horizon: 3


SPECIALISMS:
1 Surgery
2 Medicine

DEPARTMENTS:
1 North 0 16 | 1 1 2 2
2 South 16 0 | 1 2 0 0

ROOMPROPERTIES:
1 telemetry
2 oxygen

ROOMS:
1 11 | 1 | 1 | N | 1 1 2 2 | 1 0
2 12 | 2 | 2 | D | 3 2 0 0 | 0 1
3 13 | 1 | 2 | F | 1 2 0 0 | 1 1

BEDS:
1 1
2 2
3 2
4 3

PATIENTS:
1 Ann 30 F | 0 2 | 1 2 2 | 1 | 0 0 | 0 1
2 Bob 10 M | 0 3 | 2 1 1 2 2 | 2 | 1 0 | 0 0
3 Cai 40 M | 1 5 | 1 2 4 | 2 | 0 1 | 0 0
4 Day 50 F | 1 1 | 1 1 0 | 1 | 0 0 | 0 0
5 Eve 60 F | 3 4 | 1 1 1 | 1 | 0 0 | 0 0

END.
"""
"""Day stays no night and Eve comes after the horizon."""


def mixing() -> Instance:
    """Two women and two men, three beds for one sex and a single: some night is mixed, and the men belong together."""
    department = Department(id=1, name="D1", min_age=0, max_age=0, levels={})
    adults = Department(id=2, name="D2", min_age=18, max_age=0, levels={})
    rooms = tuple(
        Room(
            id=i, name=str(i), capacity=beds, department=at, policy="D", levels={}, properties=(), beds=(*range(beds),)
        )
        for i, beds, at in ((1, 3, 1), (2, 1, 1), (3, 1, 2))
    )
    stays: tuple[tuple[Sex, int, int], ...] = (("F", 1, 1), ("M", 3, 1), ("F", 3, 3), ("M", 2, 1))
    patients = tuple(
        Patient(
            id=i, name=f"P{i}", age=5, sex=sex, first=0, last=nights, specialisms=(1,) * nights,
            preferred_capacity=beds, required=(), preferred=(),
        )
        for i, (sex, nights, beds) in enumerate(stays, 1)
    )  # fmt: skip
    return Instance(horizon=3, departments=(department, adults), rooms=rooms, patients=patients)


@st.composite
def instances(draw: st.DrawFn, *, most_patients: int = 8, most_rooms: int = 4, horizon: int = 4) -> Instance:
    """Instances with enough beds, in which everything a rule speaks of happens."""
    specialisms = st.integers(1, 2)
    levels = st.dictionaries(specialisms, st.integers(1, 3), max_size=2)
    flags = st.tuples(st.booleans(), st.booleans())
    departments = tuple(
        Department(id=i, name=f"D{i}", min_age=draw(st.sampled_from([0, 18])), max_age=draw(st.sampled_from([0, 60])),
                   levels=draw(levels))
        for i in (1, 2)
    )  # fmt: skip
    rooms, beds = [], 0
    for number in range(1, draw(st.integers(1, most_rooms)) + 1):
        capacity = draw(st.integers(1, 3))
        rooms.append(
            Room(id=number, name=str(number), capacity=capacity, department=draw(st.sampled_from([1, 2])),
                 policy=draw(st.sampled_from("DDDFMN")), levels=draw(levels), properties=draw(flags),
                 beds=tuple(range(beds + 1, beds + capacity + 1)))
        )  # fmt: skip
        beds += capacity
    patients, free = [], [beds] * horizon
    for number in range(1, draw(st.integers(0, most_patients)) + 1):
        first = draw(st.integers(0, horizon - 1))
        last = draw(st.integers(first, horizon + 1))
        if any(not free[night] for night in range(first, min(last, horizon))):
            continue
        for night in range(first, min(last, horizon)):
            free[night] -= 1
        patients.append(
            Patient(id=number, name=f"P{number}", age=draw(st.sampled_from([5, 40, 80])),
                    sex=draw(st.sampled_from("FM")), first=first, last=last,
                    specialisms=tuple(draw(specialisms) for _ in range(first, last)),
                    preferred_capacity=draw(st.integers(1, 3)), required=draw(flags), preferred=draw(flags))
        )  # fmt: skip
    return Instance(horizon=horizon, departments=departments, rooms=tuple(rooms), patients=tuple(patients))
