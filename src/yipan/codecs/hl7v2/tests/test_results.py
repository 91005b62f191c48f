"""Result messages to events and back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.results import ResultEvent, StructuredNumber, build_result, result_event
from yipan.codecs.hl7v2.tests.samples import SAMPLES, needs_samples
from yipan.codecs.hl7v2.tests.told import plain, result_events
from yipan.codecs.hl7v2.types import CWE, EI, NDL, XON
from yipan.codecs.hl7v2.writer import Envelope
from yipan.kernel.errors import InvalidInput

CHINA = ZoneInfo("Asia/Shanghai")
HEAD = "MSH|^~\\&|LIS|CITY|||20260301080000+0800||{kind}|R1|P|2.5.1"
BLOOD = (
    "PID|1||P1^^^HIS^MR||李^娜||19900307|F",
    "PV1|1|I|N3^301^02||||D7^王^强|||NEU|||||||||V100",
    "ORC|RE|A-1^HIS|L-9^LIS",
    "OBR|1|A-1^HIS|L-9^LIS|BMP^生化^L|||20260301073000|||||||||D7^王^强||||||20260301081000||LAB|F|||||||T3&陈&静",
    "NTE|1||室内质控在控",
    "OBX|1|NM|K^钾^L^2823-3^Potassium^LN||5.9|mmol/L^^UCUM|3.5-5.3|H~A|||F|||20260301073000|LAB01|T3^陈^静"
    "|||||||云溪市检验中心^^^^^^^^^LAB01",
    "NTE|1||已复查",
    "OBX|2|SN|TNI^肌钙蛋白^L||<^0.01|ng/mL||N|||F",
    "OBX|3|CWE|ABO^血型^L||A^A型^L||||||C",
    "OBX|4|TX|CMT^意见^L||第一行~第二行|||||| P",
    "OBX|5|NM|GLU^血糖^L||||||||X",
    "SPM|1|||BLD",
    "OBX|1|NM|VOL^体积^L||3|mL|||||F",
)


def event(*segments: str, kind: str = "ORU^R01") -> ResultEvent:
    return result_event(parse("\r".join((HEAD.format(kind=kind), *segments)).encode()), CHINA)


def test_a_report_and_its_observations() -> None:
    """Numbers, times, status, reader and remarks of a report; value, unit, range, flags and site of an observation."""
    (report,) = event(*BLOOD).reports
    assert (report.placer, report.filler, report.status) == (EI("A-1", "HIS"), EI("L-9", "LIS"), "F")
    assert (report.section, report.interpreter, report.notes) == ("LAB", NDL("T3", "陈", "静"), ("室内质控在控",))
    assert report.reported_at is not None
    assert report.reported_at.at == datetime(2026, 3, 1, 0, 10, tzinfo=UTC)
    potassium = report.observations[0]
    assert potassium.code.codings == (("L", "K"), ("LN", "2823-3"))
    assert (potassium.values, potassium.units) == ((Decimal("5.9"),), CWE("mmol/L", system="UCUM"))
    assert (potassium.reference_range, potassium.flags, potassium.notes) == ("3.5-5.3", ("H", "A"), ("已复查",))
    assert potassium.performer == XON("云溪市检验中心", id="LAB01")
    assert potassium.producer == CWE("LAB01")


def test_values_of_every_kind() -> None:
    """A structured number, a code, a text of two lines and a value that could not be had are told apart."""
    troponin, group, comment, sugar = event(*BLOOD).reports[0].observations[1:]
    assert troponin.values == (StructuredNumber("<", Decimal("0.01")),)
    assert (group.values, group.status) == ((CWE("A", "A型", "L"),), "C")
    assert (comment.values, comment.status) == (("第一行\n第二行",), "P")
    assert (sugar.values, sugar.status) == ((), "X")


def test_what_speaks_of_patient_or_specimen_is_no_result() -> None:
    """An OBX before the first OBR, and one behind SPM, are left out."""
    assert len(event(*BLOOD).reports[0].observations) == 5
    e = event("PID|1", "OBX|1|NM|W||70||||||F", "OBR|1|||A|||||||||||||||||||||F", "OBX|1|NM|X||3||||||F")
    assert [len(r.observations) for r in e.reports] == [1]


def test_number_with_a_sign_before_it() -> None:
    """A number sent as "<0.01" means what a structured number would say."""
    e = event("PID|1", "OBR|1|||A", "OBX|1|NM|X||<0.01||||||F")
    assert e.reports[0].observations[0].values == (StructuredNumber("<", Decimal("0.01")),)
    assert e.reports[0].observations[0].values[0].text == "<0.01"  # type: ignore[union-attr]


def test_text_may_hold_what_parts_other_types() -> None:
    """A caret or an ampersand that was not escaped stays in a text."""
    e = event("PID|1", "OBR|1|||A", "OBX|1|ST|X||1+1 ^ a&b||||||F")
    assert e.reports[0].observations[0].values == ("1+1 ^ a&b",)


def test_numbers_of_orc_stand_in_for_those_of_obr() -> None:
    """Order numbers may stand in ORC alone; those of one order do not pass to the next."""
    e = event("PID|1", "ORC|RE|A|B", "OBR|1|||X", "ORC|RE|C", "OBR|1|||Y", "OBR|2|||Z")
    told = [(r.placer and r.placer.id, r.filler and r.filler.id) for r in e.reports]
    assert told == [("A", "B"), ("C", None), (None, None)]


def test_several_patients() -> None:
    """Each PID begins another patient, with the reports behind it."""
    e = event("PID|1||P1", "OBR|1|||X", "OBX|1|NM|K||1||||||F", "PID|2||P2", "OBR|1|||Y")
    assert [f.identifiers[0].id for f in (e, *e.further)] == ["P1", "P2"]
    assert [len(f.reports[0].observations) for f in (e, *e.further)] == [1, 0]


OBR = ("PID|1", "OBR|1|||A|||||||||||||||||||||F")


@pytest.mark.parametrize(
    ("segments", "kind", "code", "where"),
    [
        (BLOOD, "ORM^O01", "hl7_not_result", "MSH-9"),
        (BLOOD[1:], "ORU^R01", "hl7_segment_missing", "PID"),
        (BLOOD[:2], "ORU^R01", "hl7_segment_missing", "OBR"),
        ((*OBR, "OBX|1|NM|K||high||||||F"), "ORU^R01", "hl7_number", "OBX-5"),
        ((*OBR, "OBX|1|NM|K||1", "OBX|2|SN|K||<^x"), "ORU^R01", "hl7_number", "OBX[2]-5"),
        ((*OBR, "OBX|1|NM|K||1||||||Q"), "ORU^R01", "hl7_value_unknown", "OBX-11"),
        ((*OBR, "OBX|1|NM|||1"), "ORU^R01", "hl7_field_missing", "OBX-3"),
        ((*OBR, "OBX|1||K||1"), "ORU^R01", "hl7_field_missing", "OBX-2"),
        (("PID|1", "OBR|1|||A", "OBX|1|NM|K||1"), "ORU^R01", "hl7_field_missing", "OBX-11"),
        (("PID|1", "OBR|1|||A|||yesterday"), "ORU^R01", "hl7_time", "OBR-7"),
        (("PID|1", "OBR|1|||A|||||||||||||||||||||Q"), "ORU^R01", "hl7_value_unknown", "OBR-25"),
    ],
)
def test_malformed_part_is_named(segments: tuple[str, ...], kind: str, code: str, where: str) -> None:
    """A part that cannot be understood is refused with its place."""
    with pytest.raises(InvalidInput) as caught:
        event(*segments, kind=kind)
    assert (caught.value.code, caught.value.params["where"]) == (code, where)


@settings(max_examples=25)
@given(result_events, st.sampled_from(["2.3", "2.5", "2.8"]), st.sampled_from(["UNICODE UTF-8", "GB18030"]))
def test_a_result_is_read_as_built(told: ResultEvent, version: str, charset: str) -> None:
    """Whatever a result says comes back after the wire, in every version and character set."""
    envelope = Envelope(
        sender=(told.sending_application or "", told.sending_facility or ""), version=version, charset=charset
    )
    message = build_result(told, at=datetime(2026, 3, 1, tzinfo=UTC), envelope=envelope)
    back = result_event(parse(message.encode()), CHINA)
    assert plain(back) == plain(told)
    assert back.birth_date == (told.birth.at.date() if told.birth else None)


@settings(max_examples=60)
@given(st.integers(0, 900), st.sampled_from([b"", b"|", b"^", b"~", b"\r", b"9", b'""', b"\\", b"&"]))
def test_damaged_message_is_an_event_or_refused(position: int, junk: bytes) -> None:
    """However a result is damaged, reading it gives an event or InvalidInput that names the place."""
    raw = "\r".join((HEAD.format(kind="ORU^R01"), *BLOOD)).encode()
    try:
        result_event(parse(raw[:position] + junk + raw[position + 1 :]), CHINA)
    except InvalidInput as error:
        assert error.params["where"]


@needs_samples
@pytest.mark.parametrize("path", [p for p in SAMPLES if "ORU" in p.name], ids=str)
def test_sample_is_a_result(path: Path) -> None:
    """Every sample is read with its patient, and each final number has a value."""
    e = result_event(parse(path.read_bytes()), CHINA)
    assert e.identifiers
    told = [o for report in e.reports for o in report.observations]
    assert told
    assert all(o.values for o in told if o.status == "F")
