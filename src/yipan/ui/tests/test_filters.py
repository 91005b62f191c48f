"""Instants, durations and numbers as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from yipan.ui import filters

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "00:00:00"), (432, "00:07:12"), (86_399, "23:59:59"), (-61, "-00:01:01")],
)
def test_duration_within_a_day_is_a_clock(seconds: int, shown: str) -> None:
    """A wait of less than a day is shown to the second."""
    assert filters.duration(seconds) == shown


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [(24, "1 天", "1 day"), (26, "1 天 2 时", "1 day 2 h"), (75, "3 天 3 时", "3 days 3 h"), (241, "10 天", "10 days")],
)
def test_long_durations_are_words(hours: int, zh: str, en: str) -> None:
    """From a day on hours are enough, from ten days on days are."""
    from django.utils import translation

    span = timedelta(hours=hours)
    with translation.override("zh-hans"):
        assert filters.duration(span) == zh
    with translation.override("en"):
        assert filters.duration(span) == en


@pytest.mark.usefixtures("chinese")
def test_days_near_today_have_names() -> None:
    """Yesterday, today and tomorrow are said as such; other days with their weekday."""
    shown = [filters.day(NOON + timedelta(days=n)) for n in (-1, 0, 1, 2)]
    assert shown == ["昨天", "今天", "明天", "11月25日 周三"]


@pytest.mark.usefixtures("chinese")
def test_today_is_the_sites_today() -> None:
    """At 23:30 in London it is tomorrow already in Shanghai."""
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert filters.day(late) == "明天"
    assert filters.day(late, "Europe/London") == "今天"


@pytest.mark.usefixtures("english")
def test_another_year_is_named() -> None:
    """A day of another year carries the year; one of this year does not."""
    assert filters.day(date(2027, 1, 4)) == "Mon 4 Jan 2027"
    assert filters.day(date(2026, 12, 24)) == "Thu 24 Dec"


def test_clock_is_in_the_zone_of_the_site() -> None:
    """An object with `time_zone`, a zone's name, or the installation's zone decide the hour."""

    class Urumqi:
        time_zone = "Asia/Urumqi"

    assert filters.clock_time(NOON) == "12:00"
    assert filters.clock_time(NOON, Urumqi()) == "10:00"
    assert filters.clock_time(NOON, "UTC", seconds=True) == "04:00:00"


@pytest.mark.usefixtures("chinese")
def test_minutes_are_rough() -> None:
    """A wait in the margin of a table is rounded to the minute."""
    assert [filters.minutes(s) for s in (20, 1560, 7800, 7200, 93_600)] == [
        "0 分",
        "26 分",
        "2 时 10 分",
        "2 时",
        "1 天 2 时",
    ]


def test_ago_never_is_negative() -> None:
    """An instant a little ahead of the clock counts as now."""
    assert filters.ago(NOON - timedelta(minutes=5)) == "00:05:00"
    assert filters.ago(NOON + timedelta(minutes=5)) == "00:00:00"


@pytest.mark.usefixtures("chinese")
def test_age_of_small_children_is_finer() -> None:
    """Days below a month, months below two years, then years; the birthday itself counts."""
    born = [date(2026, 11, 20), date(2026, 10, 23), date(2024, 11, 24), date(1955, 11, 23), date(1955, 11, 24)]
    assert [filters.age(b) for b in born] == ["3 天", "1 个月", "23 个月", "71 岁", "70 岁"]


def test_nothing_is_a_dash() -> None:
    """Every filter shows a missing value as a dash, not as zero and not as None."""
    named = (
        filters.clock_time,
        filters.day,
        filters.moment,
        filters.duration,
        filters.minutes,
        filters.ago,
        filters.age,
    )
    assert {f(None) for f in (*named, filters.number, filters.percent, filters.calendar_day)} == {"–"}


def test_numbers_have_thousands() -> None:
    """Figures are grouped; shares are percentages."""
    assert (filters.number(1986), filters.number(1986.5, 1), filters.percent(0.924)) == ("1,986", "1,986.5", "92.4%")
