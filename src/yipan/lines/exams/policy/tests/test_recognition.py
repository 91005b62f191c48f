"""Which results are usable, and the first reason why another is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.policy.quality import GOOD, Standing
from yipan.lines.exams.policy.recognition import (
    Fact,
    Mark,
    Patient,
    Refusal,
    Rule,
    Scope,
    check_refusal,
    judge,
    read_mark,
)

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
AREAS = {"云南省": Scope.PROVINCE, "云溪市": Scope.REGION}
OWN = Fact("F", NOW - timedelta(hours=5), Mark(), own=True)
ELSEWHERE = replace(OWN, own=False)
DAY_OLD = replace(OWN, performed_at=NOW - timedelta(hours=25))
RULE = Rule(valid_hours=72, valid_hours_ward=24)
SOMEBODY = Patient()
CLOSED = Standing("quality_control_failed", (("rule", "1_3s"),))


def reason(
    fact: Fact = OWN, rule: Rule = RULE, patient: Patient = SOMEBODY, standing: Standing = GOOD, at: datetime = NOW
) -> str:
    return judge(fact, rule, patient, standing, AREAS, at).reason


def test_a_result_of_the_network_is_usable() -> None:
    """A final, recent result of a site in good standing is usable without a mark."""
    assert reason() == ""
    assert reason(replace(OWN, status="C")) == ""


@pytest.mark.parametrize(
    ("fact", "rule", "patient", "standing", "expected"),
    [
        (replace(OWN, status="P"), RULE, SOMEBODY, GOOD, "recognition_not_final"),
        (OWN, replace(RULE, recognisable=False), SOMEBODY, GOOD, "recognition_negative"),
        (OWN, RULE, Patient(critical=True), GOOD, "recognition_critical"),
        (OWN, replace(RULE, for_critical=True), Patient(critical=True), GOOD, ""),
        (replace(OWN, performed_at=NOW + timedelta(minutes=1)), RULE, SOMEBODY, GOOD, "recognition_in_future"),
        (replace(OWN, performed_at=NOW - timedelta(hours=73)), RULE, SOMEBODY, GOOD, "recognition_too_old"),
        (replace(OWN, performed_at=NOW - timedelta(hours=72)), RULE, SOMEBODY, GOOD, ""),
        (DAY_OLD, RULE, Patient(inpatient=True), GOOD, "recognition_too_old"),
        (DAY_OLD, RULE, SOMEBODY, GOOD, ""),
        (OWN, replace(RULE, mark_needed=True), SOMEBODY, GOOD, "recognition_unmarked"),
        (ELSEWHERE, RULE, SOMEBODY, GOOD, "recognition_unmarked"),
        (replace(ELSEWHERE, mark=Mark(Scope.NATIONAL)), RULE, SOMEBODY, GOOD, ""),
        (replace(ELSEWHERE, mark=Mark(Scope.PROVINCE, "云南省")), RULE, SOMEBODY, GOOD, ""),
        (replace(ELSEWHERE, mark=Mark(Scope.REGION, "云溪市")), RULE, SOMEBODY, GOOD, ""),
        (replace(ELSEWHERE, mark=Mark(Scope.PROVINCE, "四川省")), RULE, SOMEBODY, GOOD, "recognition_elsewhere"),
        (OWN, RULE, SOMEBODY, CLOSED, "quality_control_failed"),
    ],
)  # fmt: skip
def test_reasons(fact: Fact, rule: Rule, patient: Patient, standing: Standing, expected: str) -> None:
    """Each rule refuses what it is there for, and lets the neighbour case through."""
    assert reason(fact, rule, patient, standing) == expected


def test_the_first_reason_counts() -> None:
    """Of several reasons the first in the order of the rules is told: the list, the state, the patient, the age."""
    old = replace(OWN, status="P", performed_at=NOW - timedelta(days=90))
    assert reason(old, replace(RULE, recognisable=False), Patient(critical=True), CLOSED) == "recognition_negative"
    assert reason(old, RULE, Patient(critical=True), CLOSED) == "recognition_not_final"
    assert reason(replace(old, status="F"), RULE, Patient(critical=True), CLOSED) == "recognition_critical"
    assert reason(replace(old, status="F"), RULE, SOMEBODY, CLOSED) == "recognition_too_old"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("互认标识：全国HR", Mark(Scope.NATIONAL)),
        ("本报告 云南省HR", Mark(Scope.PROVINCE, "云南省")),
        ("云溪市 HR", Mark(Scope.REGION, "云溪市")),
        ("京津冀HR", Mark(Scope.REGION, "京津冀")),
        ("HR", None),
        ("心率HRV正常", None),
        ("THREAT", None),
        ("", None),
    ],
)
def test_marks_in_remarks(text: str, mark: Mark | None) -> None:
    """The area before the letters HR is the scope; the letters in other words are none."""
    assert read_mark(text, AREAS) == mark


def test_marks_are_written_as_reports_print_them() -> None:
    """A mark reads back from its own text."""
    for mark in (Mark(Scope.NATIONAL), Mark(Scope.PROVINCE, "云南省"), Mark(Scope.REGION, "云溪市")):
        assert read_mark(mark.text, AREAS) == mark
    assert Mark().text == ""


def test_refusals() -> None:
    """A refusal has one of the six reasons, and "other" says which."""
    assert len(Refusal) == 6
    assert check_refusal("fast", "") is Refusal.FAST
    assert check_refusal("other", "家属要求") is Refusal.OTHER
    for given, text, field in (("because", "", "reason"), ("", "", "reason"), ("other", " ", "text")):
        with pytest.raises(InvalidInput) as caught:
            check_refusal(given, text)
        assert list(caught.value.params["fields"]) == [field]
