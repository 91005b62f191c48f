"""How good a plan of admissions of a county gets, and how long each step takes.

    python benchmarks/bench_admissions.py [seconds] [seeds]

An invented county: 100 wards at 20 sites with 4,000 beds, 93 % of them taken, 300 people who wait, 120 outliers, 14
days. For each seed one line: what the table and the search took (processor seconds of this process), moves a second,
cost, bound and gap. Placement is asked about every place of the first plan, as a check that nothing is measured that
the rules forbid.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from yipan.engine.optimise import Stop, solve
from yipan.engine.optimise.admissions import A_DAY, Admissions, Instance, Outlier, Waiting, in_plan
from yipan.engine.placement import NEVER, Beds, Need, Policy, rank, warm_up
from yipan.engine.placement.beds import BED, DEPARTMENT, GUEST, NO_AGE_LIMIT, ROOM, WARD
from yipan.engine.placement.codes import BedState, RoomSex, Sex, Urgency

WARDS, WARD_BEDS, SITES, SPECIALTIES = 100, 40, 20, 20
WAITING, OUTLIERS, OCCUPIED, MEAN_STAY = 300, 120, 0.93, 5.0


def county(seed: int) -> Instance:
    """The instance of a seed."""
    r = np.random.default_rng(seed)
    beds = network(r)
    people = [
        Waiting(
            Need(
                department=int(r.integers(WARDS)),
                urgency=Urgency(int(r.choice([0, 1, 1, 2, 2, 2]))),
                sex=Sex(int(r.integers(1, 3))),
                age=int(r.integers(16, 90)),
                isolation=int(r.choice([0] * 20 + [1, 2, 3])),  # type: ignore[arg-type]
                stay_days=float(r.gamma(2, 4)) + 0.2,
            ),
            due=max(0, int(r.integers(-8, 8))),
            waited=float(r.integers(0, 20)),
        )
        for _ in range(WAITING)
    ]
    return Instance(beds, [Policy()], people, _outliers(r, beds), first=960)


def network(r: np.random.Generator) -> Beds:
    """Wards of rooms for one to four, each for one sex at a time."""
    rooms, beds, guests = [], [], []
    for ward in range(WARDS):
        left = WARD_BEDS
        while left:
            size = min(int(r.choice([1, 2, 2, 3, 3, 4])), left)
            left -= size
            rooms.append((ward, 0, NO_AGE_LIMIT, 0, RoomSex.SAME, int(r.choice([0] * 15 + [1, 2, 3]))))
            sex = int(r.integers(1, 3))
            for _ in range(size):
                taken = r.random() < OCCUPIED
                until = int(r.exponential(MEAN_STAY * A_DAY)) if taken else NEVER
                state = BedState.OCCUPIED if taken else BedState.FREE
                beds.append((len(rooms) - 1, ward, ward, until, NEVER, state, 0, int(r.choice([1, 1, 3]))))
                if taken:
                    guests.append((len(beds) - 1, -1000, until, 0, sex, 0))
    alliance = np.zeros((WARDS, WARDS), np.int16)
    for ward in range(WARDS):
        allies = [ally for ally in r.choice(WARDS, 3, replace=False).tolist() if ally != ward]
        alliance[ward, allies] = np.arange(len(allies)) + 1
    similarity = np.where(r.random((SPECIALTIES, SPECIALTIES)) < 0.15, 0.7, 0.0)
    road = r.integers(10, 90, (SITES, SITES)).astype(float)
    np.fill_diagonal(similarity, 1.0)
    np.fill_diagonal(road, 0.0)
    wards = [(0.0, 1.0, 0.0, ward * SITES // WARDS, ward, 10, -1, 0, -1, 0) for ward in range(WARDS)]
    departments = [(ward % SPECIALTIES, ward * SITES // WARDS, NEVER) for ward in range(WARDS)]
    return Beds(
        np.array(beds, BED),
        np.array(rooms, ROOM),
        np.array(wards, WARD),
        np.array(departments, DEPARTMENT),
        np.array(guests, GUEST),
        np.full((WARDS, SPECIALTIES), 7),
        alliance,
        similarity,
        np.full((WARDS, WARDS), 5.0, np.float32),
        road,
    )


def _outliers(r: np.random.Generator, beds: Beds) -> list[Outlier]:
    found: list[Outlier] = []
    for guest in r.permutation(beds.guests):
        home = int(r.integers(WARDS))
        if guest["until"] > 2 * A_DAY and home != beds.beds["department"][guest["bed"]] and len(found) < OUTLIERS:
            need = Need(department=home, sex=Sex(int(guest["sex"])), age=50, current_bed=int(guest["bed"]))
            found.append(Outlier(need, int(guest["until"])))
    return found


def refused(instance: Instance, plan: Any) -> int:
    """How many places of a plan `rank` refuses with everything else booked."""
    return sum(
        rank(
            in_plan(instance, plan, place), instance.need_on(place.row, place.day), instance.policy_of(place.row)
        ).refusal(place.bed)
        != 0
        for place in plan
    )


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    warm_up()
    first = county(0)
    solve(Admissions(first), Stop(iterations=1))  # compile
    print("seed  table s  search s  moves/s      cost     bound    gap  placed  moved")
    for seed in range(1, seeds + 1):
        instance, began = county(seed), time.process_time()
        marks: list[float] = []
        result = solve(
            Admissions(instance, lambda share, m=marks: m.append(time.process_time()) if share >= 1 else None),
            Stop(seconds=seconds),
        )
        table, search = marks[-1] - began, time.process_time() - marks[-1]
        moved = sum(place.row >= WAITING for place in result.solution)
        print(
            f"{seed:4} {table:8.1f} {search:9.1f} {result.iterations / max(search, 0.01):8.0f} {result.cost:9.1f}"
            f" {result.bound or 0:9.1f} {result.gap or 0:6.1%} {len(result.solution) - moved:7} {moved:6}",
            flush=True,
        )
        if seed == 1:
            print("refused by rank:", refused(instance, result.solution), flush=True)


if __name__ == "__main__":
    main()
