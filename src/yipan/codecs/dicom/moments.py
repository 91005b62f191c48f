"""Dates and times as DICOM writes them: DA `YYYYMMDD`, TM `HH[MM[SS[.F…]]]`, offsets `&ZZXX` (PS3.5, 6.2)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

DAY = re.compile(r"(\d{4})[.]?(\d{2})[.]?(\d{2})", re.ASCII)
TIME = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?", re.ASCII)
OFFSET = re.compile(r"([+-])(\d{2})(\d{2})", re.ASCII)


def read_day(text: str) -> date | None:
    """A DA; None for what is none. Old equipment writes dots between (ACR-NEMA)."""
    match = DAY.fullmatch(text.strip())
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """A TM; None for what is none. Old equipment writes colons between."""
    match = TIME.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    try:
        return time(
            int(hours), int(minutes or 0), min(int(seconds or 0), 59), int((fraction or "").ljust(6, "0")[:6] or 0)
        )
    except ValueError:
        return None


def read_offset(text: str) -> timezone | None:
    """A Timezone Offset From UTC; None for what is none."""
    match = OFFSET.fullmatch(text.strip())
    if match is None:
        return None
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-size if match[1] == "-" else size) if size < timedelta(hours=24) else None


def moment(day: str, at: str, offset: str, zone: tzinfo) -> datetime | None:
    """The instant of a date, a time and an offset as written, in UTC; without an offset it is in `zone`."""
    on = read_day(day)
    if on is None:
        return None
    try:
        return datetime.combine(on, read_time(at) or time.min, read_offset(offset) or zone).astimezone(UTC)
    except OverflowError:
        return None


def write_day(at: datetime | date) -> str:
    return at.strftime("%Y%m%d")


def write_time(at: datetime) -> str:
    return at.strftime("%H%M%S")
