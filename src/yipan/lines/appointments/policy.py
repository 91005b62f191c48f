"""Pure rules of the clinics: when they take place, who may have a seat, how long registrations hold, whose turn it is.

Days are local days of the clinic's site, instants are UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

VALID_DAYS = 3
"""A registration holds on the day of the visit and the two after it (挂号三日内有效)."""
KEPT_UNTIL = timedelta(hours=24)
"""Seats kept for referrals go to everybody so long before the session."""
WAIT_TARGET = timedelta(minutes=3)
"""From the turn to the call: what the model county reaches (A3)."""
LATE = timedelta(minutes=10)
"""Who comes later than this after the seat's time has lost the place in the queue."""
PASSED_PLACES = 2
"""Who was called and did not come in is called again after so many others."""
LOOK_AHEAD = timedelta(days=14)
HOLD = timedelta(minutes=15)
PER_CLINIC = 3
"""Seats of one clinic among the offers."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """When a clinic takes place; the fields of `models.Clinic`."""

    weekdays: Collection[int]
    starts: time
    ends: time
    first_day: date
    last_day: date | None
    minutes: int
    every_weeks: int = 1
    on_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat of a session: its number is what the patient is called by."""

    number: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody in the waiting room: the seat's time, when they came, how often they were called in vain, and how many
    others were called since."""

    key: object
    seat: datetime
    came: datetime
    passed: int = 0
    called_since: int = 0
    urgent: bool = False


def days_of(pattern: Pattern, first: date, last: date, holidays: Collection[date] = ()) -> list[date]:
    """The days from `first` to `last`, both included, on which the clinic takes place."""
    begin = max(first, pattern.first_day)
    end = last if pattern.last_day is None else min(last, pattern.last_day)
    days = (begin + timedelta(days=n) for n in range((end - begin).days + 1))
    return [day for day in days if takes_place(pattern, day, holidays)]


def takes_place(pattern: Pattern, day: date, holidays: Collection[date] = ()) -> bool:
    """Whether the clinic takes place on a day, as far as its pattern and the holidays tell."""
    if day < pattern.first_day or (pattern.last_day is not None and day > pattern.last_day):
        return False
    if day.isoweekday() not in pattern.weekdays or (day in holidays and not pattern.on_holidays):
        return False
    weeks = (_monday(day) - _monday(pattern.first_day)).days // 7
    return weeks % pattern.every_weeks == 0


def seats_of(pattern: Pattern, day: date, zone: str) -> list[Seat]:
    """The seats of the session of a day, as many as fit whole."""
    start = datetime.combine(day, pattern.starts, ZoneInfo(zone)).astimezone(UTC)
    end = datetime.combine(day, pattern.ends, ZoneInfo(zone)).astimezone(UTC)
    each = timedelta(minutes=pattern.minutes)
    return [Seat(n + 1, start + n * each, start + (n + 1) * each) for n in range((end - start) // each)]


def day_of(at: datetime, zone: str) -> date:
    """The local day of an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def covers(registered_on: date, day: date, days: int = VALID_DAYS) -> bool:
    """Whether a registration for a visit on one day still holds on another."""
    return registered_on <= day < registered_on + timedelta(days=days)


def last_valid_day(registered_on: date, days: int = VALID_DAYS) -> date:
    """The last day on which the patient may come back without a new registration."""
    return registered_on + timedelta(days=days - 1)


def open_to(*, free: int, kept: int, is_referral: bool, begins: datetime, now: datetime) -> bool:
    """Whether somebody may have a free seat of a session: the kept ones are for referrals until a day before."""
    if is_referral or begins - now <= KEPT_UNTIL:
        return free > 0
    return free > kept


def turn(person: Present) -> datetime:
    """When somebody's turn is: at the seat's time, or when they came if they came late."""
    return person.seat if person.came <= person.seat + LATE else person.came


def in_order(waiting: Iterable[Present]) -> list[Present]:
    """Who is called when: urgent ones first, then by turn; who was called in vain moves behind the next two."""
    people = list(waiting)
    fresh = sorted((p for p in people if not p.passed), key=lambda p: (not p.urgent, turn(p), p.seat))
    for person in sorted((p for p in people if p.passed), key=lambda p: (p.called_since, turn(p))):
        fresh.insert(min(max(PASSED_PLACES - person.called_since, 0), len(fresh)), person)
    return fresh


def waited(*, seat: datetime, came: datetime, called: datetime) -> timedelta:
    """How long somebody waited for the call: not before the seat's time, however early they came."""
    return max(called - max(seat, came), timedelta(0))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A free seat among others: `minutes` by road from the patient's place (None: unknown), `known` the doctor was seen
    before."""

    key: object
    start: datetime
    minutes: float | None
    known: bool


RANKS = ("earliest", "nearest", "continuity")


def ranked(candidates: Sequence[Candidate], by: str) -> list[Candidate]:
    """Best first. Earliest breaks every tie, and nearness the ties of that."""
    far = float("inf")

    def order(c: Candidate) -> tuple[object, ...]:
        near = far if c.minutes is None else c.minutes
        match by:
            case "nearest":
                return (near, c.start)
            case "continuity":
                return (not c.known, c.start, near)
            case _:
                return (c.start, near, not c.known)

    return sorted(candidates, key=order)


def _monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)
