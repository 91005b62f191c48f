"""Times as HL7 writes them, TS and DTM: `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]` (HL7 v2.8, 2A.2.22)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import IntEnum

from yipan.kernel.errors import InvalidInput

_FORMAT = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?)?)?)?(?:([+-])(\d{2})(\d{2}))?",
    re.ASCII,
)


class Precision(IntEnum):
    """How much of a time the sender gave."""

    YEAR = 1
    MONTH = 2
    DAY = 3
    HOUR = 4
    MINUTE = 5
    SECOND = 6
    FRACTION = 7


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time with its precision. `at` is the first instant it may mean, aware, in UTC; `local` is the same as written.

    The day of birth, for example, is `local.date()`: turning it into UTC first could move it to the day before.
    """

    at: datetime
    local: datetime
    precision: Precision

    @property
    def date(self) -> date:
        """The calendar day where it was written."""
        return self.local.date()


def timestamp(at: datetime) -> Timestamp:
    """An aware instant, known to the second, to be told in a message."""
    return Timestamp(at.astimezone(UTC), at, Precision.SECOND)


def calendar_day(day: date) -> Timestamp:
    """A day, such as that of a birth, to be told in a message."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Timestamp(midnight, midnight, Precision.DAY)


def read_timestamp(text: str, zone: tzinfo, *, where: str, segment: int | None = None) -> Timestamp:
    """Read a TS or DTM value; one without an offset is in `zone`.

    Raises InvalidInput `hl7_time`, naming `where` and the number of the segment, for anything that is not a time.
    """
    match = _FORMAT.fullmatch(text.strip())
    if match is None:
        raise InvalidInput("hl7_time", where=where, segment=segment, value=text)
    *parts, fraction, sign, hours, minutes = match.groups()
    numbers = [int(p) for p in parts if p is not None]
    precision = Precision(len(numbers) + (fraction is not None))
    try:
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            zone = timezone(-offset if sign == "-" else offset)
        year, month, day, hour, minute, second = numbers + [0, 1, 1, 0, 0, 0][len(numbers) :]
        microsecond = int((fraction or "0").ljust(6, "0"))
        local = datetime(year, month, day, hour, minute, second, microsecond, zone)
        return Timestamp(local.astimezone(UTC), local, precision)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("hl7_time", where=where, segment=segment, value=text) from error


def write_timestamp(at: datetime, zone: tzinfo) -> str:
    """An aware instant to the second, in `zone`, with its offset."""
    return at.astimezone(zone).strftime("%Y%m%d%H%M%S%z")
