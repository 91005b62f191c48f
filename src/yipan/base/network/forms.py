"""Fields of the editor, made from the columns of the tables: the pages check exactly what an import checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yipan.base.network import hooks, words
from yipan.base.network.columns import Choice, Number, Text, YesNo
from yipan.base.network.edits import EDITABLE
from yipan.base.network.exporting import cells_of
from yipan.base.network.problems import Problem
from yipan.base.network.rows import Row
from yipan.base.network.schema import SCHEMA

YES, NO = "true", "false"


@dataclass(slots=True)
class Field:
    """One control: `kind` is text, number, check or select; `options` are (value, words)."""

    name: str
    label: words.Words
    kind: str
    value: str
    help: words.Words = ""
    required: bool = False
    options: Sequence[tuple[str, words.Words]] = ()
    attrs: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def shown(self) -> words.Words:
        """The value in words, for those who may only look."""
        if self.kind == "select":
            return dict(self.options).get(self.value, self.value)
        return self.value


@dataclass(slots=True)
class RowForm:
    """The fields of one row; `prefix` tells rows of one form apart."""

    table: str
    key: tuple[str, ...]
    fields: list[Field]
    prefix: str = ""

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(id of the control, sentence) of every mistake."""
        return [(f"f-{f.name}", f"{f.label}: {text}") for f in self.fields for text in f.errors]


def row_form(
    table: str,
    row: Row,
    *,
    given: Mapping[str, str] | None = None,
    problems: Iterable[Problem] = (),
    options: Mapping[str, Sequence[tuple[str, words.Words]]] | None = None,
    prefix: str = "",
) -> RowForm:
    """The form of a stored row, with what was given last and what was wrong with it."""
    cells = cells_of(table, row) | dict(given or {})
    sentences: dict[str, list[str]] = {}
    for problem in problems:
        sentences.setdefault(problem.column, []).append(hooks.sentence(problem.code, problem.params))
    fields = [
        _field(table, name, cells[name], prefix, (options or {}).get(name), sentences.get(name, []))
        for name in EDITABLE[table]
    ]
    return RowForm(table, SCHEMA[table].key_of(row), fields, prefix)


def given_cells(table: str, post: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """The editable cells that a form sent; a box that is not ticked sends nothing and means no."""
    cells = {}
    for name in EDITABLE[table]:
        if isinstance(SCHEMA[table].column(name).type, YesNo):
            cells[name] = YES if post.get(prefix + name) else NO
        elif prefix + name in post:
            cells[name] = post[prefix + name]
    return cells


def key_cells(table: str, key: Sequence[str]) -> dict[str, str]:
    """The key of a row as cells."""
    return dict(zip(SCHEMA[table].key, key, strict=True))


def _field(
    table: str,
    name: str,
    value: str,
    prefix: str,
    options: Sequence[tuple[str, words.Words]] | None,
    errors: list[str],
) -> Field:
    made = Field(prefix + name, words.COLUMNS[name], "text", value, words.HELP.get(name, ""), errors=errors)
    match SCHEMA[table].column(name).type:
        case Text(limit=limit, required=required):
            made.required, made.attrs = required, {"maxlength": limit, "autocomplete": "off"}
        case Number(low=low, high=high, whole=whole, required=required):
            made.kind, made.required = "number", required
            made.attrs = {"min": f"{low:g}", "max": f"{high:g}", "step": "1" if whole else "any"}
        case YesNo():
            made.kind = "check"
        case Choice():
            made.kind, made.options = "select", words.CHOICES[name]
    if options is not None:
        made.kind, made.options = "select", options
    return made
