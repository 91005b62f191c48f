"""Estimates of ways are plain, symmetric and grow with the distance."""

from __future__ import annotations

import pytest

from yipan.base.network import distance


def test_walks_count_doors_lifts_and_the_way_between_buildings():
    """The same floor is a minute, another floor a lift, another building five more minutes and two lifts."""
    assert distance.walk_minutes("A", 12, "A", 12) == 1.0
    assert distance.walk_minutes("A", 12, "A", 7) == pytest.approx(1 + 1.5 + 5 * 0.3)
    assert distance.walk_minutes("A", 1, "B", 1) == 6.0
    assert distance.walk_minutes("A", 6, "B", 3) == pytest.approx(6 + 1.5 + 5 * 0.3 + 1.5 + 2 * 0.3, abs=0.06)


def test_walks_are_as_long_back():
    """The rule does not depend on the direction."""
    assert distance.walk_minutes("A", 2, "B", 9) == distance.walk_minutes("B", 9, "A", 2)


def test_great_circle_agrees_with_a_known_distance():
    """Belfast to Derry is about 99 km as the crow flies."""
    assert distance.great_circle_km(54.597, -5.930, 54.997, -7.309) == pytest.approx(99.5, abs=1.0)
    assert distance.great_circle_km(54.597, -5.930, 54.597, -5.930) == 0


def test_roads_wind_and_start_slowly():
    """45 km at 45 km/h with a winding of 1.4 are 84 minutes, and three to start."""
    assert distance.road_minutes(45) == 87
    assert distance.road_minutes(45, winding=1.0, km_per_hour=90) == 33
