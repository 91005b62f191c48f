"""What people type or choose, as values: days and times within the years in which Yipan can be asked, whole numbers,
identifiers."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from uuid import UUID

from yipan.kernel.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 1850, 2199
"""Nobody alive was born before, nothing is planned after; far from where the arithmetic of dates ends."""

LARGEST = 2**31 - 1


def day(text: str) -> date:
    """A day in ISO 8601. Raises InvalidInput("date_unreadable")."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput("date_unreadable", value=text[:40]) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise InvalidInput("date_unreadable", value=text[:40])
    return found


def instant(text: str, zone: tzinfo) -> datetime:
    """A local date and time in ISO 8601, in `zone`. Raises InvalidInput("time_unreadable")."""
    try:
        found = datetime.fromisoformat(text.strip()).replace(tzinfo=zone)
    except ValueError:
        raise InvalidInput("time_unreadable", value=text[:40]) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise InvalidInput("time_unreadable", value=text[:40])
    return found


def moment(text: str) -> datetime:
    """An instant with its offset, in ISO 8601. Raises InvalidInput("time_unreadable")."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput("time_unreadable", value=text[:40]) from None
    if found.tzinfo is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise InvalidInput("time_unreadable", value=text[:40])
    return found


def whole(text: str) -> int | None:
    """A whole number from 0 to `LARGEST` in ASCII digits; None when the text is anything else."""
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return None
    number = int(text)
    return number if number <= LARGEST else None


def identifier(text: str) -> UUID | None:
    """What a choice in a form or an address names; None when the text names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None
