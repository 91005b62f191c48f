"""Westgard's rules against examples worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.policy.westgard import REJECTING, Finding, Rule, Verdict, deviation, judge, verdict


def rules(*runs: dict[int, float]) -> list[str]:
    return [str(finding.rule) for finding in judge(runs)]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([{1: 0.4, 2: -0.9}], []),
        ([{1: 1.99, 2: -1.99}], []),
        # 1_2s warns, and only warns
        ([{1: 2.1, 2: 0.2}], ["1_2s"]),
        ([{1: -2.1}], ["1_2s"]),
        # 1_3s
        ([{1: 3.1, 2: 0.0}], ["1_3s", "1_2s"]),
        ([{1: 3.0, 2: 0.0}], ["1_2s"]),
        # 2_2s across two levels of one run, and within one level of two runs; never on two sides
        ([{1: 2.2, 2: 2.3}], ["2_2s", "1_2s"]),
        ([{1: 2.2, 2: 0.1}, {1: 2.4, 2: 0.0}], ["2_2s", "1_2s"]),
        ([{1: 2.2, 2: 0.1}, {1: 0.3, 2: 2.4}], ["1_2s"]),
        ([{1: 2.2}, {1: -2.4}], ["1_2s"]),
        ([{1: 2.2}, {1: 0.0}, {1: 2.4}], ["1_2s"]),
        # R_4s within a run only
        ([{1: 2.2, 2: -2.1}], ["R_4s", "1_2s"]),
        ([{1: 2.2, 2: 0.0}, {1: -2.1, 2: 0.0}], ["1_2s"]),
        ([{1: 2.5, 2: -1.9}], ["1_2s"]),
        # 4_1s within a level, and across two levels in two runs
        ([{1: 1.2}, {1: 1.1}, {1: 1.3}, {1: 1.4}], ["4_1s"]),
        ([{1: 1.2, 2: 1.1}, {1: 1.3, 2: 1.4}], ["4_1s"]),
        ([{1: 1.2, 2: 1.1}, {1: 1.3, 2: 0.9}], []),
        ([{1: -1.2}, {1: -1.1}, {1: -1.3}, {1: -1.4}], ["4_1s"]),
        ([{1: 1.2}, {1: 1.1}, {1: -1.3}, {1: 1.4}], []),
        # 10_x within a level, and across two levels in five runs
        ([{1: 0.2}] * 10, ["10_x"]),
        ([{1: 0.2}] * 9, []),
        ([{1: 0.2, 2: 0.1}] * 5, ["10_x"]),
        ([{1: 0.2, 2: 0.1}] * 4, []),
        ([{1: 0.2, 2: -0.1}] * 9, []),
        ([{1: 0.2, 2: -0.1}] * 10, ["10_x"]),
        ([{1: -0.2}] * 10, ["10_x"]),
        ([{1: 0.2}] * 5 + [{1: 0.0}] + [{1: 0.2}] * 5, []),
        # the last run counts, not what was wrong before
        ([{1: 3.5}, {1: 0.2}], []),
        ([], []),
        ([{}], []),
    ],
)
def test_worked_examples(runs: list[dict[int, float]], expected: list[str]) -> None:
    """Each rule fires where the paper says it does and nowhere else."""
    assert rules(*runs) == expected


def test_findings_name_the_levels() -> None:
    """A finding says which levels break the rule."""
    assert judge([{1: 2.2, 2: 0.1, 3: 2.6}]) == (Finding(Rule.R2_2S, (1, 3)), Finding(Rule.R1_2S, (1, 3)))
    assert judge([{1: 0.0, 2: -3.2}])[0] == Finding(Rule.R1_3S, (2,))


def test_verdicts() -> None:
    """A warning alone rejects nothing; every other rule does."""
    assert verdict(judge([{1: 0.0}])) is Verdict.GOOD
    assert verdict(judge([{1: 2.5}])) is Verdict.WARNING
    assert verdict(judge([{1: 3.5}])) is Verdict.REJECTED
    assert {Rule.R1_2S} == set(Rule) - REJECTING


def test_deviation() -> None:
    """A value is told in standard deviations from its target; a target without spread is refused."""
    assert deviation(5.3, 5.0, 0.1) == pytest.approx(3.0)
    for sd in (0.0, -1.0, float("nan")):
        with pytest.raises(InvalidInput, match="control_target"):
            deviation(5.0, 5.0, sd)


runs_of = st.lists(st.dictionaries(st.integers(1, 3), st.floats(-5, 5), min_size=1), min_size=1, max_size=14)


@given(runs_of)
def test_mirror_image_is_judged_alike(runs: list[dict[int, float]]) -> None:
    """Turning every deviation round changes no finding: high and low are treated alike."""
    assert judge([{level: -z for level, z in run.items()} for run in runs]) == judge(runs)


@given(runs_of)
def test_only_ten_runs_count(runs: list[dict[int, float]]) -> None:
    """What lies further back than ten runs changes nothing."""
    assert judge(runs[-10:]) == judge(runs)
