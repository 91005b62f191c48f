"""The rules of the clinics, without a database."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.lines.appointments import policy
from yipan.lines.appointments.policy import Candidate, Pattern, Present

SHANGHAI = "Asia/Shanghai"
TUESDAYS = Pattern((2,), time(8), time(12), date(2026, 3, 3), date(2026, 6, 30), minutes=10)
AT = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)


def days(pattern, first=date(2026, 3, 1), last=date(2026, 3, 31), holidays=()):
    return [d.day for d in policy.days_of(pattern, first, last, holidays)]


def test_every_tuesday_but_on_holidays():
    """Every Tuesday of March, and on a holiday only a clinic that says so."""
    assert days(TUESDAYS) == [3, 10, 17, 24, 31]
    tenth = {date(2026, 3, 10)}
    assert days(TUESDAYS, holidays=tenth) == [3, 17, 24, 31]
    always = Pattern((2,), time(8), time(12), date(2026, 3, 3), None, minutes=10, on_holidays=True)
    assert 10 in days(always, holidays=tenth)


def test_the_first_and_the_last_day_count():
    """The clinic takes place on its first and on its last day, and not a week before or after."""
    assert not policy.takes_place(TUESDAYS, date(2026, 2, 24))
    assert policy.takes_place(TUESDAYS, date(2026, 3, 3))
    assert policy.takes_place(TUESDAYS, date(2026, 6, 30))
    assert not policy.takes_place(TUESDAYS, date(2026, 7, 7))


def test_every_second_week_is_counted_from_the_first_day():
    """Each second week, whatever weekday the first day is."""
    fortnightly = Pattern((1, 5), time(8), time(9), date(2026, 3, 4), None, minutes=10, every_weeks=2)
    assert days(fortnightly) == [6, 16, 20, 30]


def test_seats_are_local_times():
    """Eight o'clock in Shanghai is midnight UTC; a seat that does not fit whole is left out."""
    seats = policy.seats_of(
        Pattern((2,), time(8), time(8, 25), date(2026, 3, 3), None, minutes=10), AT.date(), SHANGHAI
    )
    assert [(s.number, s.start) for s in seats] == [(1, AT), (2, AT + timedelta(minutes=10))]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"])
def test_seats_where_clocks_change(zone):
    """On days when clocks go forward or back seats still follow one another without gap or overlap."""
    around = Pattern(tuple(range(1, 8)), time(0), time(6), date(2026, 1, 1), None, minutes=15)
    for n in range(365):
        seats = policy.seats_of(around, date(2026, 1, 1) + timedelta(days=n), zone)
        assert all(a.end == b.start for a, b in itertools.pairwise(seats))
        assert len(seats) in range(20, 29)


@given(
    minutes=st.integers(2, 240),
    start=st.integers(0, 1300),
    length=st.integers(1, 139),
    offset=st.integers(0, 400),
)
def test_seats_never_overlap(minutes, start, length, offset):
    """Whatever the pattern, seats are numbered from one, as long as asked, inside the session, and never overlap."""
    begins, ends = time(start // 60, start % 60), time((start + length) // 60, (start + length) % 60)
    pattern = Pattern(tuple(range(1, 8)), begins, ends, date(2026, 1, 1), None, minutes)
    seats = policy.seats_of(pattern, date(2026, 1, 1) + timedelta(days=offset), SHANGHAI)
    assert [s.number for s in seats] == list(range(1, length // minutes + 1))
    assert all(s.end - s.start == timedelta(minutes=minutes) for s in seats)
    assert all(a.end <= b.start for a, b in itertools.pairwise(seats))


@pytest.mark.parametrize(("days_later", "holds"), [(-1, False), (0, True), (1, True), (2, True), (3, False)])
def test_a_registration_holds_three_days(days_later, holds):
    """The day of the visit and the two after it, neither before nor later."""
    first = date(2026, 2, 27)
    assert policy.covers(first, first + timedelta(days=days_later)) is holds
    assert policy.last_valid_day(first) == date(2026, 3, 1)


def test_the_days_of_a_registration_are_those_of_the_site():
    """23:59 and 00:00 at the site are two days, whatever day it is in Greenwich."""
    late = datetime(2026, 3, 3, 15, 59, tzinfo=UTC)
    assert policy.day_of(late, SHANGHAI) == date(2026, 3, 3)
    assert policy.day_of(late + timedelta(minutes=1), SHANGHAI) == date(2026, 3, 4)
    assert policy.day_of(late, "America/Lima") == date(2026, 3, 3)


def test_kept_seats_go_to_referrals_until_a_day_before():
    """The last free seats are for referrals; a day before the session they are for everybody."""
    early, late = AT - timedelta(hours=25), AT - timedelta(hours=24)
    assert policy.open_to(free=3, kept=2, is_referral=False, begins=AT, now=early)
    assert not policy.open_to(free=2, kept=2, is_referral=False, begins=AT, now=early)
    assert policy.open_to(free=2, kept=2, is_referral=True, begins=AT, now=early)
    assert policy.open_to(free=1, kept=2, is_referral=False, begins=AT, now=late)
    assert not policy.open_to(free=0, kept=0, is_referral=True, begins=AT, now=late)


def present(key, minute, came, **more):
    return Present(key, AT + timedelta(minutes=minute), AT + timedelta(minutes=came), **more)


def order(*people):
    return [p.key for p in policy.in_order(people)]


def test_turns_follow_the_seats():
    """By seat, however early somebody came; who came ten minutes late keeps the place, later than that loses it."""
    assert order(present("b", 10, -60), present("a", 0, -5)) == ["a", "b"]
    assert order(present("late", 0, 10), present("b", 10, 0)) == ["late", "b"]
    assert order(present("late", 0, 11), present("b", 10, 0)) == ["b", "late"]


def test_urgent_ones_are_called_first():
    """An emergency goes before everybody."""
    assert order(present("a", 0, 0), present("e", 50, 5, urgent=True)) == ["e", "a"]


@pytest.mark.parametrize(("since", "place"), [(0, 2), (1, 1), (2, 0), (7, 0)])
def test_called_in_vain(since, place):
    """Who did not come in is called again after the next two, and not later than that however many others come."""
    people = [present(n, n, 0) for n in range(5)]
    away = present("away", 0, 0, passed=1, called_since=since)
    assert order(*people, away).index("away") == place


def test_ranks():
    """Earliest, nearest and known doctor each put another seat first."""
    soon = Candidate("soon", AT, 50, known=False)
    near = Candidate("near", AT + timedelta(days=2), 0, known=False)
    known = Candidate("known", AT + timedelta(days=1), None, known=True)
    firsts = [policy.ranked([known, near, soon], by)[0].key for by in policy.RANKS]
    assert firsts == ["soon", "near", "known"]


def test_waiting_counts_from_the_turn():
    """Coming early is no waiting; coming late waits from the arrival."""
    minutes = timedelta(minutes=1)
    assert policy.waited(seat=AT, came=AT - 30 * minutes, called=AT + 3 * minutes) == 3 * minutes
    assert policy.waited(seat=AT, came=AT + 5 * minutes, called=AT + 6 * minutes) == minutes
    assert policy.waited(seat=AT, came=AT - 30 * minutes, called=AT - 20 * minutes) == timedelta(0)
