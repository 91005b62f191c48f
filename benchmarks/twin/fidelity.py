"""The twin under the full rules beside formulas that are exact."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.twin.plain import model, option
from yipan.engine.simulate import Exponential, Fixed, Interval, Lognormal, Scenario, Stay
from yipan.engine.simulate.intervals import interval
from yipan.engine.simulate.patients import draw
from yipan.engine.simulate.running import play_out
from yipan.engine.simulate.state import GAVE_UP, Run

BIN = 6.0
WARM_UP_DAYS, DAYS = 200.0, 20_000.0


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals lost in M/G/c/c (Erlang 1917)."""
    lost = 1.0
    for k in range(1, servers + 1):
        lost = load * lost / (k + load * lost)
    return lost


def erlang_c(servers: int, load: float) -> float:
    """Share of arrivals that wait in M/M/c."""
    lost = erlang_b(servers, load)
    return lost / (1 - load / servers * (1 - lost))


def run(replications: int) -> None:
    """Print each cell: formula, twin, its interval, relative error; and how many are within 1 % and inside."""
    print("| cell | formula | twin | 95 % interval | error | inside |")
    print("|---|---|---|---|---|---|")
    good = cells = 0
    for name, exact, measured in [cell for group in (lost(), waits(), census()) for cell in group(replications)]:
        error = measured.mean / exact - 1
        inside = measured.low <= exact <= measured.high
        cells, good = cells + 1, good + (inside and abs(error) <= 0.01)
        shown = f"{exact:.5g} | {measured.mean:.5g} | ± {measured.half_width:.2g} | {100 * error:+.2f} %"
        print(f"| {name} | {shown} | {'yes' if inside else 'no'} |", flush=True)
    print(f"\n{good} of {cells} cells within 1 % and inside the interval")


def lost() -> Callable[[int], list[tuple[str, float, Interval]]]:
    """Nobody waits: the share who go elsewhere."""

    def cells(replications: int) -> list[tuple[str, float, Interval]]:
        found = []
        for beds, load, stay in (
            (10, 0.9, Exponential(48.0)),
            (20, 0.95, Lognormal(48.0, 1.0)),
            (40, 1.0, Fixed(48.0)),
        ):
            scenario = _one_ward(beds, load, stay, patience=0.0)
            shares = _each(scenario, replications, lambda run, came: (run.fate.status[came] == GAVE_UP).mean())
            found.append((f"Erlang-B, {beds} beds, load {load}, {_shape(stay)}", erlang_b(beds, load * beds), shares))
        return found

    return cells


def waits() -> Callable[[int], list[tuple[str, float, Interval]]]:
    """Everybody waits: share who wait, mean wait, people who wait, and Little's law."""

    def cells(replications: int) -> list[tuple[str, float, Interval]]:
        found = []
        for beds, load in ((5, 0.7), (10, 0.8), (20, 0.85)):
            scenario = _one_ward(beds, load, Exponential(48.0))
            rate, share = load * beds / 48.0, erlang_c(beds, load * beds)
            wait = share * 48.0 / (beds * (1 - load))
            name = f"{beds} beds, load {load}"
            runs = _runs(scenario, replications)
            found.append((f"Erlang-C, {name}: share who wait", share, interval(runs[:, 0])))
            found.append((f"Erlang-C, {name}: mean wait, hours", wait, interval(runs[:, 1])))
            found.append((f"Little, {name}: people who wait", rate * wait, interval(runs[:, 2])))
            found.append((f"{name}: beds taken", load * beds, interval(runs[:, 3])))
        return found

    return cells


def census() -> Callable[[int], list[tuple[str, float, Interval]]]:
    """Beds enough for all: the census is Poisson, whatever the stays (M/G/infinity)."""

    def cells(replications: int) -> list[tuple[str, float, Interval]]:
        found = []
        for stay in (Exponential(36.0), Lognormal(36.0, 1.5), Fixed(36.0)):
            scenario = _one_ward(60, 0.4, stay)
            values = []
            for r in range(replications):
                run = _play(scenario, r)
                taken = run.area.beds[round(WARM_UP_DAYS * 24 / BIN) :, 0] / BIN
                values.append((taken.mean(), _share_above(run, 24)))
            means, above = np.array(values).T
            poisson = 1 - sum(math.exp(-24.0) * 24.0**k / math.factorial(k) for k in range(25))
            found.append((f"census of {_shape(stay)} stays: mean", 24.0, interval(means)))
            found.append((f"census of {_shape(stay)} stays: share of time above 24", poisson, interval(above)))
        return found

    return cells


def _share_above(run: Run, beds: int) -> float:
    """Share of the time with more than `beds` taken, from when people lay down and left."""
    placed = run.fate.placed[~np.isnan(run.fate.placed)]
    hours = np.concatenate((placed, run.fate.ends[~np.isnan(run.fate.placed)]))
    steps = np.concatenate((np.ones(len(placed)), -np.ones(len(placed))))
    order = np.argsort(hours, kind="stable")
    taken, hours = np.cumsum(steps[order]), hours[order]
    begin, end = WARM_UP_DAYS * 24, (WARM_UP_DAYS + DAYS) * 24
    spans = np.diff(np.clip(np.append(hours, end), begin, end))
    return float(spans[taken > beds].sum() / (end - begin))


def _shape(stay: Stay) -> str:
    return type(stay).__name__.lower()


def _one_ward(beds: int, load: float, stay: Stay, patience: float = math.inf) -> Scenario:
    options = (option("tiers", strategy="tiers"),)
    scenario = model(options, count=1, beds=beds, load=load, stay=stay, room_size=1, review=0.0, penalty=0.0)
    return replace(scenario, demand=tuple(replace(demand, patience=patience) for demand in scenario.demand))


def _play(scenario: Scenario, replication: int) -> Run:
    hours = (WARM_UP_DAYS + DAYS) * 24
    patients = draw(scenario, hours, seed=5, replication=replication)
    return play_out(scenario, scenario.options[0], patients, hours, BIN)


def _each(scenario: Scenario, replications: int, one: Callable[[Run, np.ndarray], float]) -> Interval:
    values = []
    for r in range(replications):
        run = _play(scenario, r)
        values.append(float(one(run, run.patients.at >= WARM_UP_DAYS * 24)))
    return interval(np.array(values))


def _runs(scenario: Scenario, replications: int) -> np.ndarray:
    """Share who wait, mean wait, mean number who wait, mean beds taken, of each replication."""
    rows = []
    first = round(WARM_UP_DAYS * 24 / BIN)
    for r in range(replications):
        run = _play(scenario, r)
        came = (run.patients.at >= WARM_UP_DAYS * 24) & ~np.isnan(run.fate.placed)
        wait = (run.fate.placed - run.patients.at)[came]
        rows.append(
            ((wait > 0).mean(), wait.mean(), run.area.waiting[first:].mean() / BIN, run.area.beds[first:].mean() / BIN)
        )
    return np.array(rows)
