"""The real network of Northern Ireland imports, with its beds and how full they were."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from pathlib import Path

import pytest

from yipan.base.network import importing, validate
from yipan.base.network.adapters import northern_ireland as ni
from yipan.base.network.exporting import to_raw
from yipan.base.network.models import Bed, Organisation, Site, Specialty
from yipan.base.network.problems import InvalidFile
from yipan.base.network.tests.sample import Editor
from yipan.kernel.errors import InvalidInput

DATA = Path(os.environ.get("YIPAN_DATA", Path(__file__).parents[7] / "shared" / "data"))
TABLE = DATA / "ni" / "hospital_specialty_beds.csv"
real = pytest.mark.skipif(not TABLE.exists(), reason=f"no {TABLE}: set YIPAN_DATA")

HEADER = ",".join((*ni.WORDS, *ni.NUMBERS)) + "\n"


def table(*lines: str) -> bytes:
    return (HEADER + "\n".join(lines) + "\n").encode()


@pytest.fixture(scope="module")
def converted() -> ni.NorthernIreland:
    return ni.load(TABLE)


@pytest.fixture(scope="module")
def newest() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    quarter = max(row["date"] for row in rows)
    return [row for row in rows if row["date"] == quarter]


@real
def test_34_hospitals_and_47_specialties(converted):
    """Hospitals of at least ten beds and all specialties of the newest quarter are there, each with a place."""
    network = converted.network
    assert (len(network.sites), len(network.specialties)) == (34, 47)
    assert {o.code for o in network.organisations} == {"HSCNI", *ni.TRUSTS}
    assert all(54 < site.latitude < 55.4 and -8.2 < site.longitude < -5.4 for site in network.sites)


@real
def test_beds_add_up_to_the_rounded_totals(converted, newest):
    """Every hospital has its rounded total, every department its beds to within one, and hardly any bed is left out."""
    expected: dict[str, float] = defaultdict(float)
    for row in newest:
        expected[row["hospital"]] += float(row["average_available_beds"])
    departments = {d.code: d for d in converted.network.departments}
    names = {site.code: site.name for site in converted.network.sites}
    beds: dict[str, int] = defaultdict(int)
    for bed in converted.network.beds:
        beds[names[departments[bed.department].site]] += 1
    for hospital, count in beds.items():
        assert abs(count - expected[hospital]) <= 0.5 + 1e-9
    assert sum(converted.left_out.values()) + sum(beds.values()) == pytest.approx(sum(expected.values()), abs=17)
    assert len(converted.left_out) + len(beds) == len(expected)
    for row in converted.occupancy:
        assert abs(row.beds - row.average_available_beds) < 1


@real
def test_wards_hold_at_most_thirty_beds(converted):
    """Beds stand in wards of at most 30, in the department's own one where it has eight and more."""
    network = converted.network
    wards = {w.code: w for w in network.wards}
    by_ward: dict[str, set[str]] = defaultdict(set)
    count: dict[str, int] = defaultdict(int)
    for bed in network.beds:
        by_ward[bed.ward].add(bed.department)
        count[bed.ward] += 1
    assert set(count) == set(wards)
    assert max(count.values()) <= 30
    large = {row.department for row in converted.occupancy if row.beds >= 8}
    assert not [w for w, departments in by_ward.items() if len(departments) > 1 and departments & large]


@real
def test_the_rows_are_a_valid_network(converted):
    """The validator finds nothing, and nothing is said of nurses or ways that the table does not tell."""
    assert validate.check(to_raw(converted.network)) == converted.network
    assert {"competences", "walks", "roads", "alliances"}.isdisjoint(converted.network.given)


@real
@pytest.mark.django_db
def test_it_imports(converted):
    """The whole real network is in the database after one import."""
    importing.import_network(converted.network, actor=Editor())
    assert (Site.objects.count(), Specialty.objects.count()) == (34, 47)
    assert Bed.objects.count() == len(converted.network.beds)
    royal = Site.objects.get(code="RVH")
    assert royal.organisation == Organisation.objects.get(code="BHSCT")


@real
def test_occupancy_is_the_table_s(converted, newest):
    """Each department carries the occupied beds, bed-days and inpatients of its row, also as CSV."""
    rows = list(csv.DictReader(ni.occupancy_csv(converted.occupancy).splitlines()))
    (urology,) = [row for row in rows if row["department"] == "BCH-101"]
    (source,) = [r for r in newest if (r["hospital"], r["specialty"]) == ("Belfast City", "Urology")]
    assert float(urology["average_occupied_beds"]) == float(source["average_occupied_beds"])
    assert float(urology["occupied_bed_days"]) == float(source["total_occupied_beds"])
    assert float(urology["inpatients"]) == float(source["total_inpatients"])
    assert urology["quarter"] == converted.quarter


def test_beds_are_rounded_by_largest_remainder():
    """A hospital of 10.4 + 0.3 + 0.3 beds gets 11 beds, the missing one where most was cut off."""
    data = table(
        "2023-12-31,BHSCT,Antrim,Acute Services,Urology,10.4,9,1,1",
        "2023-12-31,BHSCT,Antrim,Acute Services,Neurology,0.3,0,1,1",
        "2023-12-31,BHSCT,Antrim,Acute Services,Cardiology,0.3,0,1,1",
        "2022-12-31,BHSCT,Antrim,Acute Services,Cardiology,99,0,1,1",
    )
    assert [(o.department, o.beds) for o in ni.convert("t.csv", data).occupancy] == [
        ("ANT-320", 0),
        ("ANT-400", 0),
        ("ANT-101", 11),
    ]


def test_a_hospital_we_do_not_know_has_no_coordinates():
    """An unknown hospital or specialty gets a code of its name, and no place is invented."""
    data = table("2024-03-31,XHSCT,New Hospital,Acute Services,Space Medicine,12,6,1,1")
    network = ni.convert("t.csv", data).network
    assert [(s.code, s.latitude) for s in network.sites] == [("NEW-HOSPITAL", None)]
    assert [s.code for s in network.specialties] == ["SPACE-MEDICINE"]
    assert validate.check(to_raw(network)) == network


@pytest.mark.parametrize(
    ("data", "row", "column", "code"),
    [
        (b"date,hospital\n", 1, "trust18_code", "network_column_missing"),
        (
            table("2023-12-31,BHSCT,Antrim,Acute,Urology,many,9,1,1"),
            2,
            "average_available_beds",
            "network_number_needed",
        ),
        (table("2023-12-31,BHSCT,,Acute,Urology,1,9,1,1"), 2, "hospital", "network_value_missing"),
        (HEADER.encode(), 1, "", "network_nothing_found"),
        (b"\xff\xff\xff", 0, "", "network_encoding"),
    ],
)
def test_another_table_is_refused(data, row, column, code):
    """What is not this table is refused with the place of the first fault."""
    with pytest.raises(InvalidFile) as refused:
        ni.convert("t.csv", data)
    first = refused.value.problems[0]
    assert (first.file, first.row, first.column, first.code) == ("t.csv", row, column, code)


def test_a_missing_file_is_one_sentence(tmp_path):
    """A path that does not exist is an error for the person, not a traceback."""
    with pytest.raises(InvalidInput):
        ni.load(tmp_path / "nowhere.csv")
