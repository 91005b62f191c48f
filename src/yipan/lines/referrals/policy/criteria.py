"""Who could go on at a lower hospital, with every condition told apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yipan.lines.referrals.policy.rules import Criterion


@dataclass(frozen=True, slots=True)
class Inpatient:
    """What the criteria ask of somebody in a bed."""

    diagnosis_code: str
    days: float
    severity: str
    nursing_level: str
    isolation: str = "none"
    ventilator: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """One condition and whether it holds, with what was found."""

    code: str
    holds: bool
    found: str


def judge(criterion: Criterion, who: Inpatient) -> list[Verdict]:
    """Every condition of a criterion for a patient, in the order in which people read them."""
    return [
        Verdict("down_diagnosis", who.diagnosis_code.startswith(criterion.diagnoses), who.diagnosis_code),
        Verdict("down_days", who.days >= criterion.days, str(int(who.days))),
        Verdict("down_severity", who.severity in criterion.severity, who.severity),
        Verdict("down_nursing", who.nursing_level in criterion.nursing, who.nursing_level),
        Verdict("down_ventilator", not who.ventilator, str(who.ventilator).lower()),
        Verdict("down_isolation", who.isolation == "none", who.isolation),
    ]


def met(criteria: Iterable[Criterion], who: Inpatient) -> tuple[Criterion, list[Verdict]] | None:
    """The first criterion whose conditions all hold, with them; None when there is none."""
    for criterion in criteria:
        verdicts = judge(criterion, who)
        if all(v.holds for v in verdicts):
            return criterion, verdicts
    return None
