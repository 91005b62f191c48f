"""The map never hides a site and never changes by itself."""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from yipan.base.network.models import Organisation, Site
from yipan.kernel.ids import new_id
from yipan.lines.beds.pages.network_map import GAP, HEIGHT, WIDTH, draw
from yipan.lines.beds.queries.tallies import Counts


def site(latitude: float | None, longitude: float | None, path: str = "0001.", name: str = "院区") -> Site:
    return Site(
        id=new_id(), name=name, latitude=latitude, longitude=longitude, organisation=Organisation(path=path, name=name)
    )


def with_beds(sites: list[Site], beds: int = 100, occupied: int = 90) -> dict[str, Counts]:
    return {str(s.id): Counts(beds=beds + i, occupied=occupied) for i, s in enumerate(sites)}


@pytest.mark.parametrize("together", [False, True])
def test_circles_stay_apart_and_inside(together):
    """Forty sites in one county, or at one address: no circle covers another, none leaves the drawing."""
    sites = [site(30 + (0 if together else i % 7 * 0.01), 110 + (0 if together else i // 7 * 0.01)) for i in range(40)]
    places = draw(sites, with_beds(sites)).places
    assert len(places) == 40
    for p in places:
        assert p.r <= p.x <= WIDTH - p.r
        assert p.r <= p.y <= HEIGHT - p.r
    overlaps = [p.r + q.r - math.hypot(p.x - q.x, p.y - q.y) for p, q in combinations(places, 2)]
    assert max(overlaps) < GAP


def test_north_is_up_and_scale_is_true():
    """A site further north is drawn higher; a degree of longitude is shorter than one of latitude."""
    south, north, east = site(30.0, 110.0), site(31.0, 110.0), site(30.0, 111.0)
    places = {p.site.id: p for p in draw([south, north, east], with_beds([south, north, east])).places}
    up = places[south.id].y - places[north.id].y
    right = places[east.id].x - places[south.id].x
    assert up > 0 < right
    assert right / up == pytest.approx(math.cos(math.radians(30.33)), abs=0.01)


def test_bigger_sites_have_bigger_circles_and_the_ring_shows_occupancy():
    """Area follows beds; the ring is full at 100 percent and hot from 95."""
    small, big = site(30, 110), site(31, 111)
    counts = {str(small.id): Counts(beds=10, occupied=5), str(big.id): Counts(beds=1000, occupied=960)}
    first, second = draw([small, big], counts).places
    assert (first.site, second.site) == (big, small)
    assert first.r > second.r
    assert (first.ring, first.hot, second.ring, second.hot) == (96.0, True, 50.0, False)


def test_same_network_same_map():
    """Drawing twice gives the same places."""
    sites = [site(30 + i * 0.001, 110) for i in range(12)]
    counts = with_beds(sites)
    assert [(p.x, p.y) for p in draw(sites, counts).places] == [(p.x, p.y) for p in draw(sites, counts).places]


def test_sites_without_coordinates_are_counted_not_lost():
    """What cannot be drawn is told; a network without any coordinates draws nothing."""
    here, nowhere, empty = site(30, 110), site(None, None), site(None, None)
    made = draw([here, nowhere, empty], with_beds([here, nowhere]))
    assert (len(made.places), made.unplaced) == (1, 1)
    assert not draw([], {}).places


def test_lines_lead_to_the_organisation_above():
    """A township's line goes to its hub, the hub's to the county hospital, and the biggest has none."""
    county = site(30, 110, "0001.0002.")
    hub = site(30.1, 110.1, "0001.0003.")
    town = site(30.2, 110.2, "0001.0003.0004.")
    counts = {str(county.id): Counts(beds=500), str(hub.id): Counts(beds=90), str(town.id): Counts(beds=30)}
    made = draw([county, hub, town], counts)
    at = {p.site.id: (p.x, p.y) for p in made.places}
    assert {(line[:2], line[2:]) for line in made.lines} == {
        (at[town.id], at[hub.id]),
        (at[hub.id], at[county.id]),
    }


def test_labels_cover_nothing():
    """Long names are left out rather than written over one another; the words on focus still have them."""
    sites = [site(30 + i * 0.002, 110 + i * 0.002, name="名字非常非常长的中心卫生院第二分院") for i in range(20)]
    places = draw(sites, with_beds(sites)).places
    labelled = [p for p in places if p.label]
    assert 0 < len(labelled) < 20
