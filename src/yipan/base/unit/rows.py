"""Many rows of one table in one statement, whose text is the same whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    FloatField,
    ForeignKey,
    Model,
    OneToOneField,
    SlugField,
    TextField,
    UUIDField,
)

AS_THEY_ARE = (
    BooleanField,
    BigIntegerField,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKey,
    OneToOneField,
    UUIDField,
)
TEXTS = (CharField, SlugField, TextField)
LIST, VALUE = "list", "value"

Fields = tuple["Field[Any, Any]", ...]


def insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Write new rows of one model, in this order. Numbers that the database gives are not told."""
    sql, params = _insertion(rows, "ON CONFLICT DO NOTHING" if ignore_conflicts else "")
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
    _are_stored(rows)


def insert_when(query: str, params: Sequence[Any], rows: Sequence[Model]) -> bool:
    """Write new rows of one model that are not there yet, in this order, if `query` says so; what it said.

    `query` gives one row with the boolean column `good`, and is worked out before the first row is written. All is one
    statement, so that outside a transaction a message to the server and one back bring the rows to the disk.
    """
    sql, values = _insertion(rows, "WHERE (SELECT good FROM told) ON CONFLICT DO NOTHING RETURNING 1")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH told AS MATERIALIZED ({query}), kept AS ({sql}) SELECT good FROM told", [*params, *values]
        )
        good = bool(cursor.fetchone()[0])
    _are_stored(rows)
    return good


def _insertion(rows: Sequence[Model], ending: str) -> tuple[str, list[Any]]:
    """The statement and its parameters. A column that is the same in all rows goes along once, or not at all when it is
    empty: writing parameters down is most of the work.
    """
    model = type(rows[0])
    lists: list[Any] = []
    values: list[Any] = []
    shape: list[str] = []
    for column in (_column(rows, field, adding=True) for field in _written(model)):
        first = column[0]
        if not shape or column.count(first) < len(column):  # one list at least says how many rows there are
            shape.append(LIST)
            lists.append(column)
        elif first is None or first == "":
            shape.append("NULL" if first is None else "''")
        else:
            shape.append(VALUE)
            values.append(first)
    return f"{_insertion_of(model, tuple(shape))} {ending}", [*values, *lists]


def _are_stored(rows: Sequence[Model]) -> None:
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def change(rows: Sequence[Model], names: tuple[str, ...]) -> None:
    """Write the named fields of rows of one model."""
    sql, fields = _change(type(rows[0]), names)
    columns = [_column(rows, f, adding=False) for f in (type(rows[0])._meta.pk, *fields)]
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)


def _column(rows: Sequence[Model], field: Field[Any, Any], *, adding: bool) -> list[Any]:
    """The values of one field. Most need no preparing, and it would be half the work."""
    if type(field) in AS_THEY_ARE:
        return [getattr(row, field.attname) for row in rows]
    if type(field) in TEXTS:
        return [None if (text := getattr(row, field.attname)) is None else str(text) for row in rows]
    values = [field.pre_save(row, adding) for row in rows]
    if values.count(values[0]) == len(values):
        return [field.get_db_prep_save(values[0], connection)] * len(values)
    return [field.get_db_prep_save(value, connection) for value in values]


@cache
def depth(model: type[Model]) -> int:
    """How many tables a table leans on, one on the other: rows are written after those that they point to."""
    leant = {f.related_model for f in model._meta.concrete_fields if isinstance(f, ForeignKey)} - {model}
    return 1 + max((depth(other) for other in leant if isinstance(other, type)), default=0)


@cache
def _written(model: type[Model]) -> Fields:
    return tuple(f for f in model._meta.concrete_fields if not isinstance(f, AutoField))


@cache
def _insertion_of(model: type[Model], shape: tuple[str, ...]) -> str:
    """The statement for columns of this shape: each a LIST, a VALUE for all rows, or a constant."""
    fields = _written(model)
    names = [_quoted(f.column) for f in fields]
    values = [
        name if kind == LIST else f"{'%s' if kind == VALUE else kind}::{_type(f)}"
        for name, f, kind in zip(names, fields, shape, strict=True)
    ]
    lists = [(name, _type(f)) for name, f, kind in zip(names, fields, shape, strict=True) if kind == LIST]
    return (
        f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(names)}) SELECT {', '.join(values)}"
        f" FROM unnest({', '.join(f'%s::{kind}[]' for _, kind in lists)}) AS row ({', '.join(n for n, _ in lists)})"
    )


@cache
def _change(model: type[Model], names: tuple[str, ...]) -> tuple[str, Fields]:
    fields = tuple(f for f in model._meta.concrete_fields if f.name in names)
    table, key = _quoted(model._meta.db_table), model._meta.pk
    sets = ", ".join(f"{_quoted(f.column)} = new.{_quoted(f.column)}" for f in fields)
    given = ", ".join(f"%s::{_type(f)}[]" for f in (key, *fields))
    columns = ", ".join(_quoted(f.column) for f in (key, *fields))
    key_column = _quoted(key.column)
    return (
        f"UPDATE {table} AS row SET {sets} FROM unnest({given}) AS new ({columns})"
        f" WHERE row.{key_column} = new.{key_column}",
        fields,
    )


def _type(field: Field[Any, Any]) -> str:
    """The type without a length: a cast would cut a text that is too long, where the column refuses it."""
    return str(field.rel_db_type(connection) if field.remote_field else field.db_type(connection)).partition("(")[0]


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
