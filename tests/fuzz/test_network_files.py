"""Whatever a file of a network holds, the importer answers with a network or with a list of problems."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.base.network import validate
from yipan.base.network.files import RawNetwork, read_bytes
from yipan.base.network.problems import InvalidFile
from yipan.base.network.rows import POLICY, TABLES
from yipan.base.network.schema import SCHEMA
from yipan.ui import messages

EXAMPLES = 120
ODD_WORDS = """
A N7 是 male 2 -1 1e999 nan inf ² 0x1 1_000 Asia/Shanghai true =1+1 ' " \\ any 3.5 general_hospital a,b
"""
WORDS = st.one_of(
    st.sampled_from([*ODD_WORDS.split(), "", "N7 N8", "\ud7ff", "\u0000", "9" * 5000, "A" * 3000]), st.text(max_size=6)
)
SCALARS = st.one_of(WORDS, st.none(), st.booleans(), st.integers(), st.floats(), st.just("\ud800"))
DEEP = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3))
)


@st.composite
def csv_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A table with some of its columns, in some order, in some separator and encoding, and any cells."""
    table = SCHEMA[draw(st.sampled_from(TABLES))]
    names = [w for column in table.columns for w in (column.name, column.title)]
    header = draw(st.lists(st.one_of(st.sampled_from(names), WORDS), max_size=len(table.columns) + 2))
    rows = draw(st.lists(st.lists(WORDS, max_size=len(header) + 2), max_size=4))
    separator, end = draw(st.sampled_from([",", ";", "\t"])), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join(separator.join(row) for row in (header, *rows))
    return f"{table.name}.csv", text.encode(
        draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])), "replace"
    )


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, bytes]:
    """A JSON document of tables whose rows hold anything."""
    rows = {
        name: draw(
            st.lists(
                st.one_of(DEEP, st.dictionaries(st.sampled_from([c.name for c in SCHEMA[name].columns]), SCALARS)),
                max_size=3,
            )
        )
        for name in draw(st.lists(st.sampled_from(TABLES), unique=True, max_size=4))
    }
    given_policy = {POLICY: draw(DEEP)} if draw(st.booleans()) else {}
    return "network.json", json.dumps(rows | given_policy).encode()


noise = st.tuples(
    st.sampled_from(
        ["beds.csv", "network.toml", "network.json", "network.zip", "policy.toml", "x.exe", "beds.csv.csv", ""]
    ),
    st.binary(max_size=200),
)


def judge(name: str, data: bytes) -> None:
    """Read and check; what is wrong must be a problem with a sentence and a place."""
    raw = read_bytes(name, data)
    try:
        json.dumps(asdict(validate.check(raw))["organisations"], ensure_ascii=False).encode()
    except InvalidFile as error:
        assert error.problems
        for problem in error.problems:
            assert messages.sentence(problem.code, problem.params)
            assert problem.row >= 0
    assert isinstance(raw, RawNetwork)


@settings(max_examples=EXAMPLES)
@given(file=st.one_of(csv_files(), documents(), noise))
def test_any_file_is_read_or_explained(file: tuple[str, bytes]) -> None:
    """No file raises anything but InvalidFile, and each problem of it has its sentence."""
    judge(*file)


@settings(max_examples=40)
@given(
    files=st.lists(csv_files(), max_size=3),
    harm=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=4),
)
def test_any_zip_is_read_or_explained(files: list[tuple[str, bytes]], harm: list[tuple[int, int]]) -> None:
    """A zip in which bytes were changed is read or called broken."""
    packed = bytearray(zipped(files))
    for at, byte in harm:
        packed[at % len(packed)] = byte
    judge("network.zip", bytes(packed))


def zipped(files: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in dict(files).items():
            archive.writestr(name, data)
    return target.getvalue()


def damaged_stream() -> bytes:
    """A zip whose compressed bytes are no deflate stream."""
    packed = bytearray(zipped([("beds.csv", b"code\n" * 100)]))
    at = packed.index(b"beds.csv") + len("beds.csv")
    packed[at : at + 4] = b"\xff\xff\xff\xff"
    return bytes(packed)


REGRESSIONS: list[tuple[str, Any]] = [
    ("network.json", b"[" * 100_000),
    ("network.json", b'{"beds": [{"code": ' + b"9" * 5000 + b"}]}"),
    ("network.json", b'{"beds": [{"code": "\\ud800"}]}'),
    ("network.json", b'{"organisations": [{"code": "A", "name": "\\ud800", "kind": "general_hospital"}]}'),
    ("network.json", b'{"sites": [{"code": "S", "latitude": NaN, "longitude": Infinity}]}'),
    ("network.json", b'{"policy": {"\\ud800": {}}}'),
    ("network.toml", b"a = " + b"[" * 5000),
    ("network.toml", b"beds = [{code = 2026-03-02}]\n"),
    ("network.toml", b"x = " + b"9" * 5000),
    ("network.zip", damaged_stream()),
    ("beds.csv", b'code,ward\n"' + b"x" * 200_000),
]
"""Files that once broke the importer, or nearly did; kept for ever."""


@pytest.mark.parametrize(("name", "data"), REGRESSIONS, ids=range(len(REGRESSIONS)))
def test_files_that_were_once_trouble(name: str, data: bytes) -> None:
    """What fuzzing found stays mended."""
    judge(name, data)
