"""A quick way for the simplest rule: each department has one ward of beds that are all alike, and the first of its
patients who waits gets the first bed that is free.

It is no event loop and asks no policy. A ward under that rule is a queue with several servers, and the earliest of the
hours at which its beds are free again says when the next patient lies down (Kiefer and Wolfowitz 1955). Where the rule
holds, `play` gives each patient the same hours; the tests show it. For closed forms and very long runs,
not for policies. A bed that is being cleaned is promised to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.simulate.compiled import SOURCES, entry
from yipan.engine.simulate.patients import Stream, arrivals, stream
from yipan.engine.simulate.scenario import Scenario

Floats = NDArray[np.float64]


class Queue(NamedTuple):
    """What became of the patients of one ward: when they came, lay down (NaN: went elsewhere) and left."""

    at: Floats
    placed: Floats
    left: Floats


def applies(scenario: Scenario) -> bool:
    """Whether the simple rule is what the scenario's network says: one ward, one department, one kind of patient."""
    departments = [demand.need.department for demand in scenario.demand]
    one_kind = len(set(departments)) == len(departments)
    one_ward = len(np.unique(scenario.beds.wards["department"])) == len(scenario.wards)
    extras = scenario.closures or scenario.live or any(demand.move for demand in scenario.demand)
    patient = all(demand.patience in (0, np.inf) for demand in scenario.demand)
    return one_kind and one_ward and patient and not extras


def play_simple(scenario: Scenario, hours: float, *, seed: int, replication: int) -> Sequence[Queue]:
    """Each ward by itself, on the patients that `patients.draw` draws.

    Raises ValueError where the rule does not hold.
    """
    if not applies(scenario):
        raise ValueError("The simple rule needs one ward and one kind of patient for each department, and no more.")
    queues = []
    for kind, demand in enumerate(scenario.demand):
        at = arrivals(scenario, kind, hours, seed=seed, replication=replication)
        stay = demand.stay.quantile(stream(seed, replication, kind, Stream.STAY).random(len(at)))
        ward = int(np.flatnonzero(scenario.beds.wards["department"] == demand.need.department)[0])
        beds = int((scenario.beds.beds["ward"] == ward).sum())
        own = int(scenario.beds.wards["turnover"][ward])
        turnover = own / 60 if own >= 0 else scenario.cleaning
        placed = np.empty(len(at))
        serve(at, stay, np.zeros(beds), turnover, demand.patience <= 0, placed)
        queues.append(Queue(at, placed, placed + stay))
    return queues


def _make_serve(sources: int):  # type: ignore[no-untyped-def]
    @entry
    def serve(at, stay, free, turnover, loses, placed):  # type: ignore[no-untyped-def]
        """Fill `placed`; `free` (beds,) is the heap of hours at which the beds are free, the earliest first."""
        beds = free.shape[0] if sources else 0
        for p in range(at.shape[0]):
            start = max(at[p], free[0])
            if loses and start > at[p]:
                placed[p] = np.nan
                continue
            placed[p] = start
            again, i = start + stay[p] + turnover, 0
            while True:
                down = 2 * i + 1
                if down >= beds:
                    break
                if down + 1 < beds and free[down + 1] < free[down]:
                    down += 1
                if again <= free[down]:
                    break
                free[i] = free[down]
                i = down
            free[i] = again

    return serve


serve = _make_serve(SOURCES)
