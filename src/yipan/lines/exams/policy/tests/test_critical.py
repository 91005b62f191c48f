"""Where a critical value stands and who is asked, minute by minute."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.policy import critical as policy
from yipan.lines.exams.policy.critical import LADDER, Bound, CriticalPolicy, Loop, Rung, Step
from yipan.spine.testing import NOON

RULES = CriticalPolicy()


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("loop", "at", "step", "rung", "overdue"),
    [
        (Loop(NOON), 0, Step.TOLD, Rung.ATTENDING, False),
        (Loop(NOON), 9.9, Step.TOLD, Rung.ATTENDING, False),
        (Loop(NOON), 10, Step.TOLD, Rung.HEAD, True),
        (Loop(NOON), 15, Step.TOLD, Rung.COORDINATOR, True),
        (Loop(NOON), 999, Step.TOLD, Rung.COORDINATOR, True),
        (Loop(NOON, after(3)), 12.9, Step.ACKNOWLEDGED, Rung.ATTENDING, False),
        (Loop(NOON, after(3)), 13, Step.ACKNOWLEDGED, Rung.HEAD, True),
        (Loop(NOON, after(3), after(5)), 34, Step.ACTED, Rung.ATTENDING, False),
        (Loop(NOON, after(3), after(5)), 35, Step.ACTED, Rung.HEAD, True),
        (Loop(NOON, after(3), after(5)), 40, Step.ACTED, Rung.COORDINATOR, True),
    ],
)
def test_who_is_asked(loop: Loop, at: float, step: Step, rung: Rung, overdue: bool) -> None:
    """At the deadline of a step the head is asked, five minutes later the coordinator."""
    now = policy.standing(RULES, loop, after(at))
    assert (now.step, now.rung, now.overdue) == (step, rung, overdue)


def test_a_closed_loop_asks_nobody() -> None:
    """After the last step nobody is asked and nothing is overdue."""
    now = policy.standing(RULES, Loop(NOON, after(1), after(2), after(3)), after(9999))
    assert (now.step, now.rung, now.overdue) == (None, None, False)
    assert policy.escalations(RULES, Loop(NOON, after(1), after(2), after(3)), after(9999)) == []


@given(st.integers(0, 100), st.integers(0, 100))
def test_the_ladder_is_only_climbed(first: int, second: int) -> None:
    """While nothing happens, later is never a lower rung, and everybody in between was asked."""
    early, late = sorted((first, second))
    before, now = (policy.escalations(RULES, Loop(NOON), after(t)) for t in (early, late))
    assert now[: len(before)] == before
    assert [rung for _, rung in now] == list(LADDER[1 : 1 + len(now)])


@given(st.integers(0, 60))
def test_the_next_rung_comes_when_it_was_foretold(at: int) -> None:
    """`next_escalation` is the first instant at which one more is asked."""
    foretold = policy.next_escalation(RULES, Loop(NOON), after(at))
    here = len(policy.escalations(RULES, Loop(NOON), after(at)))
    if foretold is None:
        assert here == len(LADDER) - 1
    else:
        assert len(policy.escalations(RULES, Loop(NOON), foretold)) == here + 1
        assert len(policy.escalations(RULES, Loop(NOON), foretold - timedelta(seconds=1))) == here


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (2.4, "mmol/L", True),
        (2.5, "mmol/L", False),
        (6.6, "mmol/L", True),
        (4.1, "mmol/L", False),
        (4.1, "mg/dL", None),
    ],
)
def test_a_number_is_judged_in_its_own_unit(value: float, unit: str, expected: bool | None) -> None:
    """Outside the bounds is critical, on them is not, and another unit is not guessed at."""
    assert policy.breaches(Bound("mmol/L", 2.5, 6.5), value, unit) is expected


@pytest.mark.parametrize(
    ("comparator", "value", "low", "high", "expected"),
    [
        ("<", 2.5, 2.5, 6.5, True),
        ("<", 3.0, 2.5, 6.5, None),
        (">", 6.5, 2.5, 6.5, True),
        (">=", 6.0, 2.5, 6.5, None),
        ("<", 0.01, None, 0.5, False),
        ("<", 0.6, None, 0.5, None),
        (">", 9.0, 7.0, None, False),
        (">", 6.0, 7.0, None, None),
    ],
)
def test_above_or_below_a_number(
    comparator: str, value: float, low: float | None, high: float | None, expected: bool | None
) -> None:
    """What is told as above or below a number is critical or not where all of it is; else a person looks."""
    assert policy.breaches(Bound("mmol/L", low, high), value, "mmol/L", comparator) is expected


@pytest.mark.parametrize("body", [{"told": 0}, {"rung": "soon"}, {"acted": 99999}])
def test_unusable_times_are_refused(body: dict) -> None:
    """A centre cannot set a time that is none."""
    with pytest.raises(InvalidInput):
        policy.read(body)
