"""Columns, rows, models, editor and reference speak of the same things."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from yipan.base.network import edits, words
from yipan.base.network.columns import Choice
from yipan.base.network.models import Isolation, LevelOfCare, OrganisationKind, SexPolicy
from yipan.base.network.rows import TABLES
from yipan.base.network.schema import ISOLATIONS, KINDS, LEVELS, SCHEMA, SEX_POLICIES
from yipan.base.network.stored import STORES

REFERENCE = Path(__file__).parents[5] / "docs" / "reference" / "network-files.md"


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_the_fields_of_the_row(name):
    """Rows are made from columns by name, in the same order; keys are columns; a model stands behind each."""
    columns = [column.name for column in SCHEMA[name].columns]
    assert columns == [f.name for f in fields(SCHEMA[name].row)]
    assert set(SCHEMA[name].key) <= {column.name for column in SCHEMA[name].columns if column.needed}
    assert set(STORES[name].paths) <= set(columns)
    assert set(edits.EDITABLE[name]) <= set(columns) - set(SCHEMA[name].key)


@pytest.mark.parametrize(
    ("choice", "codes"),
    [(KINDS, OrganisationKind), (SEX_POLICIES, SexPolicy), (ISOLATIONS, Isolation), (LEVELS, LevelOfCare)],
)
def test_choices_are_those_of_the_database(choice: Choice, codes):
    """Files know exactly the codes that the tables accept."""
    assert set(choice.words) == set(codes.values)


def test_chinese_headers_tell_columns_apart():
    """Within a table no header stands for two columns."""
    for table in SCHEMA.values():
        names = [word for column in table.columns for word in (column.name, column.title)]
        assert len(names) == len(set(names)), table.name


def test_the_reference_names_every_table_column_and_word():
    """Nothing can be written in a file that the reference does not tell."""
    text = REFERENCE.read_text(encoding="utf-8")
    for table in SCHEMA.values():
        section = text.split(f"### `{table.file}`")[1].split("###")[0]
        for column in table.columns:
            mark = "" if column.needed else " °"
            assert f"| `{column.name}`{mark} | {column.title} |" in section
            if isinstance(column.type, Choice):
                assert all(word in text for words_of in column.type.words.values() for word in words_of)


def test_every_edited_column_has_words():
    """The editor can name each of its fields."""
    assert {column for columns in edits.EDITABLE.values() for column in columns} <= set(words.COLUMNS)
