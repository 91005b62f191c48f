"""Times."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.codecs.hl7v2.timestamp import Precision, read_timestamp, write_timestamp
from yipan.kernel.errors import InvalidInput

CHINA = ZoneInfo("Asia/Shanghai")
_NO_TIMES = ["0", "0000", "20261301", "20260230", "2026030124", "202603010860", "2026-03-01", "20260301083015.", "now"]


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2026", datetime(2025, 12, 31, 16, tzinfo=UTC), Precision.YEAR),
        ("202603", datetime(2026, 2, 28, 16, tzinfo=UTC), Precision.MONTH),
        ("20260301", datetime(2026, 2, 28, 16, tzinfo=UTC), Precision.DAY),
        ("2026030108", datetime(2026, 3, 1, 0, tzinfo=UTC), Precision.HOUR),
        ("202603010830", datetime(2026, 3, 1, 0, 30, tzinfo=UTC), Precision.MINUTE),
        ("20260301083015", datetime(2026, 3, 1, 0, 30, 15, tzinfo=UTC), Precision.SECOND),
        ("20260301083015.25", datetime(2026, 3, 1, 0, 30, 15, 250000, tzinfo=UTC), Precision.FRACTION),
        ("202603010830+0000", datetime(2026, 3, 1, 8, 30, tzinfo=UTC), Precision.MINUTE),
        ("202603010830-0330", datetime(2026, 3, 1, 12, 0, tzinfo=UTC), Precision.MINUTE),
        (" 20260301 ", datetime(2026, 2, 28, 16, tzinfo=UTC), Precision.DAY),
    ],
)
def test_times(text: str, at: datetime, precision: Precision) -> None:
    """Partial times are read as their first instant, in their own offset or the given zone, as UTC."""
    read = read_timestamp(text, CHINA, where="EVN-2")
    assert (read.at, read.precision) == (at, precision)


def test_day_is_the_one_written() -> None:
    """The calendar day is that of the sender, whatever it is in UTC."""
    assert read_timestamp("19900307", CHINA, where="PID-7").date == date(1990, 3, 7)
    assert read_timestamp("199003070100+0215", CHINA, where="PID-7").date == date(1990, 3, 7)


@pytest.mark.parametrize(
    "text",
    [*_NO_TIMES, "20260301+2400", "20260301+08", "00010101+0800", "２０２６", "20260301T08"],
)
def test_malformed_time(text: str) -> None:
    """What is no time is refused, with the place."""
    with pytest.raises(InvalidInput, match="hl7_time") as caught:
        read_timestamp(text, CHINA, where="PID-7", segment=3)
    assert (caught.value.params["where"], caught.value.params["segment"]) == ("PID-7", 3)


@given(st.text(alphabet="0123456789+-. Z", max_size=26))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    """Reading a time gives an aware instant or InvalidInput, whatever the text."""
    try:
        assert read_timestamp(text, CHINA, where="EVN-2").at.tzinfo is UTC
    except InvalidInput as error:
        assert error.code == "hl7_time"


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_written_time_is_read_again(at: datetime) -> None:
    """An instant written in the zone of a site is read as the same instant, to the second."""
    read = read_timestamp(write_timestamp(at, CHINA), UTC, where="EVN-2")
    assert read.at == at.replace(microsecond=0)
    assert read.local.hour == at.astimezone(CHINA).hour
