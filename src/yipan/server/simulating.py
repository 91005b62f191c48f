"""A comparison of policies and the person who waits for it, and what is written about it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from yipan.engine.simulate import Comparison, Interval, Outcome, Point, Scenario, Stop, compare
from yipan.engine.simulate.comparing import Here, Pool
from yipan.server.plans.attending import Look, attend
from yipan.server.speech import say


def run(
    scenario: Scenario,
    policies: Sequence[str] | None,
    stop: Stop,
    *,
    precision: float,
    processes: int,
    cluster: str | None,
    seed: int,
) -> Comparison:
    """`compare`, attended. Raises InvalidInput or Unavailable without Dask or without its scheduler."""
    points: list[Point] = []

    def look() -> Look | None:
        if not points or not points[-1].done:
            return None
        point = points[-1]
        if stop.cancelled.is_set():
            return Look(say("twin_stopping", done=point.done), point.done, point.most)
        width = "–" if math.isinf(point.width) else f"{point.width:.1f}"
        return Look(say("twin_progress", done=point.done, most=point.most, width=width), point.done, point.most)

    with _pool(processes, cluster) as pool:
        return attend(
            lambda: compare(
                scenario, policies, precision=precision, seed=seed, pool=pool, progress=points.append, stop=stop
            ),
            cancelled=stop.cancelled,
            preparing=say("twin_preparing"),
            look=look,
        )


def _pool(processes: int, cluster: str | None) -> AbstractContextManager[Pool]:
    from yipan.engine.simulate.fanout import Cluster, Processes

    if cluster is not None:
        return Cluster(cluster)
    return Processes(processes) if processes > 1 else nullcontext(Here())


def written(scenario: Scenario, comparison: Comparison) -> dict[str, Any]:
    """What goes into the file: plain dicts, lists and numbers; what is not known is null."""
    return {
        "scenario": scenario.name,
        "penalty": scenario.penalty,
        **summary(comparison),
        "policies": [_outcome(outcome) for outcome in comparison.outcomes],
        "differences": [
            {
                "policy": one.name,
                "against": one.against,
                "measures": _intervals(one.measures),
                "relative": {key: _number(value) for key, value in one.relative.items()},
            }
            for one in comparison.differences
        ],
    }


def summary(comparison: Comparison) -> dict[str, Any]:
    """How it was run, and the few figures that everybody asks for."""
    window = comparison.outcomes[0].window
    return {
        "seed": comparison.seed,
        "replications": comparison.replications,
        "reason": comparison.reason,
        "warm_up_days": window.begin / 24,
        "settled": window.settled,
        "days": (window.end - window.begin) / 24,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "policy": outcome.name,
        "measures": _intervals(outcome.measures),
        "departments": {name: _intervals(measures) for name, measures in outcome.departments.items()},
        "wards": {name: _intervals(measures) for name, measures in outcome.wards.items()},
        "bin_hours": outcome.window.bin_hours,
        "taken_beds": outcome.ribbon.round(3).tolist(),
    }


def _intervals(measures: Mapping[str, Interval]) -> dict[str, Any]:
    return {
        key: {"mean": _number(one.mean), "low": _number(one.low), "high": _number(one.high)}
        for key, one in measures.items()
    }


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
