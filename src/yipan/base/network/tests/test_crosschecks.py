"""Rules between rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yipan.base.network.crosschecks import Suggestions
from yipan.base.network.rows import AllianceRow, OrganisationRow, RoadRow, SimilarityRow, WalkRow
from yipan.base.network.tests.sample import NETWORK
from yipan.base.network.tests.test_validate import problems_of


def test_an_organisation_is_never_above_itself():
    """A cycle is reported once, at the row that closes it."""
    ring = replace(
        NETWORK,
        organisations=(
            *NETWORK.organisations,
            OrganisationRow("A", "甲", "", "hub", "C"),
            OrganisationRow("B", "乙", "", "hub", "A"),
            OrganisationRow("C", "丙", "", "hub", "B"),
        ),
    )
    assert problems_of(ring) == [("organisations.csv", 4, "parent", "network_cycle")]


@pytest.mark.parametrize(
    ("table", "row", "changes", "column", "code"),
    [
        ("sites", 0, {"latitude": None}, "latitude", "network_coordinate_half"),
        ("wards", 0, {"department": "NEU2"}, "department", "network_other_site"),
        ("beds", 0, {"department": "NEU2"}, "department", "network_other_site"),
        ("beds", 0, {"room": "999"}, "room", "network_room_unknown"),
        ("rooms", 1, {"age_min": 99, "age_max": 18}, "age_max", "network_ages_order"),
        ("competences", 0, {"nurses_qualified": 19}, "nurses_qualified", "network_nurses_too_many"),
        ("beds", 1, {"label": "01"}, "label", "network_bed_label_twice"),
        ("beds", 2, {"label": "01"}, "label", "network_bed_label_twice"),
        ("alliances", 1, {"rank": 1}, "rank", "network_rank_twice"),
    ],
)
def test_a_breach_is_named_at_its_cell(table, row, changes, column, code):
    """Each rule finds its breach and nothing else."""
    rows = list(NETWORK.table(table))
    rows[row] = replace(rows[row], **changes)
    assert problems_of(replace(NETWORK, **{table: tuple(rows)})) == [(f"{table}.csv", row + 2, column, code)]


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("alliances", AllianceRow("NEU", "NEU", 3), "ally"),
        ("similarities", SimilarityRow("03.03", "03.03", 0.5), "other"),
        ("walks", WalkRow("NEU1", "NEU1", 1.0), "to_ward"),
        ("roads", RoadRow("S1", "S1", 1.0), "to_site"),
    ],
)
def test_nothing_is_allied_or_leads_to_itself(table, row, column):
    """The two ends of a row differ."""
    network = replace(NETWORK, **{table: (*NETWORK.table(table), row)})
    assert problems_of(network) == [(f"{table}.csv", len(NETWORK.table(table)) + 2, column, "network_same_twice")]


def test_suggestions_stop_after_the_first_fifty():
    """A file with thousands of unknown codes is still checked quickly."""
    suggest = Suggestions({"wards": {("NEU1",)}})
    assert [suggest("wards", "NEU2") for _ in range(60)] == [("near", "NEU1")] * 50 + [("unknown", "")] * 10
