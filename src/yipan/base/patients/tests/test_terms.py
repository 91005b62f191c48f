"""Reading the search field."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.patients.terms import Terms, read


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("李建国", Terms(chinese="李建国")),
        ("li jian guo", Terms(letters="lijianguo")),
        ("LJG", Terms(letters="ljg")),
        ("1962-03-01", Terms(birth_date=date(1962, 3, 1))),
        ("1962年3月1日", Terms(birth_date=date(1962, 3, 1))),
        ("李建国 1962/3/1", Terms(chinese="李建国", birth_date=date(1962, 3, 1))),
        ("138 1234 5678", Terms(number="13812345678", phone="13812345678")),
        ("11010519491231002x", Terms(number="11010519491231002X", phone="11010519491231002")),
        ("   ", Terms()),
    ],
)
def test_kinds(typed: str, terms: Terms) -> None:
    """Each word is sorted by its kind."""
    assert read(typed) == terms


def test_eight_digits_may_be_a_date_or_a_number() -> None:
    """19620301 is looked for as a birth date and as an identifier."""
    assert read("19620301") == Terms(number="19620301", phone="19620301", birth_date=date(1962, 3, 1), either=True)
    assert not read("19621301").either


@given(st.text(max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    """No text makes the search field fail."""
    read(text)
