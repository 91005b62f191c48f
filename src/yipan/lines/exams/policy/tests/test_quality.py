"""When a site's results may be trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yipan.lines.exams.policy.quality import GOOD, Assessment, Control, Demand, controls, standing
from yipan.lines.exams.policy.westgard import Finding, Rule

DAY = datetime(2026, 3, 2, tzinfo=UTC)
BAD = (Finding(Rule.R1_3S, (1,)),)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


RUNS = [Control(at(8)), Control(at(12), BAD), Control(at(16)), Control(at(20))]


@pytest.mark.parametrize(
    ("hour", "open_"),
    [(7, True), (8, False), (10, False), (12, False), (15.9, False), (16, True), (18, True), (21, True)],
)
def test_failed_control_closes_from_the_last_good_one_to_the_next(hour: float, open_: bool) -> None:
    """What was measured between two good controls with a bad one between them is in doubt, and nothing else."""
    told = standing(RUNS, [], at(hour))
    assert told.open is open_
    if not open_:
        assert told.reason == "quality_control_failed"
        assert dict(told.params) == {"rule": "1_3s", "at": at(12), "since": at(8)}


def test_closed_until_it_is_good_again() -> None:
    """Without a good control since, it stays closed; with one, it opens. A warning closes nothing."""
    assert not standing(RUNS[:2], [], at(30)).open
    assert standing([*RUNS[:2], Control(at(31))], [], at(32)).open
    assert standing([Control(at(8)), Control(at(12), (Finding(Rule.R1_2S, (1,)),))], [], at(13)) == GOOD


def test_bad_from_the_beginning() -> None:
    """When no control was ever good, everything up to the first good one is in doubt."""
    told = [Control(at(8), BAD)]
    assert not standing(told, [], at(7)).open
    assert not standing(told, [], at(9)).open


def test_failed_assessment_closes_until_one_is_passed() -> None:
    """A failed round closes from the last good control before its sample until a later round is passed."""
    told = [Control(at(8)), Control(at(16))]
    failed = Assessment(at(10), at(100), passed=False)
    passed = Assessment(at(200), at(220), passed=True)
    assert standing(told, [failed], at(7)).open
    assert standing(told, [failed], at(9)).reason == "quality_assessment_failed"
    assert standing(told, [failed], at(150)).reason == "quality_assessment_failed"
    assert not standing(told, [failed, passed], at(150)).open
    assert standing(told, [failed, passed], at(201)).open


def test_what_an_item_demands() -> None:
    """A control and a passed assessment of late may be demanded; what is not demanded may be missing."""
    strict = Demand(internal_days=1, external_days=180)
    passed = [Assessment(at(-24 * 30), at(0), passed=True)]
    assert standing([], [], at(9)) == GOOD
    assert standing([], passed, at(9), strict).reason == "quality_control_missing"
    assert standing([Control(at(8))], [], at(9), strict).reason == "quality_assessment_missing"
    assert standing([Control(at(8))], passed, at(9), strict).open
    assert standing([Control(at(8))], passed, at(8 + 25), strict).reason == "quality_control_old"
    late = [Control(at(24 * 200))]
    assert standing(late, passed, at(24 * 200 + 1), strict).reason == "quality_assessment_old"


def test_runs_become_controls() -> None:
    """Each run is judged with those before it."""
    told = controls([(at(n), {1: 2.2 if n in (3, 4) else 0.1 * (-1) ** n}) for n in range(6)])
    assert [control.good for control in told] == [True, True, True, True, False, True]
