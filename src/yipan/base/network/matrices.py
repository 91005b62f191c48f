"""All ways at once: minutes on foot between wards and by road between sites, as matrices for placement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from yipan.base.network.distance import EARTH_KM, ROAD_KM_PER_HOUR, START_MINUTES, WINDING, walk_minutes
from yipan.base.network.models import Road, Site, Walk, Ward


def walk_matrix(ward_ids: Sequence[UUID]) -> NDArray[np.float32]:
    """Minutes on foot, shape (W, W), row to column; infinite between sites. Measured walks come before estimates."""
    place = {w: i for i, w in enumerate(ward_ids)}
    out = np.full((len(ward_ids), len(ward_ids)), np.inf, np.float32)
    by_site: dict[UUID, list[tuple[int, str, int]]] = defaultdict(list)
    for ward_id, site_id, building, floor in Ward.objects.values_list("id", "site_id", "building", "floor"):
        if ward_id in place:
            by_site[site_id].append((place[ward_id], building, floor))
    for wards in by_site.values():
        for i, building, floor in wards:
            for j, other_building, other_floor in wards:
                out[i, j] = 0.0 if i == j else walk_minutes(building, floor, other_building, other_floor)
    rows = Walk.objects.values_list("from_ward_id", "to_ward_id", "minutes")
    _measured(out, [(place[a], place[b], m) for a, b, m in rows if a in place and b in place])
    return out


def road_matrix(site_ids: Sequence[UUID]) -> NDArray[np.float64]:
    """Minutes by road, shape (L, L); infinite where a site has no coordinates and nobody has measured."""
    place = {s: i for i, s in enumerate(site_ids)}
    out = np.full((len(site_ids), len(site_ids)), np.inf)
    np.fill_diagonal(out, 0.0)
    known = [
        (place[i], lat, lon)
        for i, lat, lon in Site.objects.values_list("id", "latitude", "longitude")
        if i in place and lat is not None and lon is not None
    ]
    if known:
        at, latitudes, longitudes = (np.array(column) for column in zip(*known, strict=True))
        estimates = _estimated_roads(np.radians(latitudes), np.radians(longitudes))
        np.fill_diagonal(estimates, 0.0)
        out[np.ix_(at, at)] = estimates
    rows = Road.objects.values_list("from_site_id", "to_site_id", "minutes")
    _measured(out, [(place[a], place[b], m) for a, b, m in rows if a in place and b in place])
    return out


def _estimated_roads(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """`distance.road_minutes` of `distance.great_circle_km` for all pairs of points in radians, shape (N, N)."""
    north, east = latitude[:, None] - latitude, longitude[:, None] - longitude
    half = np.sin(north / 2) ** 2 + np.cos(latitude)[:, None] * np.cos(latitude) * np.sin(east / 2) ** 2
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, half)))
    return np.rint(START_MINUTES + km * WINDING / ROAD_KM_PER_HOUR * 60)


def _measured(out: NDArray[np.floating], rows: list[tuple[int, int, float]]) -> None:
    """A measured way counts in both directions unless the way back was measured too."""
    for a, b, minutes in rows:
        out[b, a] = minutes
    for a, b, minutes in rows:
        out[a, b] = minutes
