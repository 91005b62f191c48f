"""Policies are compared on the same patients, until the intervals are narrow enough."""

from __future__ import annotations

import math

import numpy as np
import pytest

from yipan.engine.simulate import Point, Stop, compare, simulate
from yipan.engine.simulate.patients import draw
from yipan.engine.simulate.tests.scenarios import even
from yipan.kernel.errors import InvalidInput


def test_pooling_shortens_waits_and_makes_outliers() -> None:
    """Without a penalty, patients wait less when every bed may be asked, and some of them lie elsewhere."""
    comparison = compare(even(), precision=0.2, stop=Stop(most=20))
    silo, pooled = comparison.outcomes
    change = comparison.differences[0]
    assert change.measures["wait"].high < 0
    assert silo.measures["outliers"].mean == 0 < pooled.measures["outliers"].low
    assert pooled.departments["D0"]["wait"].mean < silo.departments["D0"]["wait"].mean
    assert change.relative["wait"] == pytest.approx(pooled.measures["wait"].mean / silo.measures["wait"].mean - 1)


def test_both_policies_see_the_same_patients() -> None:
    """A policy compared with itself differs by nothing, and its interval is a point."""
    scenario = even(days=10)
    comparison = compare(scenario, ["pooled"], stop=Stop(least=2, most=2))
    again = simulate(scenario, option="pooled", replications=2)
    assert comparison.outcomes[0].samples == again.samples


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    """The patients of the first ten days are the same whether ten or twenty days are drawn."""
    scenario = even()
    short, long = (draw(scenario, hours, seed=3, replication=1) for hours in (240.0, 480.0))
    first = len(short.at)
    assert np.array_equal(short.at, long.at[:first])
    assert np.array_equal(short.stay, long.stay[:first])


def test_it_stops_when_the_intervals_are_narrow() -> None:
    """Width falls to 1 with the last replication, and no earlier one after the least was as narrow."""
    points: list[Point] = []
    comparison = compare(even(load=0.6), ["pooled"], precision=0.2, progress=points.append, stop=Stop(most=50))
    assert comparison.reason == "precision"
    assert points[-1].width <= 1 < min(point.width for point in points[5:-1])
    assert comparison.replications == points[-1].done < 50


def test_a_set_flag_ends_it_with_what_is_finished() -> None:
    """Cancelled during the third replication, three count."""
    stop = Stop(least=5, most=50)

    def cancel(point: Point) -> None:
        if point.done == 3:
            stop.cancelled.set()

    comparison = compare(even(days=5), precision=1e-9, progress=cancel, stop=stop)
    assert (comparison.reason, comparison.replications) == ("cancelled", 3)
    assert math.isfinite(comparison.outcomes[0].measures["wait"].half_width)


def test_a_policy_that_is_not_there_is_named() -> None:
    """The error names what was asked for and what there is."""
    with pytest.raises(InvalidInput, match="twin_wrong") as caught:
        compare(even(), ["sillo"])
    assert caught.value.params == {"path": "policies", "value": "sillo", "expected": "silo, pooled"}
