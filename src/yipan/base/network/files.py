"""From a folder, a zip, a TOML or JSON file or one CSV file to tables of cells. Nothing is interpreted here.

Encodings: UTF-8 (with or without a byte-order mark), GB18030 and UTF-16 with a byte-order mark. Separators of CSV
files: comma, semicolon, tab. Standards: RFC 4180 (CSV), TOML 1.0, RFC 8259 (JSON).
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import lzma
import re
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Any

from yipan.base.network.problems import Problem
from yipan.base.network.rows import POLICY, TABLES
from yipan.base.network.schema import SCHEMA, Table
from yipan.kernel.errors import InvalidInput

POLICY_FILE = "policy.toml"
SEPARATORS = ",;\t"
UNPACKED_LIMIT = 300_000_000


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row: its number in the file and its cells by column name; a column that is absent is an empty cell."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class RawTable:
    """The rows of one table, and the file they are from. `absent`: columns that the header does not have."""

    file: str
    rows: list[RawRow] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RawNetwork:
    """What a source holds, and what could not be read of it. `policy_file` names the file the policy is from."""

    tables: dict[str, RawTable] = field(default_factory=dict)
    policy: Mapping[str, Any] | None = None
    policy_file: str = POLICY_FILE
    problems: list[Problem] = field(default_factory=list)


Schema = Mapping[str, Table]
"""The tables that a source may hold: those of the network, or of a service line."""


def read(path: Path, schema: Schema = SCHEMA) -> RawNetwork:
    """Read a folder of CSV files, or one file as `read_bytes` does.

    Raises InvalidInput when the path does not exist or cannot be read.
    """
    try:
        if path.is_dir():
            names = sorted(p for p in path.iterdir() if p.is_file())
            return _many(((p.name, p.read_bytes()) for p in names), schema)
        return read_bytes(path.name, path.read_bytes(), schema)
    except OSError as error:
        raise InvalidInput("network_file_unreadable", path=str(path), reason=error.strerror or "") from error


def read_bytes(name: str, data: bytes, schema: Schema = SCHEMA) -> RawNetwork:
    """Read one file by the ending of its name: .zip of CSV files, .toml, .json, or the .csv of one table."""
    match PurePosixPath(name).suffix.lower():
        case ".zip":
            return _zip(name, data, schema)
        case ".toml" | ".json" if name != POLICY_FILE:
            return _document(name, data, schema)
        case ".csv" | ".toml":
            return _many([(name, data)], schema)
        case _:
            return RawNetwork(problems=[Problem(name, 0, "", name, "network_file_kind")])


def _zip(name: str, data: bytes, schema: Schema) -> RawNetwork:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
            if sum(m.file_size for m in members) > UNPACKED_LIMIT:
                return RawNetwork(problems=[Problem(name, 0, "", name, "network_file_too_large")])
            return _many(((PurePosixPath(m.filename).name, archive.read(m)) for m in members), schema)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
    ):
        return RawNetwork(problems=[Problem(name, 0, "", name, "network_zip_broken")])


def _many(files: Iterable[tuple[str, bytes]], schema: Schema) -> RawNetwork:
    """The tables of several files. A CSV file of another name is a problem: a typing error must not lose a table."""
    network = RawNetwork()
    for name, data in files:
        table = schema.get(name.removesuffix(".csv")) if name.endswith(".csv") else None
        if table is not None and table.name not in network.tables:
            network.tables[table.name] = _table(table, name, data, network.problems)
        elif name == POLICY_FILE:
            network.policy = _parsed(name, data, network.problems)
        elif name.lower().endswith(".csv"):
            network.problems.append(Problem(name, 0, "", name, "network_file_unknown", {"names": list(schema)}))
    if not network.tables and network.policy is None and not network.problems:
        network.problems.append(Problem("", 0, "", "", "network_nothing_found", {"names": list(schema)}))
    return network


def decode(data: bytes) -> str | None:
    """Text of bytes in one of the encodings above; None when it is in none of them."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def _table(table: Table, name: str, data: bytes, problems: list[Problem]) -> RawTable:
    raw = RawTable(name)
    text = decode(data)
    if text is None:
        problems.append(Problem(name, 0, "", "", "network_encoding"))
        return raw
    separator = _separator(table, text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str | None] | None = None
    number = 0
    try:
        for number, cells in enumerate(lines, start=1):
            if not any(cell.strip() for cell in cells) or (header is None and cells[0].lower().startswith("sep=")):
                continue
            if header is None:
                header = _header(table, name, number, cells, problems)
                raw.absent = [column.name for column in table.columns if column.name not in header]
                continue
            if any(cell.strip() for cell in cells[len(header) :]):
                extra = separator.join(cells[len(header) :])
                problems.append(Problem(name, number, "", extra, "network_row_too_long", {"columns": len(header)}))
            named = zip_longest(header, cells[: len(header)], fillvalue="")
            raw.rows.append(RawRow(number, {column: cell for column, cell in named if column}))
    except csv.Error as error:
        problems.append(Problem(name, number + 1, "", "", "network_csv_broken", {"reason": str(error)}))
    if header is None:
        problems.append(Problem(name, 1, "", "", "network_header_missing", {"columns": _names(table)}))
    return raw


def _separator(table: Table, text: str) -> str:
    """The separator that finds most columns in the header line."""
    line = next((line for line in text.splitlines() if line.strip() and not line.lower().startswith("sep=")), "")
    known = _titles(table)
    return max(SEPARATORS, key=lambda s: sum(_header_word(cell) in known for cell in line.split(s)))


def _header(table: Table, name: str, number: int, cells: list[str], problems: list[Problem]) -> list[str | None]:
    """Column names of the header's cells; None for a cell that is no column, which is a problem unless it is empty."""
    known = _titles(table)
    found: list[str | None] = []
    for cell in cells:
        column = known.get(_header_word(cell))
        if column is None and cell.strip():
            problems.append(
                Problem(name, number, cell.strip(), cell, "network_column_unknown", {"columns": _names(table)})
            )
        elif column is not None and column in found:
            problems.append(Problem(name, number, column, cell, "network_column_twice"))
            column = None
        found.append(column)
    problems += [
        Problem(name, number, column.name, "", "network_column_missing", {"title": column.title})
        for column in table.columns
        if column.needed and column.name not in found
    ]
    return found


def _titles(table: Table) -> dict[str, str]:
    return {word: column.name for column in table.columns for word in (column.name, column.title)}


def _header_word(cell: str) -> str:
    return cell.strip().strip('"').strip().lower()


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _parsed(name: str, data: bytes, problems: list[Problem]) -> Mapping[str, Any] | None:
    """The document of a TOML or JSON file; None, and a problem with the line, when it is not one."""
    text = decode(data)
    if text is None:
        problems.append(Problem(name, 0, "", "", "network_encoding"))
        return None
    try:
        document = json.loads(text) if name.lower().endswith(".json") else tomllib.loads(text.replace("\r\n", "\n"))
    except json.JSONDecodeError as error:
        problems.append(Problem(name, error.lineno, "", "", "network_document_broken", {"reason": error.msg}))
        return None
    except (ValueError, RecursionError) as error:  # TOML that is none, a number of thousands of digits, endless nesting
        line = re.search(r"line (\d+)", str(error))
        row = int(line[1]) if line else 0
        problems.append(Problem(name, row, "", "", "network_document_broken", {"reason": str(error)}))
        return None
    if not isinstance(document, dict):
        problems.append(Problem(name, 0, "", "", "network_document_shape", {"names": [*TABLES, POLICY]}))
        return None
    return document


def _document(name: str, data: bytes, schema: Schema) -> RawNetwork:
    """One TOML or JSON file with a list for each table and an object `policy`."""
    network = RawNetwork(policy_file=name)
    document = _parsed(name, data, network.problems) or {}
    for key, content in document.items():
        if key == POLICY and isinstance(content, dict):
            network.policy = content
        elif key in schema and isinstance(content, list):
            network.tables[key] = _listed(schema[key], name, content, network.problems)
        else:
            names = [*schema, POLICY]
            network.problems.append(Problem(name, 0, key, "", "network_document_shape", {"names": names}))
    if not document and not network.problems:
        network.problems.append(Problem(name, 0, "", "", "network_nothing_found", {"names": list(schema)}))
    return network


def _listed(table: Table, name: str, items: list[Any], problems: list[Problem]) -> RawTable:
    """The rows of a list of objects, numbered from 1."""
    file = f"{name} {table.name}"
    raw = RawTable(file)
    names = set(_names(table))
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            problems.append(Problem(file, number, "", str(item), "network_row_shape", {"columns": _names(table)}))
            continue
        cells = {}
        for key, value in item.items():
            if key not in names:
                problems.append(
                    Problem(file, number, key, str(value), "network_column_unknown", {"columns": _names(table)})
                )
            elif isinstance(value, dict | list):
                problems.append(Problem(file, number, key, str(value), "network_value_nested"))
            else:
                cells[key] = _cell(value)
        raw.rows.append(RawRow(number, cells))
    return raw


def _cell(value: Any) -> str:
    """A scalar of TOML or JSON as the text that a CSV cell would hold."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
