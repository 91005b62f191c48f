"""Alliances, competences, similarities, walks and roads: a number for each partner."""

from __future__ import annotations

import pytest
from django.urls import reverse

from yipan.base.network.models import (
    Alliance,
    Department,
    Organisation,
    Road,
    Site,
    SpecialtySimilarity,
    Walk,
    Ward,
    WardCompetence,
)

pytestmark = pytest.mark.django_db


def page_of(name: str, model: type, **which) -> str:
    return reverse(f"network:{name}", args=[model.objects.get(**which).pk])


def allies_of(code: str) -> list[tuple[str, int]]:
    rows = Alliance.objects.filter(department__code=code).order_by("rank")
    return [(row.ally.code, row.rank) for row in rows]


def test_allies_are_put_in_another_order(manager):
    """Two ranks are swapped in one form."""
    address = page_of("department", Department, code="NEU")
    form = {"table": "alliances", "v-NSU": "2", "v-NEU2": "1", "ally": "", "rank": "3"}
    assert manager.post(address, form).status_code == 302
    assert allies_of("NEU") == [("NEU2", 1), ("NSU", 2)]


def test_an_ally_is_added_and_one_is_removed(manager):
    """An emptied number ends an alliance, a chosen department begins one."""
    address = page_of("department", Department, code="NSU")
    form = {"table": "alliances", "v-NEU": "", "ally": "NEU2", "rank": "1"}
    assert manager.post(address, form).status_code == 302
    assert allies_of("NSU") == [("NEU2", 1)]


def test_a_rank_twice_is_refused_and_nothing_is_changed(manager):
    """Also what the same form removed is there again."""
    address = page_of("department", Department, code="NEU")
    response = manager.post(address, {"table": "alliances", "v-NSU": "2", "v-NEU2": "2"})
    assert response.status_code == 422
    assert "has this rank twice" in response.content.decode()
    assert allies_of("NEU") == [("NSU", 1), ("NEU2", 2)]


def test_an_ally_out_of_sight_cannot_be_chosen(stored, browser):
    """A forged choice of a department elsewhere is ignored."""
    other = Organisation.objects.create(code="K", name="外", kind="partner")
    site = Site.objects.create(code="K1", name="外", organisation=other)
    specialty = Department.objects.get(code="NEU").specialty
    Department.objects.create(code="K-NEU", name="外", site=site, specialty=specialty)
    manager = browser("manager", "G")
    form = {"table": "alliances", "v-NSU": "1", "v-NEU2": "2", "ally": "K-NEU", "rank": "3"}
    manager.post(page_of("department", Department, code="NEU"), form)
    assert allies_of("NEU") == [("NSU", 1), ("NEU2", 2)]


def test_competences_are_added_changed_and_removed(manager):
    """Each specialty has a number; more nurses than there are is refused."""
    address = page_of("competences", Ward, code="NEU1")
    assert manager.post(address, {"v-03.03": "", "v-04.02": "7"}).status_code == 302
    rows = WardCompetence.objects.filter(ward__code="NEU1").values_list("specialty", "nurses_qualified")
    assert list(rows) == [("04.02", 7)]
    response = manager.post(address, {"v-04.02": "19"})
    assert response.status_code == 422
    assert "More nurses are qualified than the ward has (18)." in response.content.decode()


def test_measured_ways_replace_estimates(manager):
    """A walk and a road are written, changed and taken back."""
    walks, roads = page_of("walks", Ward, code="NSU1"), page_of("roads", Site, code="S2")
    assert manager.post(walks, {"v-NEU1": "5.5"}).status_code == 302
    assert Walk.objects.get(from_ward__code="NSU1", to_ward__code="NEU1").minutes == 5.5
    assert manager.post(roads, {"v-S1": "40"}).status_code == 302
    assert Road.objects.get(from_site__code="S2").minutes == 40
    assert manager.post(roads, {"v-S1": ""}).status_code == 302
    assert not Road.objects.filter(from_site__code="S2").exists()
    assert manager.post(walks, {"v-NEU1": "-1"}).status_code == 422


def test_similarities_concern_the_whole_network(stored, browser):
    """A manager of everything changes them; a manager of one hospital may not."""
    address = reverse("network:specialty", args=["03.03"])
    assert browser("manager", "H").post(address, {"v-04.02": "0.5"}).status_code == 403
    assert SpecialtySimilarity.objects.get(specialty="03.03").similarity == 0.75
    assert browser("manager", "G").post(address, {"v-04.02": "0.5"}).status_code == 302
    assert SpecialtySimilarity.objects.get(specialty="03.03").similarity == 0.5
    assert browser("manager", "G").get(reverse("network:specialty", args=["99"])).status_code == 404
