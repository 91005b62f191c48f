"""Opening hours as spans of minutes. Instants are whole minutes since 1970 in UTC: arrays of them are quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Hours = Mapping[str, Sequence[Sequence[str]]]
"""ISO weekday → opened spans of the local day, {"1": [["08:00", "12:00"], ["14:00", "17:30"]]}; {} means always."""

Span = tuple[int, int]


def minute_of(at: datetime) -> int:
    """The minute in which an instant lies."""
    return int(at.timestamp() // 60)


def instant_of(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def problem(hours: Hours) -> str:
    """What is wrong with opening hours as a code, or "". Spans are in order and do not overlap."""
    for weekday, spans in hours.items():
        if weekday not in {"1", "2", "3", "4", "5", "6", "7"}:
            return "hours_weekday"
        before = -1
        for span in spans:
            ends = [_minutes(text) for text in span]
            if len(ends) != 2 or None in ends:
                return "hours_shape"
            begin, end = (e for e in ends if e is not None)
            if begin < before or end <= begin:
                return "hours_order"
            before = end
    return ""


def read_hours(text: str) -> dict[str, list[list[str]]]:
    """Opening hours as files and forms have them: "1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00"; "" is always.

    Raises ValueError with the code of what is wrong.
    """
    hours: dict[str, list[list[str]]] = {}
    for part in filter(None, (p.strip() for p in text.replace("；", ";").split(";"))):
        days, *spans = part.split()
        first, _, last = days.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal() and spans):
            raise ValueError("hours_shape")
        for day in range(int(first), int(last or first) + 1):
            hours[str(day)] = [list(span.split("-")) for span in spans]
    wrong = problem(hours)
    if wrong:
        raise ValueError(wrong)
    return hours


def hours_text(hours: Hours) -> str:
    """The same hours as text; days that follow one another with the same hours are told together."""
    parts: list[tuple[int, int, str]] = []
    for day in range(1, 8):
        spans = " ".join("-".join(span) for span in hours.get(str(day), ()))
        if not spans:
            continue
        if parts and parts[-1][1] == day - 1 and parts[-1][2] == spans:
            parts[-1] = (parts[-1][0], day, spans)
        else:
            parts.append((day, day, spans))
    return "; ".join(f"{a if a == b else f'{a}-{b}'} {spans}" for a, b, spans in parts)


def shut_spans(hours: Hours, zone: str, start: int, end: int) -> list[Span]:
    """When it is closed within [start, end), earliest first."""
    if not hours:
        return []
    shut, front = [], start
    for begin, until in _open_spans(_frozen(hours), zone, start, end):
        if begin > front:
            shut.append((front, min(begin, end)))
        front = max(front, until)
    if front < end:
        shut.append((front, end))
    return shut


def opens_after(hours: Hours, zone: str, minute: int, *, days: int = 14) -> int | None:
    """The first minute from `minute` on that is within the hours; None when there is none in `days`."""
    if not hours:
        return minute
    spans = _open_spans(_frozen(hours), zone, minute, minute + days * 1440)
    return next((max(begin, minute) for begin, until in spans if until > minute), None)


Frozen = tuple[tuple[int, tuple[tuple[int, int], ...]], ...]


@lru_cache(maxsize=256)
def _open_spans(hours: Frozen, zone: str, start: int, end: int) -> tuple[Span, ...]:
    by_weekday, place = dict(hours), ZoneInfo(zone)
    first, last = (instant_of(m).astimezone(place).date() for m in (start, end))
    spans: list[Span] = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        for begin, until in by_weekday.get(day.isoweekday(), ()):
            span = (_at(day, begin, place), _at(day, until, place))
            if spans and spans[-1][1] == span[0]:  # open over midnight
                spans[-1] = (spans[-1][0], span[1])
            else:
                spans.append(span)
    return tuple(s for s in spans if s[1] > start and s[0] < end)


def _at(day: date, minutes: int, zone: ZoneInfo) -> int:
    whole, rest = divmod(minutes, 1440)
    return minute_of(datetime.combine(day + timedelta(days=whole), time(rest // 60, rest % 60), zone))


def _frozen(hours: Hours) -> Frozen:
    return tuple(
        (int(weekday), tuple((_minutes(a) or 0, _minutes(b) or 0) for a, b in spans))
        for weekday, spans in sorted(hours.items())
    )


def _minutes(text: object) -> int | None:
    """Minutes of the day of "08:30"; "24:00" is its end; None when it is not a time."""
    hour, colon, minute = str(text).partition(":")
    if not colon or not (hour.isascii() and hour.isdecimal() and minute.isascii() and minute.isdecimal()):
        return None
    total = int(hour) * 60 + int(minute)
    return total if len(minute) == 2 and int(minute) < 60 and total <= 1440 else None
