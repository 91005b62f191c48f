"""A year of 20 wards of 40 beds: the twin beside SimPy, processor seconds of the same run on the same core."""

from __future__ import annotations

import random
import statistics
import time
from collections import deque
from collections.abc import Callable

import simpy

from benchmarks.twin.plain import model, option
from yipan.engine.simulate import Exponential, Scenario
from yipan.engine.simulate.patients import draw
from yipan.engine.simulate.running import play_out
from yipan.engine.simulate.simple import play_simple

BIN = 6.0


def run(days: float, rounds: int) -> None:
    """Print patients a second and ratios. Every figure includes drawing the patients."""
    stay = Exponential(7.5 * 24)
    hours = days * 24
    silo = model((option("silo", strategy="silo"),), stay=stay, review=0.0)
    tiers = model((option("tiers", strategy="tiers"),), stay=stay, review=0.0)
    reserve = model((option("reserve", strategy="reserve", reserve=2),), stay=stay, review=0.0)
    ahead = model((option("look-ahead", strategy="lookahead", reserve=2, repatriate=True),), stay=stay, review=4.0)
    cases: list[tuple[str, Callable[[int], int]]] = [
        ("SimPy, one department a ward", lambda r: by_simpy(silo, hours, r)),
        ("SimPy, own ward first, else any", lambda r: by_simpy_pooled(tiers, hours, r)),
        ("twin, simple rule", lambda r: simple(silo, hours, r)),
        ("twin, full rules, silo", lambda r: full(silo, hours, r)),
        ("twin, full rules, tiers", lambda r: full(tiers, hours, r)),
        ("twin, full rules, fixed reserve", lambda r: full(reserve, hours, r)),
        ("twin, full rules, look-ahead every 4 h, home again", lambda r: full(ahead, hours, r)),
    ]
    print(f"20 wards x 40 beds, {days:g} days, load 0.92, median of {rounds} rounds, processor time\n")
    print("| | patients | seconds | patients/s | times SimPy silo | times SimPy pooled |")
    print("|---|---|---|---|---|---|")
    times: dict[str, float] = {}
    for name, play in cases:
        play(0)
        patients, seconds = 0, []
        for r in range(1, rounds + 1):
            begin = time.process_time()
            patients = play(r)
            seconds.append(time.process_time() - begin)
        times[name] = statistics.median(seconds) / patients
        silo_ratio, pooled = (times[cases[k][0]] / times[name] if k < len(times) else 0 for k in (0, 1))
        shown = f"{statistics.median(seconds):.4f} | {1 / times[name]:,.0f} | {silo_ratio:.0f} | {pooled:.0f}"
        print(f"| {name} | {patients} | {shown} |", flush=True)


def simple(scenario: Scenario, hours: float, replication: int) -> int:
    return sum(len(queue.at) for queue in play_simple(scenario, hours, seed=1, replication=replication))


def full(scenario: Scenario, hours: float, replication: int) -> int:
    patients = draw(scenario, hours, seed=1, replication=replication)
    play_out(scenario, scenario.options[0], patients, hours, BIN)
    return len(patients.at)


def by_simpy(scenario: Scenario, hours: float, replication: int) -> int:
    """As one writes it with SimPy: a resource a ward, a process a patient, the same rates."""
    chance, env = random.Random(replication), simpy.Environment()
    waits: list[float] = []

    def patient(ward: simpy.Resource, stay: float):
        came = env.now
        with ward.request() as bed:
            yield bed
            waits.append(env.now - came)
            yield env.timeout(stay)

    def source(ward: simpy.Resource, rate: float, mean: float):
        while True:
            yield env.timeout(chance.expovariate(rate))
            env.process(patient(ward, chance.expovariate(1 / mean)))

    for demand in scenario.demand:
        ward = simpy.Resource(env, capacity=40)
        env.process(source(ward, demand.per_day / 24, demand.stay.mean))
    env.run(until=hours)
    return len(waits)


def by_simpy_pooled(scenario: Scenario, hours: float, replication: int) -> int:
    """Free beds are counted by ward: the own ward's first, else the first ward with a free bed; a freed bed goes to the
    first who waits for that ward, else to the first who waits. A longer stay away."""
    chance, env = random.Random(replication), simpy.Environment()
    wards = len(scenario.wards)
    free, queues = [40] * wards, [deque[tuple[float, simpy.Event]]() for _ in range(wards)]
    waits: list[float] = []

    def patient(home: int, stay: float):
        came, ward = env.now, home
        if not free[home]:
            ward = next((w for w in range(wards) if free[w]), -1)
        if ward >= 0:
            free[ward] -= 1
        else:
            turn = env.event()
            queues[home].append((came, turn))
            ward = yield turn
        waits.append(env.now - came)
        yield env.timeout(stay if ward == home else stay * (1 + scenario.penalty))
        waiting = queues[ward] or min((q for q in queues if q), key=lambda q: q[0][0], default=None)
        if waiting:
            waiting.popleft()[1].succeed(ward)
        else:
            free[ward] += 1

    def source(home: int, rate: float, mean: float):
        while True:
            yield env.timeout(chance.expovariate(rate))
            env.process(patient(home, chance.expovariate(1 / mean)))

    for home, demand in enumerate(scenario.demand):
        env.process(source(home, demand.per_day / 24, demand.stay.mean))
    env.run(until=hours)
    return len(waits)
