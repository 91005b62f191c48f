"""The whole source is checked; every mistake is found at its place; a mistake writes nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yipan.base.network import files, importing, validate
from yipan.base.network.columns import Choice, Code, Number, Text, TimeZone, YesNo
from yipan.base.network.exporting import to_raw
from yipan.base.network.models.version import current_version
from yipan.base.network.problems import STORED, InvalidFile
from yipan.base.network.rows import TABLES, NetworkFile
from yipan.base.network.schema import SCHEMA
from yipan.base.network.stored import snapshot
from yipan.base.network.tests.sample import NETWORK, Editor


def problems_of(network: NetworkFile, stored: NetworkFile | None = None, **options) -> list[tuple[str, int, str, str]]:
    try:
        validate.check(to_raw(network), stored, **options)
    except InvalidFile as error:
        return [(p.file, p.row, p.column, p.code) for p in error.problems]
    return []


def test_a_valid_network_comes_back_as_it_was():
    """Cells of every table read back to the same rows."""
    assert validate.check(to_raw(NETWORK)) == NETWORK


def _bad_values(column) -> list[str]:
    """Cells that the column can never accept."""
    match column.type:
        case Text(limit=limit, required=required):
            return ["x" * (limit + 1), "one\nother", *([""] if required else [])]
        case Code(of=table, required=required):
            return ["a b", "x" * 65, *(["NO-SUCH-CODE"] if table else []), *([""] if required else [])]
        case Number(whole=whole, required=required):
            return ["many", "1e9", "-1000", *(["0.5"] if whole else []), *([""] if required else [])]
        case YesNo():
            return ["maybe"]
        case Choice() | TimeZone():
            return ["purple"]
        case _:
            raise AssertionError(column)


@st.composite
def corrupted(draw) -> tuple[dict[str, bytes], str, int, str]:
    """CSV files of the sample with one bad cell, in some encoding and separator, and where the cell is."""
    table = SCHEMA[draw(st.sampled_from(TABLES))]
    row = draw(st.integers(0, len(NETWORK.table(table.name)) - 1))
    column = draw(st.sampled_from(table.columns))
    value = draw(st.sampled_from(_bad_values(column)))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
    separator = draw(st.sampled_from(files.SEPARATORS))
    raw = to_raw(NETWORK)
    raw.tables[table.name].rows[row].cells[column.name] = value
    made = {}
    for name, content in raw.tables.items():
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=separator)
        writer.writerow([c.name for c in SCHEMA[name].columns])
        writer.writerows([r.cells[c.name] for c in SCHEMA[name].columns] for r in content.rows)
        made[content.file] = text.getvalue().encode(encoding)
    return made, table.file, row + 2, column.name


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corrupted())
def test_any_corrupted_cell_is_named_and_nothing_is_written(tmp_path_factory, case):
    """One bad cell anywhere gives a problem at its file, row and column, and the database stays as it was."""
    made, file, row, column = case
    if not snapshot().organisations:
        importing.import_network(NETWORK, actor=Editor())
    before, version = snapshot(), current_version()
    folder = tmp_path_factory.mktemp("network")
    for name, data in made.items():
        (folder / name).write_bytes(data)
    with pytest.raises(InvalidFile) as refused:
        importing.import_raw(files.read(folder), actor=Editor(), replace=True)
    assert (file, row, column) in {(p.file, p.row, p.column) for p in refused.value.problems}
    assert (snapshot(), current_version()) == (before, version)


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_files():
    """Two mistakes in two tables are two problems."""
    raw = to_raw(NETWORK)
    raw.tables["beds"].rows[1].cells["oxygen"] = "maybe"
    raw.tables["sites"].rows[0].cells["latitude"] = "north"
    with pytest.raises(InvalidFile) as refused:
        validate.check(raw)
    assert [(p.file, p.row, p.column) for p in refused.value.problems] == [
        ("sites.csv", 2, "latitude"),
        ("beds.csv", 3, "oxygen"),
    ]


def test_a_bad_cell_does_not_make_its_row_unknown_to_others():
    """A ward with a bad floor still is the ward of its rooms: one mistake, one problem."""
    raw = to_raw(NETWORK)
    raw.tables["wards"].rows[0].cells["floor"] = "top"
    with pytest.raises(InvalidFile) as refused:
        validate.check(raw)
    assert [(p.file, p.row, p.column, p.code) for p in refused.value.problems] == [
        ("wards.csv", 2, "floor", "network_number_needed")
    ]


def test_a_missing_key_column_is_one_problem():
    """Without the column of codes, references to the table are not judged."""
    raw = files.read_bytes("wards.csv", "site,department,name\nS1,NEU,神经内科\n".encode())
    complete = to_raw(NETWORK)
    complete.tables["wards"], complete.problems = raw.tables["wards"], raw.problems
    with pytest.raises(InvalidFile) as refused:
        validate.check(complete)
    assert [(p.row, p.column, p.code) for p in refused.value.problems] == [(1, "code", "network_column_missing")]


def test_a_code_twice_points_to_the_first():
    """The second of two rows with one code is refused, naming the first."""
    twice = replace(NETWORK, beds=(*NETWORK.beds, NETWORK.beds[0]))
    with pytest.raises(InvalidFile) as refused:
        validate.check(to_raw(twice))
    (problem,) = refused.value.problems
    assert (problem.row, problem.column, problem.code, problem.params["first"]) == (7, "code", "network_row_twice", 2)


def test_a_dropped_zero_is_recognised():
    """A spreadsheet turned 03.03 into 3.03: the sentence says so."""
    raw = to_raw(NETWORK)
    raw.tables["departments"].rows[0].cells["specialty"] = "3.03"
    with pytest.raises(InvalidFile) as refused:
        validate.check(raw)
    (problem,) = refused.value.problems
    assert (problem.code, problem.params["near"]) == ("network_reference_zeros", "03.03")


def test_a_part_is_checked_against_what_is_stored():
    """A file with beds only may name stored wards and rooms, and no others."""
    extra = replace(NETWORK.beds[0], code="NEU1-09", label="09")
    part = NetworkFile(beds=(extra,), given=frozenset({"beds"}))
    assert problems_of(part, NETWORK) == []
    assert problems_of(part) == [
        ("beds.csv", 2, "ward", "network_reference_unknown"),
        ("beds.csv", 2, "department", "network_reference_unknown"),
    ]


def test_a_column_that_is_left_out_keeps_what_is_stored():
    """beds.csv without the column of oxygen changes no oxygen; a new bed gets the default; an empty cell clears."""
    header = "code,ward,room,label,department,monitor"
    rows = ["NEU1-03,NEU1,1202,3A,NSU,", "NEU1-09,NEU1,1202,09,NEU,true"]
    raw = files.read_bytes("beds.csv", "\n".join([header, *rows]).encode())
    for replaced in (False, True):
        known, new = validate.check(raw, NETWORK, replace=replaced).beds
        assert (known.label, known.oxygen, known.level_of_care, known.monitor) == ("3A", True, "step_down", False)
        assert (new.oxygen, new.level_of_care, new.monitor) == (False, "general", True)


def test_a_stored_row_that_no_longer_fits_is_named():
    """Moving a department to another site leaves its stored wards at the old one: refused."""
    moved = NetworkFile(departments=(replace(NETWORK.departments[0], site="S2"),), given=frozenset({"departments"}))
    assert (f"{STORED} wards NEU1", 0, "department", "network_other_site") in problems_of(moved, NETWORK)


def test_with_replace_a_removed_row_is_no_longer_there_to_refer_to():
    """Replacing the wards by fewer leaves rooms without a ward: refused."""
    fewer = NetworkFile(wards=NETWORK.wards[1:], given=frozenset({"wards"}))
    assert problems_of(fewer, NETWORK) == []
    removed = (f"{STORED} rooms NEU1 1201", 0, "ward", "network_reference_removed")
    assert removed in problems_of(fewer, NETWORK, replace=True)


@pytest.mark.parametrize(
    ("policy", "column", "code"),
    [
        ({"G": {"reserve": {"default_beds": -1}}}, "G.reserve.default_beds", "policy_out_of_range"),
        ({"G": {"colour": 1}}, "G.colour", "policy_unknown_key"),
        ({"X": {}}, "X", "network_reference_unknown"),
        ({"G": 3}, "G", "network_policy_shape"),
    ],
)
def test_a_wrong_policy_is_named_by_its_key(policy, column, code):
    """Policies are checked with the engine's own rules."""
    assert problems_of(replace(NETWORK, policy=policy)) == [("policy.toml", 0, column, code)]
