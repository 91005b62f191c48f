"""Mutual recognition of results (检查检验结果互认): is a colleague's result usable, and what else it is called. Pure.

The rules are those of 医疗机构检查检验结果互认管理办法 (国卫医发〔2022〕6号). What is recognised is images and data,
never a diagnosis written by a doctor (article 2). Its chapter on the rules of recognition says: an item whose quality
was assessed by a national body is recognised in the whole country, one assessed by a local body in that body's area,
and the report carries the area and the letters HR; what was not assessed, or not passed, carries none; a usable result
is not repeated unless one of six reasons holds, and the doctor who sees the patient decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.policy.quality import Standing


class Scope(StrEnum):
    """How far a result is to be recognised, as its mark says."""

    NONE = ""
    REGION = "region"
    PROVINCE = "province"
    NATIONAL = "national"


class Refusal(StrEnum):
    """The six reasons for doing an examination again."""

    CHANGED = "changed"  # 病情变化, or the result does not fit the picture or the diagnosis
    FAST = "fast"  # the result changes fast in the course of the disease
    DECISIVE = "decisive"  # of great weight for treatment, such as before surgery or transfusion
    EMERGENCY = "emergency"  # 急诊、急救
    ASSESSMENT = "assessment"  # forensic, disability or retirement assessment
    OTHER = "other"  # another case that needs it; with text


FINAL = frozenset({"F", "C"})
"""States of a result that may be used (table 0085): final, and corrected."""

EMERGENCY_LASTS = timedelta(days=1)
"""So long after it was asked for, an emergency counts as one: the stay that follows it is no exception any more."""
VALID_HOURS: Mapping[str, int] = {
    "imaging": 14 * 24,
    "ecg": 24,
    "ultrasound": 14 * 24,
    "endoscopy": 30 * 24,
    "laboratory": 3 * 24,
}
"""How long a result of a category is usable where the item has no rule of its own."""

_MARK = re.compile(r"([\u4e00-\u9fff]{2,20}?|[A-Z][A-Za-z]{1,20})?\s?HR(?![A-Za-z])")
_LABEL = re.compile(r".*(?:互认标识|互认范围|标识|[:：])")
NATIONAL = frozenset({"全国", "National", "China", "CN"})


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark on a report: how far it reaches and for which area ("云南省"); the area of a national one is empty."""

    scope: Scope = Scope.NONE
    area: str = ""

    @property
    def text(self) -> str:
        """As reports print it: 全国HR, 云南省HR."""
        if self.scope is Scope.NONE:
            return ""
        return ("全国" if self.scope is Scope.NATIONAL else self.area) + "HR"


@dataclass(frozen=True, slots=True)
class Rule:
    """What an item asks of a result. `valid_hours_ward` may be shorter; `recognisable` False is the negative list.

    `mark_needed`: also results of the network's own sites need a mark. `for_critical`: usable in an emergency too.
    """

    valid_hours: int
    valid_hours_ward: int | None = None
    recognisable: bool = True
    mark_needed: bool = False
    for_critical: bool = False

    def valid_for(self, *, inpatient: bool) -> timedelta:
        """How long a result is usable."""
        shorter = self.valid_hours_ward if inpatient else None
        return timedelta(hours=self.valid_hours if shorter is None else shorter)


@dataclass(frozen=True, slots=True)
class Fact:
    """A stored result as the rules see it. `own`: made at a site of the network."""

    status: str
    performed_at: datetime
    mark: Mark
    own: bool


@dataclass(frozen=True, slots=True)
class Patient:
    """The patient at hand: lies in a ward; is in an emergency or critical."""

    inpatient: bool = False
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason` is empty when the result is usable, else the first reason why it is not; `params` fill its sentence."""

    reason: str = ""
    params: tuple[tuple[str, object], ...] = ()

    @property
    def usable(self) -> bool:
        return not self.reason


def judge(
    fact: Fact,
    rule: Rule,
    patient: Patient,
    standing: Standing,
    areas: Mapping[str, Scope],
    at: datetime,
) -> Answer:
    """Whether a result is usable for a patient at `at`, or the first reason why not.

    `standing` is the quality of the site that made it, when it was made; `areas` are the regions and provinces that the
    network lies in, by name.
    """
    if not rule.recognisable:
        return Answer("recognition_negative")
    if fact.status not in FINAL:
        return Answer("recognition_not_final")
    if patient.critical and not rule.for_critical:
        return Answer("recognition_critical")
    if fact.performed_at > at:
        return Answer("recognition_in_future", (("at", fact.performed_at),))
    valid = rule.valid_for(inpatient=patient.inpatient)
    if at - fact.performed_at > valid:
        return Answer("recognition_too_old", (("hours", int(valid.total_seconds() // 3600)),))
    if told := _by_mark(fact, rule, areas):
        return told
    return Answer(standing.reason, standing.params)


def _by_mark(fact: Fact, rule: Rule, areas: Mapping[str, Scope]) -> Answer | None:
    mark = fact.mark
    if mark.scope is Scope.NATIONAL or (fact.own and not rule.mark_needed):
        return None
    if mark.scope is Scope.NONE:
        return Answer("recognition_unmarked")
    return None if mark.area in areas else Answer("recognition_elsewhere", (("mark", mark.text),))


def read_mark(text: str, areas: Mapping[str, Scope]) -> Mark | None:
    """The mark in a remark of a report ("互认标识：云南省HR"), or None; an area that is not known counts as a region.

    The letters alone name no area, and say nothing.
    """
    for match in _MARK.finditer(text):
        area = _LABEL.sub("", match[1] or "").strip()
        if area in NATIONAL:
            return Mark(Scope.NATIONAL)
        if area:
            return Mark(areas.get(area, Scope.REGION), area)
    return None


def check_refusal(reason: str, text: str) -> Refusal:
    """The reason of a refusal. Raises InvalidInput("form_invalid") naming the field that lacks something."""
    if reason not in set(Refusal):
        raise InvalidInput("form_invalid", fields={"reason": "choice_unknown"})
    if reason == Refusal.OTHER and not text.strip():
        raise InvalidInput("form_invalid", fields={"text": "field_required"})
    return Refusal(reason)
