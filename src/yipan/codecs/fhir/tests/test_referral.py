"""A referral as a FHIR document."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from yipan.codecs.fhir.referral import Party, ReferralNote, referral_bundle


def note(**more):
    told = {
        "id": "a",
        "number": "R1",
        "status": "sent",
        "at": datetime(2026, 3, 2, tzinfo=UTC),
        "author": "Dr Wei",
        "patient_id": "p",
        "patient_name": "李娜",
        "birth_date": date(1960, 1, 2),
        "sender": Party("s", "V1", "村卫生室"),
        "receiver": Party("r", "H1", "县医院"),
        "urgency": "emergency",
        "diagnosis_code": "I63.9",
        "summary": {"reason": "weak <right> side", "medicines": "none"},
    }
    return ReferralNote(**{**told, **more})


def references(value):
    if isinstance(value, dict):
        yield from ([value["reference"]] if "reference" in value else [])
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_resolves():
    """What the resources refer to is in the bundle, and the whole is plain JSON."""
    bundle = json.loads(json.dumps(referral_bundle(note())))
    known = {entry["fullUrl"] for entry in bundle["entry"]}
    assert set(references(bundle)) <= known
    assert bundle["entry"][0]["resource"]["resourceType"] == "Composition"


def test_texts_are_escaped_and_coded():
    """Sections carry LOINC codes, and what somebody typed is no markup."""
    section = referral_bundle(note())["entry"][0]["resource"]["section"][0]
    assert section["code"]["coding"][0]["code"] == "42349-1"
    assert "weak &lt;right&gt; side" in section["text"]["div"]


def test_status_and_priority():
    """A refused referral is revoked, an ended one completed; an emergency is stat."""
    request = referral_bundle(note())["entry"][1]["resource"]
    assert (request["status"], request["priority"]) == ("active", "stat")
    assert referral_bundle(note(status="refused"))["entry"][1]["resource"]["status"] == "revoked"
    assert referral_bundle(note(status="closed"))["entry"][1]["resource"]["status"] == "completed"
