"""One replication, and several of one policy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yipan.engine.simulate.intervals import Interval, interval, mser5
from yipan.engine.simulate.measuring import MEASURES, Sample, measure
from yipan.engine.simulate.patients import Patients, draw
from yipan.engine.simulate.scenario import Option, Scenario
from yipan.engine.simulate.state import Run, prepare
from yipan.kernel.errors import InvalidInput

FINE_HOURS, COARSE_HOURS = 1.0, 6.0
FINE_DAYS = 60.0
PILOTS = 5
FIRST_PILOT = 1_000_000
"""Pilot replications have numbers of their own, so that no patient is used to choose the cut and counted too."""


@dataclass(frozen=True)
class Window:
    """Which part of a run counts, in hours; `settled` is whether the warm-up was found within what was simulated."""

    begin: float
    end: float
    bin_hours: float
    settled: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What a policy does, over all replications. Shares are 0..1, times are hours (`measuring.MEASURES`)."""

    name: str
    window: Window
    measures: Mapping[str, Interval]
    departments: Mapping[str, Mapping[str, Interval]]
    """Of each department: wait, outliers."""
    wards: Mapping[str, Mapping[str, Interval]]
    """Of each ward: occupancy."""
    ribbon: NDArray[np.float64]
    """(bins, 3) taken beds of the whole network from the start of the run: 10 %, median, 90 % of the replications."""
    samples: Mapping[str, tuple[float, ...]]
    """Each measure by replication; the same place is the same patients for every policy."""


def simulate(scenario: Scenario, *, option: str | None = None, seed: int = 1, replications: int = 10) -> Outcome:
    """Run one policy of the scenario, without a name the first, so many times.

    Raises InvalidInput for a policy that is not there.
    """
    chosen = named(scenario, option) if option is not None else scenario.options[0]
    alone = replace(scenario, options=(chosen,))
    window = find_window(alone, seed=seed)
    samples = [replicate(alone, window, seed=seed, replication=r)[0] for r in range(replications)]
    return outcome(scenario, chosen.name, window, samples)


def named(scenario: Scenario, name: str) -> Option:
    """The policy of that name."""
    for option in scenario.options:
        if option.name == name:
            return option
    raise InvalidInput(
        "twin_wrong", path="policies", value=name, expected=", ".join(option.name for option in scenario.options)
    )


def play_out(scenario: Scenario, option: Option, patients: Patients, hours: float, bin_hours: float) -> Run:
    """Run a policy on these patients to the end."""
    from yipan.engine.simulate.loop import begin, play

    run = prepare(scenario, option, patients, hours, bin_hours)
    play(run, begin(run), hours)
    return run


def replicate(scenario: Scenario, window: Window, *, seed: int, replication: int) -> list[Sample]:
    """Every policy on the same patients."""
    patients = draw(scenario, window.end, seed=seed, replication=replication)
    samples = []
    for option in scenario.options:
        run = play_out(scenario, option, patients, window.end, window.bin_hours)
        samples.append(measure(scenario, run, window.begin, window.end, window.bin_hours))
    return samples


def find_window(scenario: Scenario, *, seed: int) -> Window:
    """Which part of the runs counts: all of it from a live start; else after the warm-up that was asked for, or after
    the longest that MSER-5 finds for any of the policies in pilot runs."""
    hours = scenario.days * 24
    bin_hours = FINE_HOURS if scenario.days <= FINE_DAYS else COARSE_HOURS
    if scenario.live:
        return Window(0.0, hours, bin_hours)
    if scenario.warm_up is not None:
        cut = _whole(scenario.warm_up * 24, bin_hours)
        return Window(cut, cut + hours, bin_hours)
    longest = max(demand.stay.mean for demand in scenario.demand)
    allowed = _whole(max(30 * 24.0, 8 * longest), bin_hours)
    total, cut, settled = allowed + hours, 0.0, True
    drawn = [draw(scenario, total, seed=seed, replication=FIRST_PILOT + k) for k in range(PILOTS)]
    for option in scenario.options:
        runs = [play_out(scenario, option, patients, total, bin_hours) for patients in drawn]
        people = np.mean([(run.area.beds.sum(axis=1) + run.area.waiting) / bin_hours for run in runs], axis=0)
        bins, found = mser5(people)
        cut, settled = max(cut, bins * bin_hours), settled and found
    cut = min(cut, allowed)
    return Window(cut, cut + hours, bin_hours, settled)


def _whole(hours: float, bin_hours: float) -> float:
    return math.ceil(hours / bin_hours) * bin_hours


def outcome(scenario: Scenario, name: str, window: Window, samples: Sequence[Sample]) -> Outcome:
    """The samples of a policy, summed up."""
    measures = np.array([sample.measures for sample in samples])
    waits, outliers = np.array([s.wait for s in samples]), np.array([s.outliers for s in samples])
    occupancy, series = np.array([s.occupancy for s in samples]), np.array([s.series for s in samples])
    return Outcome(
        name=name,
        window=window,
        measures={key: interval(measures[:, k]) for k, key in enumerate(MEASURES)},
        departments={
            department: {"wait": interval(waits[:, d]), "outliers": interval(outliers[:, d])}
            for d, department in enumerate(scenario.departments)
        },
        wards={ward: {"occupancy": interval(occupancy[:, w])} for w, ward in enumerate(scenario.wards)},
        ribbon=np.percentile(series, (10, 50, 90), axis=0).T,
        samples={key: tuple(measures[:, k].tolist()) for k, key in enumerate(MEASURES)},
    )
