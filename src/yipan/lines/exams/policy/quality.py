"""Whether the results of a site for an item may be trusted at a time, by its controls and assessments. Pure.

A control that fails closes the time from the last good control to the next good one: what was measured in between is in
doubt. A failed external assessment (室间质量评价) does the same, from the last good control before its sample was
measured until an assessment is passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yipan.lines.exams.policy import westgard


@dataclass(frozen=True, slots=True)
class Control:
    """A run of internal controls and what it was worth."""

    at: datetime
    findings: tuple[westgard.Finding, ...] = ()

    @property
    def verdict(self) -> westgard.Verdict:
        return westgard.verdict(self.findings)

    @property
    def good(self) -> bool:
        return self.verdict is not westgard.Verdict.REJECTED


@dataclass(frozen=True, slots=True)
class Assessment:
    """An external assessment: when its sample was measured, when its outcome became known."""

    at: datetime
    assessed_at: datetime
    passed: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """What an item asks of whoever measures it: a control, and a passed assessment, no older than so many days; None
    asks for nothing.
    """

    internal_days: int | None = None
    external_days: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`reason` is empty when results of that time may be trusted; `params` fill its sentence."""

    reason: str = ""
    params: tuple[tuple[str, object], ...] = ()

    @property
    def open(self) -> bool:
        return not self.reason


GOOD = Standing()


def controls(runs: Sequence[tuple[datetime, westgard.Run]]) -> list[Control]:
    """Each run, oldest first, judged with those before it."""
    found = []
    for number, (at, _) in enumerate(runs, start=1):
        before = [run for _, run in runs[max(0, number - westgard.LOOK_BACK) : number]]
        found.append(Control(at, westgard.judge(before)))
    return found


def standing(
    told: Sequence[Control], assessments: Sequence[Assessment], at: datetime, demand: Demand = Demand()
) -> Standing:
    """Whether a result made at `at` may be trusted, as far as is known of controls and assessments, oldest first."""
    return _by_controls(told, at, demand) or _by_assessments(told, assessments, at, demand) or GOOD


def _by_controls(told: Sequence[Control], at: datetime, demand: Demand) -> Standing | None:
    good_before = max((control.at for control in told if control.good and control.at <= at), default=None)
    good_after = min((control.at for control in told if control.good and control.at > at), default=None)
    for control in told:
        since_good = good_before is None or control.at > good_before
        if not control.good and since_good and (good_after is None or control.at < good_after):
            rule = str(control.findings[0].rule)
            return _closed("quality_control_failed", rule=rule, at=control.at, since=good_before or control.at)
    if demand.internal_days is not None:
        if good_before is None:
            return _closed("quality_control_missing", days=demand.internal_days)
        if at - good_before > timedelta(days=demand.internal_days):
            return _closed("quality_control_old", days=demand.internal_days, at=good_before)
    return None


def _by_assessments(
    told: Sequence[Control], assessments: Sequence[Assessment], at: datetime, demand: Demand
) -> Standing | None:
    passed = [a for a in assessments if a.passed]
    for failed in (a for a in assessments if not a.passed):
        since = max((c.at for c in told if c.good and c.at < failed.at), default=failed.at)
        until = min((a.at for a in passed if a.at > failed.at), default=None)
        if at >= since and (until is None or at < until):
            return _closed("quality_assessment_failed", at=failed.assessed_at, since=since)
    if demand.external_days is not None:
        last = max((a.at for a in passed if a.at <= at), default=None)
        if last is None:
            return _closed("quality_assessment_missing", days=demand.external_days)
        if at - last > timedelta(days=demand.external_days):
            return _closed("quality_assessment_old", days=demand.external_days, at=last)
    return None


def _closed(reason: str, **params: object) -> Standing:
    return Standing(reason, tuple(params.items()))
