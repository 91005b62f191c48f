"""Making ADT messages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.adt import adt_event
from yipan.codecs.hl7v2.build import Envelope, Person, Stay, build_adt
from yipan.codecs.hl7v2.triggers import MEANINGS
from yipan.codecs.hl7v2.types import CWE, CX, HD, PL, XCN, XPN
from yipan.kernel.errors import InvalidInput

AT = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
CHINA = ZoneInfo("Asia/Shanghai")
LI = Person(
    (CX("P1", None, HD("HIS"), "MR"),), XPN("李", "娜"), "female", date(1990, 3, 7), "13800000000", "云溪市城南街道12号"
)
MA = Person((CX("P2"),), XPN("马", "超"), "male")
BED, OTHER = PL("N3", "301", "02", HD("CITY")), PL("N4", "402", "01", HD("CITY"))


@pytest.mark.parametrize("charset", ["UNICODE UTF-8", "GB18030", "GB 18030-2000"])
@pytest.mark.parametrize("version", ["2.3", "2.5", "2.8"])
def test_admission_is_read_as_built(charset: str, version: str) -> None:
    """An admission comes back as it was put in, after the wire, in either character set."""
    stay = Stay(
        location=BED,
        prior_location=OTHER,
        pending_location=OTHER,
        attending=XCN("D7", "王", "强"),
        hospital_service="NEU",
        visit_number="V100",
        bed_status="O",
        admission_type="1",
        admitted_at=AT,
        discharged_at=AT,
        expected_admission=AT,
        expected_discharge=AT,
        precaution="C",
        condition="S",
    )
    envelope = Envelope(sender=("A&B", "城"), version=version, charset=charset, zone=CHINA)
    stroke = CWE("I63.9", "脑梗死", "ICD-10")
    message = build_adt("A01", control_id="C1", at=AT, patient=LI, stay=stay, diagnoses=[stroke], envelope=envelope)
    e = adt_event(parse(message.encode()), UTC)
    assert (e.trigger, e.message_control_id, e.at) == ("A01", "C1", AT)
    assert (e.sending_application, e.sending_facility) == ("A&B", "城")
    assert (e.identifiers, e.name, e.sex) == (LI.identifiers, LI.name, LI.sex)
    assert (e.birth_date, e.phone, e.address) == (LI.birth_date, LI.phone, LI.address)
    for name in ("location", "prior_location", "pending_location", "attending", "hospital_service", "visit_number"):
        assert getattr(e, name) == getattr(stay, name), name
    for name in ("bed_status", "admission_type", "patient_class", "precaution", "condition"):
        assert getattr(e, name) == getattr(stay, name), name
    for name in ("admitted_at", "discharged_at", "expected_admission", "expected_discharge"):
        assert getattr(e, name).at == AT, name
    assert [(d.code, d.text, d.system) for d in e.diagnoses] == [("I63.9", "脑梗死", "ICD-10")]


@pytest.mark.parametrize("trigger", sorted(MEANINGS))
def test_every_trigger_can_be_built(trigger: str) -> None:
    """A message of each trigger is built with the segments that it needs."""
    message = build_adt(
        trigger,
        control_id="C1",
        at=AT,
        patient=LI,
        stay=Stay(location=BED, bed_status="K"),
        merged=[CX("OLD")] if trigger == "A40" else [],
        second=(MA, Stay(location=OTHER)) if trigger == "A17" else None,
    )
    e = adt_event(parse(message.encode()), UTC)
    assert e.trigger == trigger
    assert e.location == (None if trigger == "A40" else BED)
    assert [f.location for f in e.further] == ([OTHER] if trigger == "A17" else [])
    assert e.previous_identifiers == ((CX("OLD"),) if trigger == "A40" else ())
    assert e.bed_status == (None if trigger == "A40" else "K")


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda t: t.strip() == t and "\r" not in t))
def test_any_name_is_escaped(name: str) -> None:
    """No text in a value breaks the message around it."""
    person = Person((CX("P|1^&~\\"),), XPN(name))
    message = build_adt("A01", control_id="C", at=AT, patient=person, stay=Stay(location=BED))
    e = adt_event(parse(message.encode()), UTC)
    assert e.name == XPN(name)
    assert (e.identifiers, e.location) == (person.identifiers, BED)


def test_mistakes() -> None:
    """An unknown trigger or character set is refused, and so is a character that the set does not have."""
    with pytest.raises(InvalidInput, match="hl7_trigger_unknown"):
        build_adt("A99", control_id="C", at=AT)
    with pytest.raises(InvalidInput, match="hl7_charset_unknown"):
        build_adt("A01", control_id="C", at=AT, envelope=Envelope(charset="EBCDIC"))
    message = build_adt("A01", control_id="C", at=AT, patient=LI, envelope=Envelope(charset="8859/1"))
    with pytest.raises(InvalidInput, match="hl7_not_in_charset"):
        message.encode()
