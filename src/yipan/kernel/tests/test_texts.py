"""What people type, as values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput


def test_days_and_times_are_read() -> None:
    """ISO 8601 as browsers send it; a time belongs to the zone that is given."""
    assert texts.day(" 2026-03-01 ") == date(2026, 3, 1)
    assert texts.instant("2026-03-01T10:00", UTC) == datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "x", "2026-02-30", "0001-01-01", "1849-12-31", "2200-01-01", "9999-12-31"])
def test_impossible_days_are_refused(text: str) -> None:
    """What is no day, or so far away that a zone or one more day would leave the calendar, has a sentence."""
    with pytest.raises(InvalidInput, match="date_unreadable"):
        texts.day(text)
    with pytest.raises(InvalidInput, match="time_unreadable"):
        texts.instant(text, UTC)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), (" 7 ", 7), ("2147483647", 2147483647), ("2147483648", None), ("9" * 5000, None), ("-1", None)]
    + [(odd, None) for odd in ("", "1.0", "٣", "²", "1_0", "+1", "NaN")],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    """ASCII digits that fit a column of integers; everything else is no number."""
    assert texts.whole(text) == number


def test_instants_carry_their_offset() -> None:
    """An instant is read with its offset; without one, or in a year that nobody plans in, it is refused."""
    assert texts.moment("2026-03-02T08:00:00+08:00").isoformat() == "2026-03-02T08:00:00+08:00"
    for text in ("2026-03-02T08:00:00", "9999-12-31T23:59:59+00:00", "soon", ""):
        with pytest.raises(InvalidInput):
            texts.moment(text)


@pytest.mark.parametrize("text", ["", "x", "\x00", "0", "123e4567-e89b-12d3-a456-42661417400"])
def test_what_names_nothing_is_no_identifier(text: str) -> None:
    """A text that is no identifier names nothing."""
    assert texts.identifier(text) is None
    assert texts.identifier(str(UUID(int=7))) == UUID(int=7)
