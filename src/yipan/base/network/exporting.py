"""The stored network as files, in one fixed form: what is exported imports again, and exports to the same bytes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import tomli_w

from yipan.base.network.files import POLICY_FILE, RawNetwork, RawRow, RawTable
from yipan.base.network.rows import POLICY, TABLES, NetworkFile
from yipan.base.network.schema import SCHEMA

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every member of a zip: the bytes depend on the network only."""


def to_raw(network: NetworkFile) -> RawNetwork:
    """The network as cells, as if read from files."""
    raw = RawNetwork(policy=network.policy if POLICY in network.given else None)
    for name in TABLES:
        if name in network.given:
            table = SCHEMA[name]
            raw.tables[name] = RawTable(
                table.file,
                [RawRow(number, cells_of(name, row)) for number, row in enumerate(network.table(name), start=2)],
            )
    return raw


def to_csv(network: NetworkFile) -> dict[str, bytes]:
    """Each table as a CSV file by its name, and the policy: UTF-8 with a byte-order mark (for Excel), CRLF."""
    files = {}
    for name in TABLES:
        if name not in network.given:
            continue
        table = SCHEMA[name]
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([column.name for column in table.columns])
        writer.writerows(cells_of(name, row).values() for row in sorted(network.table(name), key=table.key_of))
        files[table.file] = b"\xef\xbb\xbf" + text.getvalue().encode()
    if POLICY in network.given:
        files[POLICY_FILE] = tomli_w.dumps(_sorted(network.policy)).encode()
    return files


def to_zip(network: NetworkFile) -> bytes:
    """The CSV files in one zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in to_csv(network).items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def to_json(network: NetworkFile) -> bytes:
    """One JSON file, a row on a line."""
    parts = []
    for key, content in _document(network).items():
        if key == POLICY:
            body = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        else:
            body = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in content) + "\n]"
        parts.append(f"{json.dumps(key)}: {body}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def to_toml(network: NetworkFile) -> bytes:
    """One TOML file; what is not given (no coordinate, no age limit) is left out."""
    document = _document(network)
    for name in TABLES:
        if name in document:
            document[name] = [{key: value for key, value in row.items() if value is not None} for row in document[name]]
    return tomli_w.dumps(document).encode()


def write(network: NetworkFile, target: Path) -> list[Path]:
    """Write to a file by its ending (.zip, .json, .toml) or as CSV files into a folder; return what was written."""
    makers = {".zip": to_zip, ".json": to_json, ".toml": to_toml}
    maker = makers.get(target.suffix.lower())
    files = {target: maker(network)} if maker else {target / name: data for name, data in to_csv(network).items()}
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return list(files)


def _document(network: NetworkFile) -> dict[str, Any]:
    document: dict[str, Any] = {
        name: [asdict(row) for row in sorted(network.table(name), key=SCHEMA[name].key_of)]
        for name in TABLES
        if name in network.given
    }
    if POLICY in network.given:
        document[POLICY] = _sorted(network.policy)
    return document


def cells_of(name: str, row: Any) -> dict[str, str]:
    """A typed row of a table as the cells of a file, by column."""
    return {column.name: column.type.write(getattr(row, column.name)) for column in SCHEMA[name].columns}


def _sorted(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Keys in order at every depth, values before sections as TOML needs them."""
    plain = {key: value for key, value in sorted(policy.items()) if not isinstance(value, Mapping)}
    return plain | {key: _sorted(value) for key, value in sorted(policy.items()) if isinstance(value, Mapping)}
