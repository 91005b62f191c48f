"""The clinical side of a message as facts of an admission request. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yipan.codecs.hl7v2.event import AdtEvent
from yipan.codecs.hl7v2.timestamp import Precision
from yipan.lines.beds.policy import ICD10

CONDITIONS = {"C": "critical", "P": "serious", "危": "critical", "重": "serious", "critical": "critical"}
"""PV2-42 (table 0434: C critical, P poor) → severity."""

PRECAUTIONS = {
    "contact": "contact",
    "droplet": "droplet",
    "airborne": "airborne",
    "protective": "protective",
    "接触隔离": "contact",
    "飞沫隔离": "droplet",
    "空气隔离": "airborne",
    "保护性隔离": "protective",
}
"""PV2-41 → isolation. Table 0433 has no codes for isolation, so the words themselves are read."""

PRIORITIES = {"E": "emergency", "A": "emergency", "U": "urgent", "R": "urgent", "C": "elective", "L": "urgent"}
"""PV1-4 (table 0007) → priority."""

OUTPATIENT = "O"
INPATIENT = "I"


def told_facts(event: AdtEvent) -> dict[str, Any]:
    """Fields of `policy.AdmissionFacts` that the message speaks of; a value that cannot be used is left out."""
    told: dict[str, Any] = {}
    for diagnosis in event.diagnoses[:1]:
        code = (diagnosis.code or "").strip()
        told["diagnosis_code"] = code if len(code) <= 12 and ICD10.match(code) else ""
        told["diagnosis"] = (diagnosis.text or code)[:200]
    if severity := CONDITIONS.get(event.condition or ""):
        told["severity"] = severity
    if isolation := PRECAUTIONS.get((event.precaution or "").lower()):
        told["isolation"] = isolation
    if event.visit_number:
        told["visit_number"] = event.visit_number[:64]
    return told


def expected_days(event: AdtEvent, start: datetime) -> float | None:
    """Length of the stay up to the expected discharge (PV2-9), when the message has a usable one."""
    leave = event.expected_discharge
    if leave is None or leave.precision < Precision.DAY:
        return None
    days = round((leave.at - start).total_seconds() / 86_400, 1)
    return days if 0 < days <= 365 else None


def priority(event: AdtEvent) -> str:
    """The urgency of an admission (PV1-4); urgent when nothing is said."""
    return PRIORITIES.get((event.admission_type or "").upper(), "urgent")
