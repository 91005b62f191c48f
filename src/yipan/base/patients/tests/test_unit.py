"""Rows kept back are there for every question, and gone with every undoing."""

from __future__ import annotations

import contextlib

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from yipan.base import unit
from yipan.base.network.models import Organisation, Specialty
from yipan.base.unit import Shelf

pytestmark = pytest.mark.django_db


def specialty(code: str) -> Specialty:
    return Specialty(code=code, name=code, name_en=code)


def test_rows_of_a_unit_are_one_statement():
    """However many rows a unit inserts, the database is asked once."""
    with CaptureQueriesContext(connection) as asked, unit.together():
        for code in ("A", "B", "C"):
            unit.insert([specialty(code)])
    assert len(asked) == 1
    assert set(Specialty.objects.values_list("code", flat=True)) == {"A", "B", "C"}


def test_a_question_sees_what_was_kept_back():
    """Rows and changes are written before somebody asks."""
    with unit.together():
        row = specialty("A")
        unit.insert([row])
        assert Specialty.objects.filter(code="A").exists()
        row.name = "changed"
        unit.update(row, "name")
        assert Specialty.objects.get(code="A").name == "changed"


def test_a_new_row_is_written_as_it_is_in_the_end():
    """A row that changes before it is written needs no second statement."""
    with CaptureQueriesContext(connection) as asked, unit.together():
        row = specialty("A")
        unit.insert([row])
        row.name = "later"
        unit.update(row, "name")
    assert len(asked) == 1
    assert Specialty.objects.get().name == "later"


def test_what_is_undone_is_not_written():
    """A savepoint that is rolled back takes along what was kept back since, and nothing from before it."""
    with unit.together():
        unit.insert([specialty("A")])
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            unit.insert([specialty("B")])
            raise ZeroDivisionError
    assert [row.code for row in Specialty.objects.all()] == ["A"]


def test_an_error_writes_nothing():
    """A unit that ends with an error has written nothing of what it kept back."""
    with contextlib.suppress(ZeroDivisionError), unit.together():
        unit.insert([specialty("A")])
        raise ZeroDivisionError
    assert not Specialty.objects.exists()


class Names:
    """The names of specialties, by code."""

    def __init__(self) -> None:
        self.by_code: Shelf[str, str] = Shelf(
            lambda codes: dict(Specialty.objects.filter(code__in=codes).values_list("code", "name")), str
        )


def test_facts_are_read_once_and_forgotten_when_somebody_writes():
    """What a unit knows is asked once, until a statement past the unit writes; without a unit it is asked each time."""
    unit.insert([specialty("A")])
    with unit.together():
        assert unit.facts(Names).by_code["A"] == "A"
        with CaptureQueriesContext(connection) as asked:
            assert unit.facts(Names).by_code["A"] == "A"
        assert not asked
        Specialty.objects.update(name="new")
        assert unit.facts(Names).by_code["A"] == "new"
    Specialty.objects.update(name="newer")
    assert unit.facts(Names).by_code["A"] == "newer"


def test_steps_tell_whether_anything_was_written():
    """Questions are no steps; rows, changes and statements of others are."""
    with unit.together() as work:
        before = work.steps
        Specialty.objects.exists()
        assert work.steps == before
        Specialty.objects.update(name="x")
        assert work.steps == before + 1


def test_a_text_that_is_too_long_is_refused_not_cut():
    """The column's own length counts."""
    with pytest.raises(Exception, match="too long"), transaction.atomic():
        unit.insert([Organisation(name="x" * 1000, code="A", kind="group", path="0001.")])
