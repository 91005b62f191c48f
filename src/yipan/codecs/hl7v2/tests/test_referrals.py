"""Referrals by message, there and back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.referrals import ANSWER, REFER, Provider, ReferralEvent, build_referral, referral_event
from yipan.codecs.hl7v2.types import CWE, CX, EI, HD, XPN
from yipan.kernel.errors import InvalidInput

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def event(**more):
    told = {
        "kind": REFER,
        "trigger": "I12",
        "message_control_id": "1",
        "identifiers": (CX("42", None, HD("H1"), "MR"),),
        "name": XPN("李娜"),
        "sex": "female",
        "number": EI("R260302-00001", "YIPAN"),
        "priority": "emergency",
        "reason": CWE(None, "chest pain"),
        "problem": CWE("I21.0", "STEMI", "I10"),
        "sender": Provider("V1", "GEN", "村卫生室"),
        "receiver": Provider("H1", "CAR", "心内科"),
        "summary": {"reason": "胸痛 2 小时", "history": "hypertension | diabetes", "medicines": "aspirin 300 mg"},
    }
    return ReferralEvent(**{**told, **more})


def there_and_back(told):
    return referral_event(parse(build_referral(told, at=AT).encode()), UTC)


@pytest.mark.parametrize("kind", [REFER, ANSWER])
def test_what_is_written_is_read(kind):
    """Number, urgency, problem, both ends and every part of the summary come back, also with separators in texts."""
    told = event(kind=kind, status="A" if kind == ANSWER else None)
    read = there_and_back(told)
    for name in ("kind", "number", "priority", "reason", "problem", "sender", "receiver", "summary", "status"):
        assert getattr(read, name) == getattr(told, name), name
    assert read.name.text == "李娜"
    assert read.identifiers[0].id == "42"


def test_notes_without_names_are_history():
    """A partner that writes plain notes is read too."""
    raw = build_referral(event(summary={}), at=AT).encode() + "NTE|1||既往体健\rNTE|2||Smokes\r".encode()
    assert referral_event(parse(raw), UTC).summary == {"history": "既往体健\nSmokes"}


@pytest.mark.parametrize(("kept", "code"), [("RF1", "hl7_segment_missing"), ("MSH", "hl7_not_referral")])
def test_unusable_messages_say_why(kept, code):
    """Another kind, or one without RF1, is refused with the place."""
    message = build_referral(event(), at=AT)
    raw = message.encode().decode()
    broken = (
        "\r".join(line for line in raw.split("\r") if not line.startswith("RF1"))
        if kept == "RF1"
        else raw.replace("REF^I12^REF_I12", "SIU^S12")
    )
    with pytest.raises(InvalidInput) as refusal:
        referral_event(parse(broken.encode()), UTC)
    assert refusal.value.code == code
