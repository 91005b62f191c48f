"""How long it takes to rank beds, and how much quicker that is than the same rules in plain Python.

    python benchmarks/bench_placement.py [beds] [rounds]

Prints the 50th and 95th percentile in milliseconds of `rank` for a network whose beds are 92 % occupied and for one
where every bed is free (the worst case: nothing is refused early), of the kernel alone as the twin calls it, and of
the explanation, each also with the strategy `lookahead`; processor time tells the same on a busy machine. The oracle
of the tests judges the same beds one by one. It is written to be read, so it runs on a network of 500 beds only,
against `rank` on the same network in the same run, and the ratio is that of processor times.
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
    ward["expected_leaving"], ward["foreseen"] = 1.2, 1
    department = np.zeros(wards, DEPARTMENT)
    department["specialty"], department["site"] = np.arange(wards) % SPECIALTIES, ward["site"]
    department["own_in"] = 20 * 60
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
    """Durations of `rounds` runs after one that does not count, shape (2, rounds): on the wall, on the processor."""
    action()
    times = []
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.thread_time()
        action()
        times.append((time.perf_counter() - wall, time.thread_time() - processor))
    return np.array(times).T * 1000


def show(what: str, times: np.ndarray, note: str = "") -> None:
    p50, p95 = np.percentile(times[0], [50, 95])
    print(f"{what:<40} p50 {p50:8.3f} ms  p95 {p95:8.3f} ms  processor p50 {np.median(times[1]):8.3f} ms  {note}")


def measure(name: str, beds: Beds, need: Need, policy: Policy, rounds: int) -> None:
    """Ranking, the kernel alone, and the explanation, on one network."""
    ranking = rank(beds, need, policy)
    case, out, top = resolve(need, policy, beds), new_result(len(beds)), int(ranking.order[0])

    def kernel() -> None:
        assess(beds.arrays, case, 0, out)
        best(out)

    def say() -> None:
        explain(ranking, beds, need, policy, top)
        why_not(ranking, beds, need, policy)

    note = f"{len(ranking)} of {len(beds)} beds proposed"
    show(f"rank, {name}", milliseconds(lambda: rank(beds, need, policy), rounds), note)
    show(f"rank, first 20, {name}", milliseconds(lambda: rank(beds, need, policy, 20), rounds))
    show(f"kernel and best, {name}", milliseconds(kernel, rounds))
    show(f"explain and why_not, {name}", milliseconds(say, rounds))


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    start = time.perf_counter()
    warm_up()
    print(f"warm_up {time.perf_counter() - start:.1f} s (seconds when compiled anew, well below one from the cache)")
    need = Need(department=3, sex=Sex.MALE, age=60, urgency=Urgency.URGENT)
    roads = {"distance": {"max_road_minutes": {"urgent": 600}}}
    everything, ahead = Policy.from_dict(roads), Policy.from_dict(roads | {"strategy": "lookahead"})
    for name, occupied in (("92 % occupied", 0.92), ("every bed free", 0.0)):
        beds = network(size, occupied)
        measure(name, beds, need, everything, rounds)
        measure(f"{name}, look-ahead", beds, need, ahead, rounds)
    small = network(500, 0.92)
    quick = milliseconds(lambda: rank(small, need, everything), rounds)
    oracle = milliseconds(lambda: Oracle(small, need, everything).order(), 3)
    show("rank, 500 beds", quick)
    show("oracle in plain Python, 500 beds", oracle, f"{np.median(oracle[1]) / np.median(quick[1]):.0f} times slower")


if __name__ == "__main__":
    main()
