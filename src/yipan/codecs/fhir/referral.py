"""A referral as a FHIR R4 document: a Bundle of Composition, ServiceRequest, Patient, Condition and Organizations.

The Composition is a referral note (LOINC 57133-1) whose sections carry the summary; the ServiceRequest says what is
asked, of whom, and how urgently (FHIR R4 5.18, 12.12; request-priority).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from typing import Any

Json = dict[str, Any]

LOINC, ICD10 = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10"
REFERRAL_NOTE = {"coding": [{"system": LOINC, "code": "57133-1", "display": "Referral note"}]}
SECTIONS: Mapping[str, tuple[str, str]] = {
    "reason": ("42349-1", "Reason for referral"),
    "history": ("11348-0", "History of past illness"),
    "findings": ("29545-1", "Physical findings"),
    "vitals": ("8716-3", "Vital signs"),
    "medicines": ("10160-0", "History of medication use"),
    "allergies": ("48765-2", "Allergies and adverse reactions"),
    "treatment": ("47519-4", "History of procedures"),
    "results": ("30954-2", "Relevant diagnostic tests or laboratory data"),
    "asked": ("18776-5", "Plan of care"),
    "plan": ("18776-5", "Plan of care"),
}
"""Part of the summary → LOINC code of its section."""

PRIORITIES = {"emergency": "stat", "urgent": "urgent", "elective": "routine"}
GENDERS = {"male": "male", "female": "female", "other": "other"}


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation of a referral: identifier of ours, its code and name."""

    id: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralNote:
    """What the document says. `identifiers` are (system, value) of the patient."""

    id: str
    number: str
    status: str
    at: datetime
    author: str
    patient_id: str
    patient_name: str
    sex: str = "unknown"
    birth_date: date | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    sender: Party
    receiver: Party
    urgency: str = "urgent"
    diagnosis_code: str = ""
    diagnosis: str = ""
    summary: Mapping[str, str] = field(default_factory=dict)


def referral_bundle(note: ReferralNote) -> Json:
    """The document as JSON. Every reference inside it resolves."""
    resources = [_composition(note), _request(note), _patient(note), _condition(note)]
    resources += [_organisation(party) for party in (note.sender, note.receiver)]
    return {
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{note.id}"},
        "timestamp": note.at.isoformat(),
        "entry": [{"fullUrl": f"{r['resourceType']}/{r['id']}", "resource": r} for r in resources],
    }


def _composition(note: ReferralNote) -> Json:
    return {
        "resourceType": "Composition",
        "id": note.id,
        "status": "final",
        "type": REFERRAL_NOTE,
        "subject": _patient_reference(note),
        "date": note.at.isoformat(),
        "author": [{"reference": f"Organization/{note.sender.id}", "display": note.author}],
        "title": f"Referral {note.number}",
        "section": [_section(name, text) for name, text in note.summary.items() if name in SECTIONS],
    }


def _section(name: str, text: str) -> Json:
    code, display = SECTIONS[name]
    body = escape(text).replace("\n", "<br/>")
    return {
        "title": display,
        "code": {"coding": [{"system": LOINC, "code": code, "display": display}]},
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'},
    }


def _request(note: ReferralNote) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": f"{note.id}-request",
        "identifier": [{"value": note.number}],
        "status": {"refused": "revoked", "withdrawn": "revoked", "closed": "completed", "sent_back": "completed"}.get(
            note.status, "active"
        ),
        "intent": "order",
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "3457005", "display": "Referral"}]}],
        "priority": PRIORITIES.get(note.urgency, "routine"),
        "subject": _patient_reference(note),
        "authoredOn": note.at.isoformat(),
        "requester": {"reference": f"Organization/{note.sender.id}"},
        "performer": [{"reference": f"Organization/{note.receiver.id}"}],
        "reasonReference": [{"reference": f"Condition/{note.id}-condition"}],
    }


def _patient(note: ReferralNote) -> Json:
    made: Json = {
        "resourceType": "Patient",
        "id": note.patient_id,
        "identifier": [{"system": system, "value": value} for system, value in note.identifiers],
        "name": [{"text": note.patient_name}],
        "gender": GENDERS.get(note.sex, "unknown"),
    }
    return made | ({"birthDate": note.birth_date.isoformat()} if note.birth_date else {})


def _condition(note: ReferralNote) -> Json:
    coding = [{"system": ICD10, "code": note.diagnosis_code}] if note.diagnosis_code else []
    code: Json = {"coding": coding} if coding else {}
    return {
        "resourceType": "Condition",
        "id": f"{note.id}-condition",
        "code": code | ({"text": note.diagnosis} if note.diagnosis else {}),
        "subject": _patient_reference(note),
    }


def _organisation(party: Party) -> Json:
    return {
        "resourceType": "Organization",
        "id": party.id,
        "identifier": [{"value": party.code}],
        "name": party.name,
    }


def _patient_reference(note: ReferralNote) -> Json:
    return {"reference": f"Patient/{note.patient_id}"}
