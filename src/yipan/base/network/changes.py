"""What an import would do: the difference of two networks, row by row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from yipan.base.network.rows import TABLES, NetworkFile, Row
from yipan.base.network.schema import SCHEMA

NEVER_REMOVED = "organisations"


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that stays, with other values in `columns`."""

    before: Row
    after: Row
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What happens to one table. `unchanged` counts rows of the source that are stored just so."""

    table: str
    added: tuple[Row, ...] = ()
    changed: tuple[Changed, ...] = ()
    removed: tuple[Row, ...] = ()
    unchanged: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Changes:
    """What happens to every given table, and the policies that get a new version, by organisation."""

    tables: tuple[TableChanges, ...]
    policy: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.tables) or bool(self.policy)

    def table(self, name: str) -> TableChanges:
        """The changes of one table; none when the source does not hold it."""
        return next((table for table in self.tables if table.table == name), TableChanges(name))

    def summary(self) -> dict[str, dict[str, int]]:
        """Counts by table: added, changed, removed, unchanged."""
        counts = {
            t.table: {
                "added": len(t.added),
                "changed": len(t.changed),
                "removed": len(t.removed),
                "unchanged": t.unchanged,
            }
            for t in self.tables
        }
        if self.policy:
            counts["policy"] = {"added": 0, "changed": len(self.policy), "removed": 0, "unchanged": 0}
        return counts


def compare(before: NetworkFile, after: NetworkFile, *, replace: bool = False) -> Changes:
    """What turns `before` into `after`. Rows that `after` does not hold are removed only with `replace`.

    Tables that `after` was not given stay as they are; organisations are never removed.
    """
    tables = tuple(
        _compare_table(name, before.table(name), after.table(name), replace and name != NEVER_REMOVED)
        for name in TABLES
        if name in after.given
    )
    policy = {code: body for code, body in sorted(after.policy.items()) if before.policy.get(code) != body}
    return Changes(tables, policy)


def _compare_table(name: str, before: tuple[Row, ...], after: tuple[Row, ...], remove: bool) -> TableChanges:
    key_of = SCHEMA[name].key_of
    stored = {key_of(row): row for row in before}
    added, changed, unchanged = [], [], 0
    kept = set()
    for row in after:
        key = key_of(row)
        kept.add(key)
        if key not in stored:
            added.append(row)
        elif stored[key] != row:
            changed.append(Changed(stored[key], row, _differing(stored[key], row)))
        else:
            unchanged += 1
    removed = [row for key, row in stored.items() if key not in kept] if remove else []
    return TableChanges(name, tuple(added), tuple(changed), tuple(removed), unchanged)


def _differing(one: Row, other: Row) -> tuple[str, ...]:
    return tuple(f.name for f in fields(one) if getattr(one, f.name) != getattr(other, f.name))
