"""The rules of the ambulances, without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.lines.dispatch import policy
from yipan.lines.dispatch.policy import Candidate, Roads, Step
from yipan.spine.testing import NOON

ROADS = Roads(20, 30, 40)


def minutes(n):
    return timedelta(minutes=n)


def test_a_trip_in_instants():
    """Out, loading, over, handing over, home, making ready."""
    trip = policy.trip(NOON, ROADS)
    assert trip.at_patient == NOON + minutes(20)
    assert trip.depart == NOON + minutes(30)
    assert trip.arrive == NOON + minutes(60)
    assert trip.back == NOON + minutes(60 + 15 + 40 + 10)


def test_when_to_leave():
    """So that the patient is not kept waiting, and not before the crew is ready."""
    assert policy.earliest_leave(NOON, NOON + minutes(60), ROADS, minutes(3)) == NOON + minutes(40)
    assert policy.earliest_leave(NOON, NOON + minutes(10), ROADS, minutes(3)) == NOON + minutes(3)


@given(
    taken=st.lists(st.tuples(st.integers(0, 500), st.integers(1, 90)), max_size=12),
    leave=st.integers(0, 500),
    length=st.integers(1, 120),
)
def test_the_first_gap_is_free_and_first(taken, leave, length):
    """A trip put into the first gap overlaps nothing, and no earlier minute would have done."""
    busy, end = [], 0
    for gap, duration in taken:
        start = end + gap
        end = start + duration
        busy.append((NOON + minutes(start), NOON + minutes(end)))
    found = policy.first_gap(NOON + minutes(leave), minutes(length), busy)

    def free(at):
        return all(e <= at or s >= at + minutes(length) for s, e in busy)

    assert free(found)
    assert not any(free(NOON + minutes(n)) for n in range(leave, int((found - NOON).total_seconds() // 60)))


def candidate(key, leave, more):
    return Candidate(key, policy.trip(NOON + minutes(leave), ROADS), more)


def test_who_goes():
    """First with the patient; within five minutes the vehicle that can do no more than is needed."""
    better, plain, late = candidate("advanced", 0, True), candidate("basic", 4, False), candidate("late", 30, False)
    assert [c.key for c in policy.ranked([better, late, plain])] == ["basic", "advanced", "late"]
    slow = candidate("slow", 10, False)
    assert policy.ranked([slow, better])[0].key == "advanced"


def test_who_may_carry_whom():
    """A basic vehicle carries nobody who needs an advanced one."""
    allowed = {(v, w) for v in ("basic", "advanced") for w in ("basic", "advanced") if policy.may_carry(v, w)}
    assert allowed == {("basic", "basic"), ("advanced", "basic"), ("advanced", "advanced")}


def test_steps_follow_one_another():
    """Each step has one that follows, up to the hand-over."""
    step, walked = Step.PLANNED, [Step.PLANNED]
    while (step := policy.following(step)) is not None:
        walked.append(step)
    assert walked == list(Step)


@pytest.mark.parametrize(
    ("step", "ahead"),
    [(Step.ON_THE_WAY, 60), (Step.WITH_PATIENT, 40), (Step.UNDER_WAY, 30), (Step.HANDED_OVER, 0), (Step.PLANNED, 60)],
)
def test_the_eta_follows_the_steps(step, ahead):
    """What is left of the trip after each step; a planned trip arrives as planned, unless it leaves later."""
    assert policy.eta(step, NOON, ROADS, policy.trip(NOON, ROADS)) == NOON + minutes(ahead)


def test_vitals_that_nobody_has():
    """Impossible and unknown values are named."""
    assert policy.wrong_vitals({"pulse": 80, "oxygen": 101, "mood": 1, "gcs": 2}) == ["oxygen", "mood", "gcs"]
