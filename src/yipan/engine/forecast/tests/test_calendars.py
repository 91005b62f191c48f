"""Days of the calendar, against announcements of the State Council and other countries' laws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yipan.engine.forecast.calendars import FAR, Calendar, calendar
from yipan.kernel.errors import InvalidInput


def on(day: date, country: str) -> tuple[Calendar, int]:
    """A calendar of half a year around a day, and where the day stands in it."""
    return calendar(day - timedelta(90), 180, country), 90


def test_spring_festival_its_holidays_and_the_weekends_worked_for_them() -> None:
    """2026: the festival is on 17 February; 14 and 28 February are Saturdays that are worked."""
    days, at = on(date(2026, 2, 17), "CN")
    assert days.feast[at - 1 : at + 2].tolist() == [-1, 0, 1]
    assert days.holiday[at - 1 : at + 4].tolist() == [1, 1, 1, 1, 1]
    assert (days.weekday[at - 3], days.work[at - 3], days.work[at + 11]) == (5, 1, 1)
    assert days.work[at - 44] == 1  # Sunday 4 January, for New Year
    assert (days.until[at - 3], days.since[at + 7]) == (2, 1)


def test_christmas_is_the_feast_elsewhere_and_holidays_of_parts_count_by_their_share() -> None:
    """In Germany Epiphany is a holiday of three states of sixteen, Christmas of all."""
    days, at = on(date(2025, 12, 25), "DE")
    assert days.feast[at - 2 : at + 2].tolist() == [-2, -1, 0, 1]
    assert days.holiday[at] == pytest.approx(1)
    assert 0 < days.holiday[at + 12] < 0.5
    assert days.since[at + 12] == 5  # from New Year: a holiday of few parts is none to count from


def test_a_part_of_a_country_has_its_own_holidays() -> None:
    """Easter Monday is a holiday in England and not in Scotland."""
    for part, share in (("GB-ENG", 1), ("GB-SCT", 0)):
        days, at = on(date(2026, 4, 6), part)
        assert days.holiday[at] == share


def test_far_from_any_holiday_the_distance_is_cut() -> None:
    """Beyond two weeks a holiday no longer matters."""
    days, at = on(date(2025, 7, 20), "GB-ENG")
    assert (days.until[at], days.since[at]) == (FAR, FAR)


@pytest.mark.parametrize("country", ["", "XX", "CN-NOWHERE", "china"])
def test_an_unknown_country_is_refused(country: str) -> None:
    """Rather than a calendar without holidays."""
    with pytest.raises(InvalidInput, match="forecast_country"):
        calendar(date(2026, 1, 1), 10, country)
