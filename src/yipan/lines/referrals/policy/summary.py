"""What a referral says about the patient, and what is wrong with what was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from yipan.kernel.errors import InvalidInput
from yipan.lines.referrals.policy.pathways import PATHWAYS
from yipan.lines.referrals.policy.rules import URGENCIES

ICD10 = re.compile(r"^[A-TV-Z]\d{2}(\.[\dA-Z]{1,4}([xX]\d{3})?)?$")
"""ICD-10, and the six-place Chinese clinical extension (GB/T 14396-2016)."""

SUMMARY = (
    "reason", "history", "findings", "vitals", "medicines", "allergies", "treatment", "results", "asked", "plan",
)  # fmt: skip
"""Parts of the referral summary, in the order in which they are read (IHE 360X and HL7 C-CDA Referral Note ask for the
same: reason, history, findings, medications, allergies, results, requested). `plan` is the care that goes on below."""

ASKED = ("history", "findings", "vitals", "medicines", "allergies", "treatment", "results", "asked", "plan")
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Facts:
    """The clinical side of a referral. `summary` maps names of `SUMMARY` to texts; `eta_minutes` is the way there."""

    diagnosis_code: str = ""
    diagnosis: str = ""
    urgency: str = "urgent"
    pathway: str = ""
    summary: Mapping[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        """What may be referred once at a time: the category of ICD-10, or the words where there is no code."""
        return self.diagnosis_code[:3].upper() if self.diagnosis_code else self.diagnosis.strip().lower()[:40]


def problems(facts: Facts, *, whole: bool = True) -> dict[str, str]:
    """What is wrong: field → code of the sentence. A draft need not be `whole`, but it must say what it is about."""
    found: dict[str, str] = {}
    if facts.diagnosis_code and not ICD10.match(facts.diagnosis_code):
        found["diagnosis_code"] = "icd10_shape"
    if not facts.diagnosis_code and not facts.diagnosis.strip():
        found["diagnosis_code"] = "field_required"
    if facts.urgency not in URGENCIES:
        found["urgency"] = "choice_unknown"
    if facts.pathway and facts.pathway not in PATHWAYS:
        found["pathway"] = "choice_unknown"
    if whole and not facts.summary.get("reason", "").strip():
        found["reason"] = "field_required"
    for name, text in facts.summary.items():
        if name not in SUMMARY:
            found[name] = "field_unknown"
        elif len(text) > LONGEST:
            found[name] = "text_too_long"
    return found


def check(facts: Facts, *, whole: bool = True) -> None:
    """Raise InvalidInput("form_invalid", fields=…) when something is wrong with the facts."""
    if found := problems(facts, whole=whole):
        raise InvalidInput("form_invalid", fields=found)
