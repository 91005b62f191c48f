"""Resident identity card numbers (GB 11643-1999)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.patients import idcard
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput

# The example printed in the standard itself.
STANDARD_EXAMPLE = "11010519491231002X"

numbers = st.builds(
    lambda province, rest, born, sequence: (
        f"{province}{rest:04d}{born:%Y%m%d}{sequence:03d}"
        + idcard.check_digit(f"{province}{rest:04d}{born:%Y%m%d}{sequence:03d}")
    ),
    st.sampled_from(sorted(idcard.PROVINCES)),
    st.integers(0, 9999),
    st.dates(date(1900, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)


def test_example_of_the_standard() -> None:
    """The standard's own example is valid, and says a woman born on the last day of 1949."""
    card = idcard.parse(STANDARD_EXAMPLE)
    assert (card.birth_date, card.sex) == (date(1949, 12, 31), "female")


@given(numbers)
def test_made_numbers_are_read_back(number: str) -> None:
    """A number with a right check character gives back its birth date and sex digit."""
    card = idcard.parse(number)
    assert f"{card.birth_date:%Y%m%d}" == number[6:14]
    assert card.sex == ("male" if int(number[16]) % 2 else "female")


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: str, place: int, shift: int) -> None:
    """MOD 11-2 finds every single wrong digit."""
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not idcard.is_valid(wrong)


@given(numbers, st.integers(0, 15))
def test_swapped_neighbours_are_found(number: str, place: int) -> None:
    """MOD 11-2 finds two neighbouring digits that were swapped."""
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not idcard.is_valid(swapped)


@given(numbers.filter(lambda n: n[6:8] == "19"))
def test_old_form_becomes_the_new_one(number: str) -> None:
    """The 15 digits of before 1999 lead to the same person's 18."""
    assert idcard.parse(number[:6] + number[8:17]).number == number


def test_typing_habits_do_not_matter() -> None:
    """Blanks, a small x and full-width digits are read as the same number."""
    assert idcard.parse(" 110105 19491231 002x ").number == STANDARD_EXAMPLE
    assert idcard.parse("１１０１０５１９４９１２３１００２Ｘ").number == STANDARD_EXAMPLE


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1101051949123100", "id_number_shape"),
        ("11010519491231002A", "id_number_shape"),
        ("990105194912310021", "id_number_region"),
        ("110105194913310021", "id_number_date"),
        ("110105194912310021", "id_number_check"),
    ],
)
def test_each_mistake_has_its_own_sentence(number: str, code: str) -> None:
    """The refusal names what is wrong."""
    with pytest.raises(InvalidInput) as caught:
        idcard.parse(number)
    assert caught.value.code == code


def test_nobody_is_born_tomorrow() -> None:
    """A birth date after the clock's day (with a day of grace for time zones) is refused."""
    first = "110105" + "20300103" + "001"
    with clock.using(clock.FrozenClock(datetime(2030, 1, 1, 12, tzinfo=UTC))), pytest.raises(InvalidInput):
        idcard.parse(first + idcard.check_digit(first))
    with clock.using(clock.FrozenClock(datetime(2030, 1, 3, 12, tzinfo=UTC))):
        assert idcard.parse(first + idcard.check_digit(first)).birth_date == date(2030, 1, 3)


def test_permanent_residents_have_numbers_too() -> None:
    """The five-star card of foreigners begins with 9 and the province."""
    first = "911156" + "19800229" + "123"
    assert idcard.parse(first + idcard.check_digit(first)).sex == "male"
