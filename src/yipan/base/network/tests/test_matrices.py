"""Matrices of ways agree with the ways asked one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from yipan.base.network import importing, queries
from yipan.base.network.matrices import road_matrix, walk_matrix
from yipan.base.network.models import Site, Walk, Ward
from yipan.base.network.tests.sample import NETWORK, Editor


@pytest.mark.django_db
def test_estimated_roads_agree_with_single_ones():
    """Sites with coordinates and without a measured road get the estimate of `queries.drive`, to the minute."""
    importing.import_network(NETWORK, actor=Editor())
    owner = Site.objects.get(code="S1").organisation
    for number in range(12):
        at = {"latitude": 27 + number * 0.137, "longitude": 111 - number * 0.211}
        Site.objects.create(code=f"X{number}", name="点", organisation=owner, **at)
    sites = list(Site.objects.exclude(code="S2"))
    road = road_matrix([s.pk for s in sites])
    assert road.tolist() == [[queries.drive(one, other).minutes for other in sites] for one in sites]


@pytest.mark.django_db
def test_matrices_agree_with_single_ways():
    """Each entry is the way that `queries.travel` and `queries.drive` tell, infinite where there is none."""
    importing.import_network(NETWORK, actor=Editor())
    Walk.objects.create(from_ward=Ward.objects.get(code="NSU1"), to_ward=Ward.objects.get(code="NEU1"), minutes=6)
    wards, sites = list(Ward.objects.select_related("site")), list(Site.objects.all())
    walk, road = walk_matrix([w.pk for w in wards]), road_matrix([s.pk for s in sites])
    for (i, one), (j, other) in product(enumerate(wards), enumerate(wards)):
        way = queries.travel(one, other)
        assert walk[i, j] == pytest.approx(way.minutes if way.by == "walk" else np.inf)
    for (i, one), (j, other) in product(enumerate(sites), enumerate(sites)):
        minutes = queries.drive(one, other).minutes
        assert road[i, j] == (np.inf if minutes is None else minutes)
