"""Phone numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.patients import phones
from yipan.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 1234 5678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("０５７１－８８８８６６６６", "057188886666"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0033 612345678", "+33612345678"),
        ("", ""),
    ],
)
def test_one_way_to_write_a_number(typed: str, kept: str) -> None:
    """However it is typed, the same number is kept the same way."""
    assert phones.check(typed) == kept


@pytest.mark.parametrize("typed", ["12345678901", "1381234567", "abc", "+0123456789", "13812345678901234"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    """Wrong lengths and prefixes are refused with a sentence."""
    with pytest.raises(InvalidInput, match="phone_shape"):
        phones.check(typed)


@given(st.text(max_size=24))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    """The normal form is a fixed point."""
    once = phones.normalise(text)
    assert phones.normalise(once) == once


def test_mobile_numbers() -> None:
    """Mobile numbers are told from landlines."""
    assert phones.is_mobile("+86 13812345678")
    assert not phones.is_mobile("057188886666")
