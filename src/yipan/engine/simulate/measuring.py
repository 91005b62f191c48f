"""What is told of one replication: a few numbers for the whole network, each department and each ward."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.simulate.scenario import Scenario
from yipan.engine.simulate.state import GAVE_UP, Run

Floats = NDArray[np.float64]

MEASURES = (
    "wait",  # mean hours from arrival to the bed
    "wait_95",  # the 95th percentile
    "outliers",  # share of placed patients who lay outside their specialty at any time
    "occupancy",  # share of beds taken
    "queue",  # mean number of people who wait
    "moves",  # changes of bed for each patient, home again included
    "gave_up",  # share who went elsewhere
    "admitted",  # patients placed a day
    "stay",  # mean hours in beds of those who have left
)


class Sample(NamedTuple):
    """One replication of one policy."""

    measures: Floats
    """By MEASURES."""
    wait: Floats
    """(D,) by department that the patient came to; NaN without patients."""
    outliers: Floats
    """(D,)"""
    occupancy: Floats
    """(W,)"""
    series: Floats
    """(bins,) taken beds from the start of the run."""


def measure(scenario: Scenario, run: Run, begin: float, end: float, bin_hours: float) -> Sample:
    """The part of a run from `begin` to `end`: whoever arrived then, and the bins of that time.

    Somebody who has no bed at the end has waited until the end.
    """
    at, fate = run.patients.at, run.fate
    came = (at >= begin) & (at < end) & (run.patients.bed < 0)
    placed = came & ~np.isnan(fate.placed)
    waits = np.where(placed, fate.placed, end) - at
    counted = came & (fate.status != GAVE_UP)
    department = np.array([demand.need.department for demand in scenario.demand])[run.patients.kind]
    bins = slice(round(begin / bin_hours), max(round(end / bin_hours), round(begin / bin_hours) + 1))
    hours = (bins.stop - bins.start) * bin_hours
    beds = np.bincount(run.net.beds["ward"], minlength=len(run.net.wards))
    taken = run.area.beds[bins].sum(axis=0)
    gone = placed & (fate.ends <= end)
    patients = max(int(came.sum()), 1)
    measures = (
        _mean(waits[counted]),
        float(np.percentile(waits[counted], 95)) if counted.any() else np.nan,
        _mean(fate.ever_off[placed]),
        taken.sum() / (hours * beds.sum()),
        run.area.waiting[bins].sum() / hours,
        fate.moves[came].sum() / patients,
        (came & (fate.status == GAVE_UP)).sum() / patients,
        placed.sum() / ((end - begin) / 24),
        _mean((fate.ends - fate.placed)[gone]),
    )
    return Sample(
        np.array(measures, np.float64),
        _by(department[counted], waits[counted], len(scenario.departments)),
        _by(department[placed], fate.ever_off[placed], len(scenario.departments)),
        taken / (hours * np.maximum(beds, 1)),
        run.area.beds.sum(axis=1) / bin_hours,
    )


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if len(values) else np.nan


def _by(group: NDArray[np.int64], values: NDArray[np.generic], groups: int) -> Floats:
    count = np.bincount(group, minlength=groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.bincount(group, weights=values, minlength=groups) / count
