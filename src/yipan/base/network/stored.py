"""Between typed rows and the tables of the database: which field is which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max, Model

from yipan.base.network.models import (
    Alliance,
    Bed,
    Department,
    Organisation,
    Policy,
    Road,
    Room,
    Site,
    Specialty,
    SpecialtySimilarity,
    Walk,
    Ward,
    WardCompetence,
)
from yipan.base.network.rows import POLICY, TABLES, NetworkFile, Row
from yipan.base.network.schema import SCHEMA

Keys = dict[str, dict[tuple[str, ...], Any]]
"""Primary keys by table and row key."""


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key: the model's attribute, the table it points to, the row's columns that make that table's key."""

    attribute: str
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """A model, where to read each column that is not its own field, and its foreign keys."""

    model: type[Model]
    paths: Mapping[str, str]
    links: tuple[Link, ...] = ()

    def values(self, row: Row, columns: Iterable[str], keys: Keys) -> dict[str, Any]:
        """Model attributes of the named columns of a row."""
        wanted = set(columns)
        linked = {column for link in self.links for column in link.columns}
        found = {column: getattr(row, column) for column in wanted - linked}
        for link in self.links:
            if wanted & set(link.columns):
                key = tuple(getattr(row, column) for column in link.columns)
                found[link.attribute] = keys[link.table][key] if any(key) else None
        return found


def _link(column: str, table: str) -> Link:
    return Link(f"{column}_id", table, (column,))


def _code(*columns: str) -> dict[str, str]:
    return {column: f"{column}__code" for column in columns}


STORES: dict[str, Store] = {
    "organisations": Store(Organisation, _code("parent"), (_link("parent", "organisations"),)),
    "sites": Store(Site, _code("organisation"), (_link("organisation", "organisations"),)),
    "specialties": Store(Specialty, {}),
    "departments": Store(
        Department, _code("site", "specialty"), (_link("site", "sites"), _link("specialty", "specialties"))
    ),
    "wards": Store(Ward, _code("site", "department"), (_link("site", "sites"), _link("department", "departments"))),
    "competences": Store(
        WardCompetence, _code("ward", "specialty"), (_link("ward", "wards"), _link("specialty", "specialties"))
    ),
    "rooms": Store(Room, _code("ward"), (_link("ward", "wards"),)),
    "beds": Store(
        Bed,
        {"ward": "room__ward__code", "room": "room__label", "department": "department__code"},
        (Link("room_id", "rooms", ("ward", "room")), _link("department", "departments")),
    ),
    "alliances": Store(
        Alliance, _code("department", "ally"), (_link("department", "departments"), _link("ally", "departments"))
    ),
    "similarities": Store(
        SpecialtySimilarity,
        _code("specialty", "other"),
        (_link("specialty", "specialties"), _link("other", "specialties")),
    ),
    "walks": Store(Walk, _code("from_ward", "to_ward"), (_link("from_ward", "wards"), _link("to_ward", "wards"))),
    "roads": Store(Road, _code("from_site", "to_site"), (_link("from_site", "sites"), _link("to_site", "sites"))),
}


def rows_of(name: str) -> tuple[tuple[Row, ...], dict[tuple[str, ...], Any]]:
    """The stored rows of a table, sorted by key, and their primary keys."""
    table, store = SCHEMA[name], STORES[name]
    names = [column.name for column in table.columns]
    fields = [store.paths.get(column, column) for column in names]
    rows, keys = [], {}
    for values in store.model._default_manager.order_by().values_list("pk", *fields):
        row = table.row(**_given(names, values[1:]))
        rows.append(row)
        keys[table.key_of(row)] = values[0]
    return tuple(sorted(rows, key=table.key_of)), keys


def one_row(name: str, pk: Any) -> Row:
    """The stored row of one object."""
    table, store = SCHEMA[name], STORES[name]
    names = [column.name for column in table.columns]
    values = store.model._default_manager.filter(pk=pk).values_list(*(store.paths.get(c, c) for c in names)).get()
    row: Row = table.row(**_given(names, values))
    return row


def _given(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    """Values by column; a root has no parent, which a row writes as ""."""
    pairs = zip(names, values, strict=True)
    return {column: "" if value is None and column == "parent" else value for column, value in pairs}


def policies() -> dict[str, dict[str, Any]]:
    """The policy in force of every organisation that has one, by its code."""
    newest = Policy.objects.values("organisation").annotate(newest=Max("version"))
    wanted = {(row["organisation"], row["newest"]) for row in newest}
    found = Policy.objects.order_by("organisation__code").values_list(
        "organisation_id", "version", "organisation__code", "body"
    )
    return {code: body for organisation, version, code, body in found if (organisation, version) in wanted}


def part(names: Iterable[str]) -> tuple[NetworkFile, Keys]:
    """Some stored tables only, and the primary keys of their rows."""
    tables: dict[str, tuple[Row, ...]] = {}
    keys: Keys = {}
    for name in names:
        tables[name], keys[name] = rows_of(name)
    return NetworkFile(**tables, given=frozenset(tables)), keys  # type: ignore[arg-type]


def snapshot() -> NetworkFile:
    """The whole stored network."""
    return snapshot_with_keys()[0]


def snapshot_with_keys() -> tuple[NetworkFile, Keys]:
    """The whole stored network, and the primary key of every row."""
    network, keys = part(TABLES)
    return replace(network, policy=policies(), given=frozenset((*TABLES, POLICY))), keys
