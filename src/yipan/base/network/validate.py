"""From cells to typed rows, and whether they make a network together. Pure: no database, nothing is written.

The whole source is checked before anything is used, and everything found is reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yipan.base.network import crosschecks, policies
from yipan.base.network.columns import Code
from yipan.base.network.files import RawNetwork, RawRow, RawTable
from yipan.base.network.problems import BadValue, InvalidFile, Problem
from yipan.base.network.rows import POLICY, TABLES, NetworkFile
from yipan.base.network.schema import SCHEMA, Table


@dataclass(slots=True)
class _Reading:
    """What is known while a source is read: typed rows with their place, keys that exist, tables of unsure keys."""

    rows: dict[str, dict[tuple[str, ...], crosschecks.Placed]] = field(default_factory=dict)
    keys: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)


def check(raw: RawNetwork, stored: NetworkFile | None = None, *, replace: bool = False) -> NetworkFile:
    """The typed network of `raw`, when it is right in itself and together with what is `stored` already.

    Tables that `stored` was not given, and the source does not hold, are trusted. With `replace`, rows of a given
    table count as removed when the source does not hold them.
    Raises InvalidFile with every problem found.
    """
    problems = list(raw.problems)
    reading = _Reading()
    for name in TABLES:
        table = SCHEMA[name]
        kept = () if stored is None or (replace and name in raw.tables) else stored.table(name)
        reading.rows[name] = {table.key_of(row): crosschecks.stored(table, row) for row in kept}
        reading.keys[name] = set(reading.rows[name])
        if stored is not None and name not in stored.given and name not in raw.tables:
            reading.unsure.add(name)
        if name in raw.tables:
            known = {} if stored is None else {table.key_of(row): row for row in stored.table(name)}
            _read_table(table, raw.tables[name], known, reading, problems)
    _check_references(reading, problems)
    problems += crosschecks.run(reading.rows)
    policy = _policy(raw, reading, problems)
    if problems:
        order = {table.file: position for position, table in enumerate(raw.tables.values())}
        raise InvalidFile(tuple(sorted(problems, key=lambda p: (order.get(p.file, len(order)), p.row))))
    typed = {name: tuple(placed.row for placed in reading.rows[name].values() if placed.number) for name in raw.tables}
    given = frozenset(raw.tables) | (frozenset({POLICY}) if raw.policy is not None else frozenset())
    return NetworkFile(**typed, policy=policy, given=given)


def _read_table(
    table: Table, raw: RawTable, stored: Mapping[tuple[str, ...], Any], reading: _Reading, problems: list[Problem]
) -> None:
    """Read every row; a row with a bad cell still makes its key known, so that one mistake is reported once."""
    first_row: dict[tuple[str, ...], int] = {}
    if set(table.key) & set(raw.absent):
        reading.unsure.add(table.name)
        return
    for row in raw.rows:
        values = _values(table, raw, row, stored, problems)
        if not all(name in values for name in table.key):
            reading.unsure.add(table.name)
            continue
        key = tuple(values[name] for name in table.key)
        if key in first_row:
            column, first = table.key[-1], {"first": first_row[key]}
            problems.append(
                Problem(raw.file, row.number, column, row.cells.get(column, ""), "network_row_twice", first)
            )
            continue
        first_row[key] = row.number
        reading.keys[table.name].add(key)
        if len(values) == len(table.columns):
            reading.rows[table.name][key] = crosschecks.Placed(raw.file, row.number, table.row(**values))
        else:
            reading.rows[table.name].pop(key, None)


def _values(
    table: Table, raw: RawTable, row: RawRow, stored: Mapping[tuple[str, ...], Any], problems: list[Problem]
) -> dict[str, Any]:
    """The values that could be read. A column that the header does not have keeps what is stored, if anything is."""
    values: dict[str, Any] = {}
    known = stored.get(tuple(row.cells.get(name, "").strip() for name in table.key))
    for column in table.columns:
        if column.name in raw.absent and column.needed:
            continue
        if column.name in raw.absent and known is not None:
            values[column.name] = getattr(known, column.name)
            continue
        text = row.cells.get(column.name, "")
        try:
            values[column.name] = column.type.read(text)
        except BadValue as bad:
            problems.append(Problem(raw.file, row.number, column.name, text, bad.code, bad.params))
    return values


def _check_references(reading: _Reading, problems: list[Problem]) -> None:
    """Every code points to a row; a bed's room is one of its ward."""
    suggest = crosschecks.Suggestions(reading.keys)
    for name, rows in reading.rows.items():
        links = [(column.name, column.type.of) for column in SCHEMA[name].columns if isinstance(column.type, Code)]
        links = [(column, target) for column, target in links if target and target not in reading.unsure]
        for placed in rows.values():
            for column, target in links:
                code = getattr(placed.row, column)
                if code and (code,) not in reading.keys[target]:
                    kind, near = suggest(target, code) if placed.number else ("removed", "")
                    problems.append(
                        placed.problem(
                            column, f"network_reference_{kind}", table=target, **({"near": near} if near else {})
                        )
                    )
    if "rooms" not in reading.unsure:
        for placed in reading.rows["beds"].values():
            bed = placed.row
            if (bed.ward,) in reading.keys["wards"] and (bed.ward, bed.room) not in reading.keys["rooms"]:
                problems.append(placed.problem("room", "network_room_unknown", ward=bed.ward))


def _policy(raw: RawNetwork, reading: _Reading, problems: list[Problem]) -> dict[str, Mapping[str, Any]]:
    """Policies by organisation; a problem's column is the organisation and the key, "YJ.reserve.default_beds"."""
    read: dict[str, Mapping[str, Any]] = {}
    for code, body in (raw.policy or {}).items():
        if not isinstance(body, dict):
            problems.append(Problem(raw.policy_file, 0, code, str(body), "network_policy_shape"))
            continue
        if (code,) not in reading.keys["organisations"] and "organisations" not in reading.unsure:
            problems.append(
                Problem(raw.policy_file, 0, code, code, "network_reference_unknown", {"table": "organisations"})
            )
        for wrong in policies.problems(body):
            column = f"{code}.{wrong['path']}".rstrip(".")
            problems.append(Problem(raw.policy_file, 0, column, str(wrong["value"]), wrong["code"], wrong))
        read[code] = body
    return read
