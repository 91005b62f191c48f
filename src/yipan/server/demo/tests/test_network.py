"""The demo network is large, plausible, always the same, and valid."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from yipan.base.network import exporting, files, importing, validate
from yipan.base.network.changes import compare
from yipan.base.network.models import Bed, Organisation
from yipan.base.network.tests.sample import Editor
from yipan.server.demo import network

BUILT = network.build()


def below(root: str) -> set[str]:
    """Codes of sites in the subtree of an organisation."""
    found = {root}
    for organisation in BUILT.organisations * 5:
        if organisation.parent in found:
            found.add(organisation.code)
    return {site.code for site in BUILT.sites if site.organisation in found}


def beds_of(root: str) -> int:
    wards = {ward.code for ward in BUILT.wards if ward.site in below(root)}
    return sum(bed.ward in wards for bed in BUILT.beds)


def test_it_has_the_size_of_a_city_and_its_county():
    """About 2,000 beds in the city hospital, about 4,000 together; 1+2+9+17 places and 150 villages in the county."""
    kinds = Counter(o.kind for o in BUILT.organisations)
    assert kinds == {
        "group": 2,
        "partner": 1,
        "tertiary_hospital": 1,
        "general_hospital": 1,
        "leading_hospital": 2,
        "hub": 9,
        "township_centre": 17,
        "village_clinic": 150,
    }
    assert 1950 <= beds_of("YJ1") <= 2100
    assert 3950 <= len(BUILT.beds) <= 4150
    assert beds_of("NYD1") == 0
    assert sum(ward.site.startswith("YJ1-") for ward in BUILT.wards) in range(45, 54)


def test_it_is_valid_and_always_the_same():
    """The validator finds nothing, and a second build is the same to the byte."""
    assert validate.check(exporting.to_raw(BUILT)) == BUILT
    network.plan.cache_clear()
    network.similarities.cache_clear()
    assert exporting.to_zip(network.build()) == exporting.to_zip(BUILT)


def test_everything_has_a_chinese_and_an_english_name():
    """No name is left out, none is given twice among places, and English names hold no Chinese."""
    for table in ("organisations", "sites", "specialties", "departments", "wards"):
        for row in BUILT.table(table):
            assert row.name
            assert row.name_en.isascii()
            assert row.name_en
    assert max(Counter(o.name for o in BUILT.organisations).values()) == 1
    assert max(Counter(o.name_en for o in BUILT.organisations).values()) == 1


def test_neurology_s_first_ally_is_neurosurgery():
    """The alliances of the pages' example are there, ranked."""
    allies = {(a.department, a.rank): a.ally for a in BUILT.alliances}
    assert [allies["YJ1-NEU", rank] for rank in (1, 2, 3)] == ["YJ1-NSU", "YJ1-REH", "YJ1-GER"]
    assert allies["YJ1-CAR", 1] == "YJ1-CVS"
    assert allies["QS1-NEU", 1] == "QS1-NSU"


def test_similarity_is_the_same_both_ways():
    """The table holds each pair in both directions."""
    pairs = {(s.specialty, s.other): s.similarity for s in BUILT.similarities}
    assert all(pairs[other, one] == value for (one, other), value in pairs.items())


def test_a_bridge_shortens_the_walk():
    """Neurology and neurosurgery on the same storey are nearer by the bridge than by the street."""
    walks = {(w.from_ward, w.to_ward): w.minutes for w in BUILT.walks}
    assert walks["YJ1-NEU1", "YJ1-NSU1"] < 11
    assert walks["YJ1-NEU1", "YJ1-NSU1"] == walks["YJ1-NSU1", "YJ1-NEU1"]
    assert walks["YJ1-NEU1", "YJ1-NEU2"] < 4


def test_roads_reach_every_village():
    """Every village has a road to the county hospital and to the city, of a hilly county's length."""
    roads = {(r.from_site, r.to_site): r.minutes for r in BUILT.roads}
    villages = [s.code for s in BUILT.sites if s.code.startswith("QSV")]
    assert all(5 <= roads[village, "QS1"] < 180 and roads[village, "YJ1-A"] > 30 for village in villages)


def test_special_rooms_and_equipment_are_there():
    """Intensive beds have ventilators, infectious wards negative-pressure rooms, newborns their cots."""
    rooms = {(r.ward, r.label): r for r in BUILT.rooms}
    intensive = [b for b in BUILT.beds if b.level_of_care == "intensive"]
    assert len(intensive) >= 80
    assert all(b.monitor and b.ventilator and b.oxygen for b in intensive)
    assert {"none", "contact", "droplet", "airborne", "protective"} == {r.isolation for r in BUILT.rooms}
    assert {rooms[b.ward, b.room].age_max for b in BUILT.beds if b.ward == "YJ1-NEO1"} == {0}
    assert {rooms[b.ward, b.room].sex_policy for b in BUILT.beds if b.ward == "YJ1-OBS1"} == {"female"}
    policies = Counter(r.sex_policy for r in BUILT.rooms)
    assert policies["same"] > sum(policies.values()) / 2


def test_the_guide_s_example_fits_the_demo():
    """The two beds in the guide are beds of the demo, and the example imports as it stands there."""
    guide = Path(__file__).parents[5] / "docs" / "guides" / "describe-your-network.md"
    (example,) = re.findall(r"```csv\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    network = validate.check(files.read_bytes("beds.csv", example.encode()), BUILT)
    changes = compare(BUILT, network).table("beds")
    assert [(change.after.code, change.columns) for change in changes.changed] == [
        ("YJ1-NEU1-01", ("label",)),
        ("YJ1-NEU1-02", ("label",)),
    ]


@pytest.mark.django_db
def test_it_loads_through_the_importer():
    """The importer takes it whole, and a second time it changes nothing."""
    assert importing.import_network(BUILT, actor=Editor())
    assert Bed.objects.count() == len(BUILT.beds)
    assert Organisation.objects.get(code="QSV001").path.startswith(Organisation.objects.get(code="QS").path)
    assert not importing.import_network(BUILT, actor=Editor())
