"""What a device asks of the worklist, and what it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from yipan.codecs.dicom.datasets import GB18030, UTF_8
from yipan.codecs.dicom.worklist import WorklistItem, answer, answer_charset, read_query
from yipan.kernel.errors import InvalidInput

ITEM = WorklistItem(
    accession="A00017",
    study_uid="2.25.17",
    modality="CT",
    station="CT_MAIN",
    start=datetime(2026, 11, 2, 8, 30),
    procedure="颅脑 CT 平扫",
    procedure_code="CT-HEAD",
    name="乔立民",
    pinyin="qiaolimin",
    patient_id="770012",
    patient_issuer="YP",
    birth_date=date(1949, 8, 30),
    sex="male",
    priority="emergency",
    performer="刘洋",
)
DAYS = "ScheduledProcedureStepStartDate"
TIMES = "ScheduledProcedureStepStartTime"


def question(charset: str = "", **told: str) -> Dataset:
    """What modalities ask: the usual keys, empty but for those told; step attributes go into the step."""
    identifier, step = Dataset(), Dataset()
    if charset:
        identifier.SpecificCharacterSet = charset
    identifier.PatientName = identifier.PatientID = identifier.AccessionNumber = identifier.StudyInstanceUID = ""
    identifier.RequestedProcedureDescription = ""
    step.Modality = step.ScheduledStationAETitle = step.ScheduledProcedureStepDescription = ""
    step.ScheduledProcedureStepStartDate = step.ScheduledProcedureStepStartTime = ""
    for keyword, value in told.items():
        setattr(step if keyword in ("Modality", "ScheduledStationAETitle", DAYS, TIMES) else identifier, keyword, value)
    identifier.ScheduledProcedureStepSequence = Sequence([step])
    return identifier


@pytest.mark.parametrize(
    ("told", "asked_for"),
    [
        ({}, True),
        ({"PatientName": "qiao*"}, True),
        ({"PatientName": "乔*"}, True),
        ({"PatientName": "乔立民"}, True),
        ({"PatientName": "乔?"}, False),
        ({"PatientID": "770012"}, True),
        ({"PatientID": "77001"}, False),
        ({"AccessionNumber": "A0001?"}, True),
        ({"AccessionNumber": "[A]*"}, False),
        ({"Modality": "MR"}, False),
        ({"ScheduledStationAETitle": "CT_MAIN"}, True),
        ({"ScheduledStationAETitle": "CT_OTHER"}, False),
        ({DAYS: "20261102"}, True),
        ({DAYS: "20261101-20261102"}, True),
        ({DAYS: "20261103-"}, False),
        ({DAYS: "-20261101"}, False),
        ({DAYS: "20261102", TIMES: "08"}, True),
        ({TIMES: "0831-"}, False),
        ({TIMES: "0800-0830"}, True),
    ],
)
def test_items_are_matched_as_the_standard_says(told: dict[str, str], asked_for: bool) -> None:
    """Single values, wildcards and ranges match as PS3.4 C.2.2.2 has it; names match in both writings."""
    assert read_query(question(**told)).matches(ITEM) is asked_for


@pytest.mark.parametrize("wrong", ["2026", "20261301", "-", "20261102-20261301"])
def test_a_range_that_is_none_is_named(wrong: str) -> None:
    """A date that cannot be read is refused by its tag, not taken for a question for everything."""
    with pytest.raises(InvalidInput, match="dicom_value") as caught:
        read_query(question(**{DAYS: wrong}))
    assert caught.value.params["tag"].startswith("(0040,0002)")


@pytest.mark.parametrize("charset", [UTF_8, GB18030])
def test_an_answer_survives_the_wire_in_its_character_set(charset: str) -> None:
    """A device that writes UTF-8 or GB 18030 reads the Chinese name and the procedure back."""
    query = read_query(question(charset))
    file = DicomBytesIO()
    file.is_little_endian, file.is_implicit_VR = True, True
    write_dataset(file, answer(query, ITEM, answer_charset(query, UTF_8)))
    back = dcmread(BytesIO(file.getvalue()), force=True)
    assert back.SpecificCharacterSet == charset
    assert str(back.PatientName) == "QIAOLIMIN=乔立民"
    assert back.RequestedProcedureDescription == "颅脑 CT 平扫"
    step = back.ScheduledProcedureStepSequence[0]
    assert (step.ScheduledStationAETitle, step.ScheduledProcedureStepStartTime) == ("CT_MAIN", "083000")


def test_only_what_is_asked_is_answered() -> None:
    """Attributes that the device did not ask for stay away; an empty sequence asks for all of its attributes."""
    query = read_query(question())
    told = answer(query, ITEM, UTF_8)
    assert "PatientBirthDate" not in told
    assert "ScheduledProcedureStepID" not in told.ScheduledProcedureStepSequence[0]
    query.identifier.ScheduledProcedureStepSequence = Sequence([])
    told = answer(read_query(query.identifier), ITEM, UTF_8)
    assert told.ScheduledProcedureStepSequence[0].ScheduledProcedureStepID == "A00017"


def test_what_is_too_long_for_its_kind_is_cut() -> None:
    """A long procedure or device name keeps within LO and SH, which devices with fixed fields need."""
    long = replace(ITEM, procedure="检" * 90, station_name="一" * 40)
    query = read_query(question())
    assert len(answer(query, long, UTF_8).RequestedProcedureDescription) == 64


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(["PatientName", "PatientID", "AccessionNumber", DAYS, TIMES, "Modality"]),
        st.text(max_size=20) | st.text("0123456789-*?.:", max_size=18),
        max_size=4,
    )
)
def test_any_question_is_matched_or_refused(told: dict[str, str]) -> None:
    """Whatever texts a device sends, they match, or do not, or are refused with a tag."""
    try:
        read_query(question(**told)).matches(ITEM)
    except InvalidInput as error:
        assert error.params["tag"].startswith("(")
