"""Estimates of minutes on foot and by road, for pairs that nobody has measured. Pure.

The defaults are plain assumptions (documented in docs/guides/describe-your-network.md): measured times in `walks` and
`roads` always come first.
"""

from __future__ import annotations

import math

DOOR_MINUTES = 1.0
LIFT_MINUTES = 1.5
FLOOR_MINUTES = 0.3
BUILDING_MINUTES = 5.0
EARTH_KM = 6371.0
WINDING = 1.4
ROAD_KM_PER_HOUR = 45.0
START_MINUTES = 3.0


def lift(floor: int, other: int) -> float:
    """Minutes between two floors of a building; 0 on the same floor."""
    return 0.0 if floor == other else LIFT_MINUTES + FLOOR_MINUTES * abs(floor - other)


def walk_minutes(building: str, floor: int, other_building: str, other_floor: int) -> float:
    """Minutes on foot between two wards of one site: door to door, lifts, and the way between buildings outside."""
    if building == other_building:
        return round(DOOR_MINUTES + lift(floor, other_floor), 1)
    return round(DOOR_MINUTES + BUILDING_MINUTES + lift(floor, 1) + lift(1, other_floor), 1)


def great_circle_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Kilometres over the ground between two points in degrees (haversine formula)."""
    one, other = math.radians(latitude), math.radians(other_latitude)
    half_north = math.sin((other - one) / 2) ** 2
    half_east = math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half_north + math.cos(one) * math.cos(other) * half_east)))


def road_minutes(km: float, *, winding: float = WINDING, km_per_hour: float = ROAD_KM_PER_HOUR) -> float:
    """Minutes by car for a straight distance, in whole minutes: roads are longer by `winding`, and a car must start."""
    return float(round(START_MINUTES + km * winding / km_per_hour * 60))
