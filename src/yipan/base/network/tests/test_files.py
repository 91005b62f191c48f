"""Folders, zips, TOML, JSON and CSV become cells; what cannot be read says where."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from yipan.base.network import files
from yipan.base.network.problems import Problem
from yipan.kernel.errors import InvalidInput


def cells(raw: files.RawNetwork, table: str = "specialties") -> list[tuple[int, dict[str, str]]]:
    return [(row.number, row.cells) for row in raw.tables[table].rows]


NEUROLOGY = [(2, {"code": "03.03", "name": "神经内科"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_of_spreadsheets_are_recognised(encoding, separator):
    """The same rows come out of every encoding and separator that Excel writes."""
    text = f"code{separator}name\r\n03.03{separator}神经内科\r\n"
    raw = files.read_bytes("specialties.csv", text.encode(encoding))
    assert raw.problems == []
    assert cells(raw) == NEUROLOGY


def test_chinese_headers_name_the_columns():
    """编码,名称 is as good as code,name."""
    raw = files.read_bytes("specialties.csv", "编码,名称\n03.03,神经内科\n".encode())
    assert cells(raw) == NEUROLOGY


def test_row_numbers_are_those_of_the_spreadsheet():
    """Empty lines, Excel's sep= line and line breaks inside quotation marks do not shift the count."""
    text = 'sep=,\ncode,name\n\n1,"a\nb"\n2,c\n,\n3,d\n'
    assert [number for number, _ in cells(files.read_bytes("specialties.csv", text.encode()))] == [4, 5, 7]


@pytest.mark.parametrize(
    ("text", "row", "column", "code"),
    [
        ("code,name,colour\n1,a,b\n", 1, "colour", "network_column_unknown"),
        ("code,code,name\n1,1,a\n", 1, "code", "network_column_twice"),
        ("code\n1\n", 1, "name", "network_column_missing"),
        ("code,name\n1,a\n2,b,c\n", 3, "", "network_row_too_long"),
        ('code,name\n1,a\n2,"b\n', 3, "", "network_csv_broken"),
        ("\n\n", 1, "", "network_header_missing"),
    ],
)
def test_a_broken_table_says_where(text, row, column, code):
    """Each fault of a CSV file is one problem with its row and column."""
    problems = files.read_bytes("specialties.csv", text.encode()).problems
    assert [(p.file, p.row, p.column, p.code) for p in problems] == [("specialties.csv", row, column, code)]


@pytest.mark.parametrize("data", [b"code,name\n\x00\x01", b"\xff\xff\xff\xff\xff"])
def test_bytes_that_are_no_text_are_a_problem(data):
    """A file in no known encoding is refused, not guessed at."""
    assert [p.code for p in files.read_bytes("specialties.csv", data).problems] == ["network_encoding"]


def test_a_misnamed_table_is_not_lost_silently(tmp_path):
    """bed.csv instead of beds.csv is a problem."""
    (tmp_path / "bed.csv").write_text("code\n")
    (tmp_path / "notes.txt").write_text("not ours")
    assert [(p.file, p.code) for p in files.read(tmp_path).problems] == [("bed.csv", "network_file_unknown")]


def test_an_empty_folder_says_what_is_missing(tmp_path):
    """A folder without tables is a problem that names the tables."""
    assert [p.code for p in files.read(tmp_path).problems] == ["network_nothing_found"]


def test_a_zip_reads_like_a_folder():
    """Tables may lie in a folder of the zip, and macOS's own files are ignored."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("export/specialties.csv", "code,name\n03.03,神经内科\n")
        archive.writestr("__MACOSX/export/specialties.csv", "rubbish")
        archive.writestr("export/policy.toml", "[G.reserve]\ndefault_beds = 2\n")
    raw = files.read_bytes("network.zip", packed.getvalue())
    assert (raw.problems, cells(raw), raw.policy) == ([], NEUROLOGY, {"G": {"reserve": {"default_beds": 2}}})


def test_a_damaged_zip_is_a_problem():
    """Bytes that are no zip are refused with one sentence."""
    assert [p.code for p in files.read_bytes("n.zip", b"PK\x03\x04 nothing").problems] == ["network_zip_broken"]


def test_a_zip_that_unpacks_to_too_much_is_refused(monkeypatch):
    """The unpacked size is asked before anything is unpacked."""
    monkeypatch.setattr(files, "UNPACKED_LIMIT", 10)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("specialties.csv", "code,name\n03.03,神经内科\n")
    assert [p.code for p in files.read_bytes("n.zip", packed.getvalue()).problems] == ["network_file_too_large"]


def test_json_and_toml_hold_the_same_tables():
    """A row of one file is an object; numbers and booleans become cells; null is an empty cell."""
    row = {"code": "B1", "ward": "W", "room": 12, "label": "01", "department": "D", "oxygen": True}
    as_json = files.read_bytes("n.json", json.dumps({"beds": [row | {"level_of_care": None}]}).encode())
    as_toml = files.read_bytes(
        "n.toml", b'[[beds]]\ncode="B1"\nward="W"\nroom=12\nlabel="01"\ndepartment="D"\noxygen=true\n'
    )
    expected = {"code": "B1", "ward": "W", "room": "12", "label": "01", "department": "D", "oxygen": "true"}
    assert cells(as_toml, "beds") == [(1, expected)]
    assert cells(as_json, "beds") == [(1, expected | {"level_of_care": ""})]


@pytest.mark.parametrize(
    ("name", "data", "row", "column", "code"),
    [
        ("n.json", b'{"beds": [\n{]}', 2, "", "network_document_broken"),
        ("n.toml", b"a = 1\nb = = 2\n", 2, "", "network_document_broken"),
        ("n.json", b"[1, 2]", 0, "", "network_document_shape"),
        ("n.json", b'{"bed": []}', 0, "bed", "network_document_shape"),
        ("n.json", b"{}", 0, "", "network_nothing_found"),
        ("n.doc", b"", 0, "", "network_file_kind"),
    ],
)
def test_a_broken_document_says_where(name, data, row, column, code):
    """A fault of a TOML or JSON file names the line or the key."""
    problems = files.read_bytes(name, data).problems
    assert [(p.row, p.column, p.code) for p in problems] == [(row, column, code)]


def test_faults_in_listed_rows_name_the_position():
    """The third row of a table in JSON is row 3 of that table."""
    content = {"specialties": [{"code": "1", "name": "a"}, "b", {"code": ["2"], "name": "c", "colour": 1}]}
    problems = files.read_bytes("n.json", json.dumps(content).encode()).problems
    place = "n.json specialties"
    assert [(p.file, p.row, p.column, p.code) for p in problems] == [
        (place, 2, "", "network_row_shape"),
        (place, 3, "code", "network_value_nested"),
        (place, 3, "colour", "network_column_unknown"),
    ]


def test_a_missing_file_is_one_sentence(tmp_path):
    """A path that does not exist is an error for the person, not a traceback."""
    with pytest.raises(InvalidInput) as refused:
        files.read(tmp_path / "nowhere.csv")
    assert refused.value.code == "network_file_unreadable"


def test_a_broken_policy_file_says_where(tmp_path):
    """policy.toml is TOML, and the line of the fault is named."""
    (tmp_path / "policy.toml").write_text("[G]\nreserve = \n")
    assert files.read(tmp_path).problems[0] == Problem(
        "policy.toml", 2, "", "", "network_document_broken", {"reason": "Invalid value (at line 2, column 11)"}
    )
