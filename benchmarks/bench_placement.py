"""How long it takes to rank beds, and how much quicker that is than the same rules in plain Python.

    python benchmarks/bench_placement.py [beds] [rounds]

Prints the 50th and 95th percentile in milliseconds of `rank` for a network whose beds are 92 % occupied and for one
where every bed is free (the worst case: nothing is refused early), of the kernel alone as the twin calls it, and of
the explanation. The oracle of the tests judges the same beds one by one; it is written to be read, so it runs on a
network of 500 beds only, against `rank` on the same network in the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from yipan.engine.placement import NEVER, Beds, Need, Policy, explain, rank, warm_up, why_not
from yipan.engine.placement.beds import BED, DEPARTMENT, GUEST, NO_AGE_LIMIT, ROOM, WARD
from yipan.engine.placement.case import resolve
from yipan.engine.placement.codes import BedState, RoomSex, Sex, Urgency
from yipan.engine.placement.kernel import assess, best
from yipan.engine.placement.result import new_result
from yipan.engine.placement.tests.oracle import Oracle

WARD_BEDS, ROOM_BEDS, SPECIALTIES, SITES = 45, 3, 40, 30


def network(size: int, occupied: float) -> Beds:
    """`size` beds in wards of 45 and rooms of 3, one department a ward, at 30 sites."""
    r = np.random.default_rng(7)
    wards, rooms = -(-size // WARD_BEDS), -(-size // ROOM_BEDS)
    bed, room, ward = np.zeros(size, BED), np.zeros(rooms, ROOM), np.zeros(wards, WARD)
    bed["room"] = np.arange(size) // ROOM_BEDS
    bed["ward"] = bed["department"] = np.arange(size) // WARD_BEDS
    bed["available_at"] = bed["available_until"] = NEVER
    bed["equipment"] = r.choice([1, 1, 1, 3], size)
    bed["state"] = np.where(r.random(size) < occupied, BedState.OCCUPIED, BedState.FREE)
    leaving = (bed["state"] == BedState.OCCUPIED) & (r.random(size) < 0.08)
    bed["available_at"][leaving] = r.integers(30, 600, leaving.sum())
    room["ward"] = np.arange(rooms) * ROOM_BEDS // WARD_BEDS
    room["age_max"], room["sex"] = NO_AGE_LIMIT, RoomSex.SAME
    ward["site"], ward["department"] = np.arange(wards) % SITES, np.arange(wards)
    ward["nurses"], ward["reserve"], ward["turnover"], ward["expected_need"] = 15, -1, -1, 1.5
    department = np.zeros(wards, DEPARTMENT)
    department["specialty"], department["site"] = np.arange(wards) % SPECIALTIES, ward["site"]
    lying = np.flatnonzero(bed["state"] == BedState.OCCUPIED)
    guest = np.zeros(len(lying), GUEST)
    guest["bed"], guest["until"] = lying, bed["available_at"][lying]
    guest["sex"] = np.where(bed["room"][lying] % 2, Sex.MALE, Sex.FEMALE)
    similarity = r.random((SPECIALTIES, SPECIALTIES))
    np.fill_diagonal(similarity, 1)
    return Beds(
        bed,
        room,
        ward,
        department,
        guest,
        r.integers(0, 16, (wards, SPECIALTIES)),
        np.where(r.random((wards, wards)) < 0.01, 1, 0),
        similarity,
        r.integers(1, 15, (wards, wards)),
        r.integers(5, 60, (SITES, SITES)),
    )


def milliseconds(action: Callable[[], object], rounds: int) -> np.ndarray:
    """Durations of `rounds` runs after one that does not count."""
    action()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return np.array(times)


def show(what: str, times: np.ndarray, note: str = "") -> None:
    p50, p95 = np.percentile(times, [50, 95])
    print(f"{what:<44} p50 {p50:9.3f} ms   p95 {p95:9.3f} ms   {note}")


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    start = time.perf_counter()
    warm_up()
    print(f"warm_up {time.perf_counter() - start:.1f} s (seconds when compiled anew, well below one from the cache)")
    need = Need(department=3, sex=Sex.MALE, age=60, urgency=Urgency.URGENT)
    everything = Policy.from_dict({"distance": {"max_road_minutes": {"urgent": 600}}})
    for name, occupied in (("92 % occupied", 0.92), ("every bed free", 0.0)):
        beds = network(size, occupied)
        ranking = rank(beds, need, everything)
        note = f"{len(ranking)} of {size} beds proposed"
        show(f"rank, {name}", milliseconds(lambda b=beds: rank(b, need, everything), rounds), note)
        show(f"rank, first 20, {name}", milliseconds(lambda b=beds: rank(b, need, everything, 20), rounds))
        case, out = resolve(need, everything, beds), new_result(size)
        show(
            f"kernel and best, {name}", milliseconds(lambda b=beds: (assess(b.arrays, case, 0, out), best(out)), rounds)
        )
        top = int(ranking.order[0])
        show(
            f"explain and why_not, {name}",
            milliseconds(
                lambda b=beds, k=ranking: (explain(k, b, need, everything, top), why_not(k, b, need, everything)),
                rounds,
            ),
        )
    small = network(500, 0.92)
    quick = milliseconds(lambda: rank(small, need, everything), rounds)
    oracle = milliseconds(lambda: Oracle(small, need, everything).order(), 3)
    show("rank, 500 beds", quick)
    show("oracle in plain Python, 500 beds", oracle, f"{np.median(oracle) / np.median(quick):.0f} times slower")


if __name__ == "__main__":
    main()
