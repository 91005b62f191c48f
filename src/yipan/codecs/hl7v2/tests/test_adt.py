"""ADT messages as events."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.adt import TEXTS, TIMES, TYPED, adt_event
from yipan.codecs.hl7v2.event import AdtEvent
from yipan.codecs.hl7v2.tests.samples import ADMIT, SAMPLES, needs_samples
from yipan.codecs.hl7v2.timestamp import Precision
from yipan.codecs.hl7v2.triggers import MEANINGS, Meaning
from yipan.codecs.hl7v2.types import CX, HD, PL, XCN
from yipan.kernel.errors import InvalidInput

CHINA = ZoneInfo("Asia/Shanghai")


def event(*segments: str, trigger: str = "A01") -> AdtEvent:
    lines = (f"MSH|^~\\&|HIS|CITY|||20260301||ADT^{trigger}|M1|P|2.5", *segments)
    return adt_event(parse("\r".join(lines).encode()), CHINA)


def test_admission() -> None:
    """Everything that an admission says about the patient and the stay is there, blanks dropped, times in UTC."""
    e = adt_event(parse(ADMIT), UTC)
    assert (e.trigger, e.meaning, e.message_control_id) == ("A01", Meaning.ADMIT, "M1")
    assert (e.sending_application, e.sending_facility) == ("HIS", "CITY")
    assert [(i.id, i.type) for i in e.identifiers] == [("P1", "MR"), ("110101199003071234", "NI")]
    assert e.name is not None
    assert (e.name.text, [n.text for n in e.names]) == ("李娜", ["李娜", "NA LI"])
    assert (e.sex, e.birth_date, e.phone) == ("female", date(1990, 3, 7), "13800000000")
    assert (e.address, e.nulls) == (None, frozenset({"address"}))
    assert (e.patient_class, e.admission_type, e.hospital_service, e.visit_number) == ("I", "3", "NEU", "V100")
    assert e.location == PL("N3", "301", "02", HD("CITY"))
    assert e.attending == XCN("D7", "王", "强")
    assert e.admitted_at is not None
    assert e.admitted_at.at == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert e.at == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    assert e.discharged_at is None


def test_zone_of_the_header_holds_for_the_message() -> None:
    """A time without an offset is in the offset of MSH-7, or without one in the zone of the caller."""
    assert adt_event(parse(ADMIT.replace(b"+0800", b"+0100")), CHINA).at == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert adt_event(parse(ADMIT.replace(b"+0800", b"")), CHINA).at == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def test_time_of_the_event() -> None:
    """EVN-6 says when it happened, else EVN-2 when it was entered, else MSH-7 when it was sent."""
    assert event("EVN||20260302|||||", "PID|1").at == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert event("EVN||20260302||||20260303", "PID|1").at == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert event("PID|1").at == datetime(2026, 2, 28, 16, tzinfo=UTC)


def test_missing_parts_are_none() -> None:
    """A message with hardly anything in it is an event with hardly anything in it."""
    e = event("PID|1")
    assert (e.identifiers, e.name, e.sex, e.birth, e.location, e.visit_number, e.diagnoses) == ((), *[None] * 5, ())
    assert e.further == ()


def test_locations() -> None:
    """Present, prior, temporary and pending location come from PV1-3, -6, -11 and -42."""
    pv1 = {3: "A^1^1", 6: "B^2^2", 11: "C^3^3", 42: "D^4^4"}
    e = event("PID|1", "PV1" + "".join(f"|{pv1.get(n, '')}" for n in range(1, 43)), trigger="A15")
    assert (e.location, e.prior_location) == (PL("A", "1", "1"), PL("B", "2", "2"))
    assert (e.temporary_location, e.pending_location) == (PL("C", "3", "3"), PL("D", "4", "4"))


def test_expected_dates_keep_their_precision() -> None:
    """PV2-8, -9 and -47 give the expected admission, discharge and return, a day when only the day is known."""
    pv2 = {8: "20260301", 9: "202603051000", 47: "20260304"}
    e = event("PID|1", "PV2" + "".join(f"|{pv2.get(n, '')}" for n in range(1, 48)), trigger="A16")
    assert e.expected_admission is not None
    assert e.expected_discharge is not None
    assert e.expected_return is not None
    assert (e.expected_admission.date, e.expected_admission.precision) == (date(2026, 3, 1), Precision.DAY)
    assert e.expected_discharge.at == datetime(2026, 3, 5, 2, tzinfo=UTC)
    assert e.expected_return.date == date(2026, 3, 4)


def test_diagnoses() -> None:
    """Each DG1 is a diagnosis, in the old form with a text field as well; a deleted one is left out."""
    e = event(
        "PID|1",
        "DG1|1||I63.9^脑梗死^ICD-10||20260301|A",
        "DG1|2|I9|71596|OSTEOARTHROSIS|",
        "DG1|3||G00^x^ICD-10|||F" + "|" * 15 + "D",
        "DG1|4",
    )
    assert [(d.code, d.text, d.system, d.type) for d in e.diagnoses] == [
        ("I63.9", "脑梗死", "ICD-10", "A"),
        ("71596", "OSTEOARTHROSIS", "I9", None),
    ]


def test_swap_has_a_second_patient() -> None:
    """A17 gives both patients, each with the new location, and errors name the second segment."""
    parts = ("EVN|A17|20260301", "PID|1||P1", "PV1|1|I|A^1^1", "PID|2||P2", "PV1|2|I|B^2^2")
    e = event(*parts, trigger="A17")
    assert (e.identifiers, e.location) == ((CX("P1"),), PL("A", "1", "1"))
    (second,) = e.further
    assert (second.identifiers, second.location, second.trigger) == ((CX("P2"),), PL("B", "2", "2"), "A17")
    assert second.recorded_at == e.recorded_at
    with pytest.raises(InvalidInput) as caught:
        event(*parts[:3], "PID|2||||||1990X", parts[4], trigger="A17")
    assert (caught.value.params["where"], caught.value.params["segment"]) == ("PID[2]-7", 5)
    with pytest.raises(InvalidInput, match="hl7_segment_missing"):
        event(*parts[:3], trigger="A17")


def test_bed_status() -> None:
    """A20 has no patient: the bed is NPU-1 and its state NPU-2."""
    e = event("EVN|A20|20260301", "NPU|N3^301^02|K", trigger="A20")
    assert (e.location, e.bed_status, e.identifiers) == (PL("N3", "301", "02"), "K", ())


def test_merge() -> None:
    """A40 gives the identifiers to keep and those that end; several merges in one message follow one another."""
    e = event("PID|1||NEW1", "MRG|OLD1~OLD2", "PID|2||NEW2", "MRG|OLD3", trigger="A40")
    assert (e.identifiers, e.previous_identifiers) == ((CX("NEW1"),), (CX("OLD1"), CX("OLD2")))
    assert [f.previous_identifiers for f in e.further] == [(CX("OLD3"),)]


def test_name_and_sex_codes_of_chinese_systems() -> None:
    """A name in characters wins over its transcription, and the digits of GB/T 2261.1 are understood as sex."""
    e = event("PID|1||1||Li^Na~李^娜|||2")
    assert e.name is not None
    assert (e.name.text, e.sex) == ("李娜", "female")


def test_identifier_without_a_number() -> None:
    """An assigning authority without an identifier is left out."""
    assert event("PID|1||^^^HIS^MR~P1").identifiers == (CX("P1"),)


def test_birth_date_needs_a_day() -> None:
    """Of a birth date that is only a year, no day is made up."""
    e = event("PID|1||||||1990")
    assert e.birth is not None
    assert (e.birth.precision, e.birth_date) == (Precision.YEAR, None)


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ((b"ADT^A01^ADT_A01", b"ORU^R01"), "hl7_not_adt", "MSH-9.1"),
        ((b"ADT^A01^ADT_A01", b"ADT^A60"), "hl7_trigger_unknown", "MSH-9.2"),
        ((b"|2.5|", b"|3.0|"), "hl7_version_unknown", "MSH-12"),
        ((b"|M1|", b"||"), "hl7_field_missing", "MSH-10"),
        ((b"PID|1", b"PIX|1"), "hl7_segment_missing", "PID"),
        ((b"19900307", b"1990-3-7"), "hl7_time", "PID-7"),
        ((b"|F|", b"|Q|"), "hl7_value_unknown", "PID-8"),
        ((b"|20260301083000+0800|", b"|now|"), "hl7_time", "MSH-7"),
    ],
)
def test_malformed_part_is_named(change: tuple[bytes, bytes], code: str, where: str) -> None:
    """A part that cannot be understood is refused with its place."""
    with pytest.raises(InvalidInput) as caught:
        adt_event(parse(ADMIT.replace(*change)), CHINA)
    assert (caught.value.code, caught.value.params["where"]) == (code, where)


@pytest.mark.parametrize("version", ["2.3", "2.3.1", "2.4", "2.5.1", "2.6", "2.7", "2.8", ""])
def test_versions(version: str) -> None:
    """Versions 2.3 to 2.8, and none, are read."""
    assert adt_event(parse(ADMIT.replace(b"|2.5|", f"|{version}|".encode())), CHINA).trigger == "A01"


def test_every_trigger_has_a_meaning_of_its_own() -> None:
    """The 24 triggers of the bed pool are understood, and no two mean the same."""
    expected = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 25, 26, 27, 28, 31, 40]
    assert sorted(MEANINGS) == [f"A{n:02}" for n in expected]
    assert len(set(MEANINGS.values())) == len(MEANINGS) == len(Meaning)


@needs_samples
@pytest.mark.parametrize("path", [p for p in SAMPLES if p.name.startswith("ADT")], ids=lambda p: p.name)
def test_sample_is_an_event_or_says_why_not(path: Path) -> None:
    """Every ADT sample is read as an event with patient and time, or its trigger is one that is not covered."""
    message = parse(path.read_bytes())
    if message.trigger not in MEANINGS:
        with pytest.raises(InvalidInput, match="hl7_trigger_unknown"):
            adt_event(message, CHINA)
        return
    e = adt_event(message, CHINA)
    assert e.identifiers
    assert e.name is not None
    assert e.at is not None
    assert e.birth_date is not None


@settings(max_examples=200)
@given(st.integers(0, len(ADMIT) - 1), st.sampled_from([b"", b"|", b"^", b"~", b"\r", b"9", b'""', b"\\", b"&"]))
def test_damaged_message_is_an_event_or_refused(position: int, junk: bytes) -> None:
    """However a message is damaged, reading it gives an event or InvalidInput."""
    try:
        e = adt_event(parse(ADMIT[:position] + junk + ADMIT[position + 1 :]), CHINA)
    except InvalidInput as error:
        assert error.params["where"]
    else:
        assert e.trigger in MEANINGS


def test_reference_page_names_every_field_and_trigger() -> None:
    """docs/reference/hl7v2.md lists every trigger and every field that is read."""
    page = Path(__file__).parents[5] / "docs" / "reference" / "hl7v2.md"
    if not page.exists():
        pytest.skip("the documentation is not beside the package")
    text = page.read_text()
    paths = [*TEXTS.values(), *TIMES.values(), *(path for path, _ in TYPED.values())]
    assert [path for path in paths if f"`{path}`" not in text] == []
    assert [name for name in (*TEXTS, *TIMES, *TYPED) if f"`{name}`" not in text] == []
    assert [trigger for trigger in MEANINGS if f"| {trigger} |" not in text] == []
