"""The modality worklist: what a device asks and what it is told (PS3.4 Annex K; attributes in table K.6-1)."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time

from pydicom import Dataset
from pydicom.sequence import Sequence

from yipan.codecs.dicom.datasets import GB18030, UTF_8, items, name_of, text, value
from yipan.codecs.dicom.moments import read_day, read_time, write_day, write_time
from yipan.kernel.errors import InvalidInput

SEXES = {"male": "M", "female": "F", "other": "O"}
PRIORITIES = {"emergency": "STAT", "urgent": "HIGH", "elective": "ROUTINE"}
SHORT, LONG = 16, 64
"""Most characters of SH and LO."""


@dataclass(frozen=True, slots=True)
class WorklistItem:
    """One examination that a device is to make. `start` is local: DICOM has no zone here.

    `name` as it is written, `pinyin` in Latin letters for devices that show no others. `station` is the AE title.
    """

    accession: str
    study_uid: str
    modality: str
    station: str
    start: datetime
    procedure: str
    procedure_code: str
    name: str
    pinyin: str
    patient_id: str
    patient_issuer: str
    birth_date: date | None
    sex: str
    priority: str
    station_name: str = ""
    performer: str = ""
    requester: str = ""
    department: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of days or of times of day as a device asks for it; None is open."""

    low: str = ""
    high: str = ""

    def holds(self, written: str) -> bool:
        return (not self.low or written >= self.low) and (not self.high or written <= self.high)


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """What a device asks for. Texts may hold the wildcards * and ?; "" asks for everything."""

    identifier: Dataset
    patient_name: str = ""
    patient_id: str = ""
    accession: str = ""
    procedure_id: str = ""
    modality: str = ""
    station: str = ""
    performer: str = ""
    days: Span = field(default_factory=Span)
    times: Span = field(default_factory=Span)

    @property
    def charset(self) -> str:
        """The character set that the device writes in, "" when it names none."""
        return text(self.identifier, "SpecificCharacterSet")

    @property
    def first_day(self) -> date | None:
        return read_day(self.days.low)

    @property
    def last_day(self) -> date | None:
        return read_day(self.days.high)

    def matches(self, item: WorklistItem) -> bool:
        """Whether an item is asked for (PS3.4, C.2.2.2). Names match in any of their writings, whatever the case."""
        return (
            (not self.patient_name or any(_fits(self.patient_name, name, fold=True) for name in _writings(item)))
            and _fits(self.patient_id, item.patient_id)
            and _fits(self.accession, item.accession)
            and _fits(self.procedure_id, item.accession[:SHORT])
            and _fits(self.modality, item.modality)
            and _fits(self.station, item.station)
            and _fits(self.performer, item.performer, fold=True)
            and self.days.holds(write_day(item.start))
            and self.times.holds(write_time(item.start))
        )


def read_query(identifier: Dataset) -> WorklistQuery:
    """What the identifier of a C-FIND request asks for.

    Raises InvalidInput `dicom_value` naming the tag, for a range that is none or a sequence with more than one item.
    """
    steps = items(identifier, "ScheduledProcedureStepSequence")
    if len(steps) > 1:
        raise InvalidInput("dicom_value", tag=name_of("ScheduledProcedureStepSequence"), value=str(len(steps)))
    step = steps[0] if steps else Dataset()
    return WorklistQuery(
        identifier=identifier,
        patient_name=text(identifier, "PatientName"),
        patient_id=text(identifier, "PatientID"),
        accession=text(identifier, "AccessionNumber"),
        procedure_id=text(identifier, "RequestedProcedureID"),
        modality=text(step, "Modality"),
        station=text(step, "ScheduledStationAETitle"),
        performer=text(step, "ScheduledPerformingPhysicianName"),
        days=_span(step, "ScheduledProcedureStepStartDate", _day),
        times=_span(step, "ScheduledProcedureStepStartTime", _time),
    )


def answer(query: WorklistQuery, item: WorklistItem, charset: str) -> Dataset:
    """One answer: of the attributes asked for those that Yipan knows, in the given character set.

    An empty sequence in the question asks for all attributes of its items (PS3.4, C.2.2.2.6).
    """
    told = _asked(query.identifier, _whole(item))
    told.SpecificCharacterSet = charset
    return told


def answer_charset(query: WorklistQuery, default: str) -> str:
    """In what to answer: as the device writes, where that can hold Chinese, else the default."""
    named = query.charset
    return named if named in (UTF_8, GB18030, "GBK") else default


def _asked(identifier: Dataset, whole: Dataset) -> Dataset:
    told = Dataset()
    for element in identifier:
        if element.tag not in whole:
            continue
        known = whole[element.tag]
        if known.VR == "SQ" and element.VR == "SQ" and element.value and len(element.value[0]):
            inner = element.value[0]
            told.add_new(element.tag, "SQ", Sequence([_asked(inner, item) for item in known.value]))
        else:
            told.add(known)
    return told


def _whole(item: WorklistItem) -> Dataset:
    """Everything that is known, by the modules of table K.6-1."""
    told = Dataset()
    told.AccessionNumber = item.accession
    told.ReferringPhysicianName = _person(item.requester)
    told.PatientName = _person(item.name, item.pinyin)
    told.PatientID = item.patient_id[:LONG]
    told.IssuerOfPatientID = item.patient_issuer[:LONG]
    told.PatientBirthDate = write_day(item.birth_date) if item.birth_date else ""
    told.PatientSex = SEXES.get(item.sex, "")
    told.PatientWeight = None
    told.MedicalAlerts = told.Allergies = told.SpecialNeeds = told.PatientState = ""
    told.PregnancyStatus = None
    told.StudyInstanceUID = item.study_uid
    told.ReferencedStudySequence = told.ReferencedPatientSequence = Sequence()
    told.RequestingPhysician = _person(item.requester)
    told.RequestingService = item.department[:LONG]
    told.RequestedProcedureID = item.accession[:SHORT]
    told.RequestedProcedureDescription = item.procedure[:LONG]
    told.RequestedProcedureCodeSequence = Sequence([_code(item)])
    told.RequestedProcedurePriority = PRIORITIES.get(item.priority, "ROUTINE")
    told.ReasonForTheRequestedProcedure = item.reason[:LONG]
    told.PatientTransportArrangements = told.ConfidentialityConstraintOnPatientDataDescription = ""
    told.AdmissionID = told.CurrentPatientLocation = ""
    told.ScheduledProcedureStepSequence = Sequence([_step(item)])
    return told


def _step(item: WorklistItem) -> Dataset:
    step = Dataset()
    step.Modality = item.modality
    step.ScheduledStationAETitle = item.station
    step.ScheduledStationName = item.station_name[:SHORT]
    step.ScheduledProcedureStepLocation = ""
    step.ScheduledProcedureStepStartDate = write_day(item.start)
    step.ScheduledProcedureStepStartTime = write_time(item.start)
    step.ScheduledPerformingPhysicianName = _person(item.performer)
    step.ScheduledProcedureStepDescription = item.procedure[:LONG]
    step.ScheduledProtocolCodeSequence = Sequence([_code(item)])
    step.ScheduledProcedureStepID = item.accession[:SHORT]
    step.ScheduledProcedureStepStatus = "SCHEDULED"
    step.PreMedication = step.RequestedContrastAgent = step.CommentsOnTheScheduledProcedureStep = ""
    return step


def _code(item: WorklistItem) -> Dataset:
    """The procedure by the network's own code; "99…" marks a scheme that is nobody's standard (PS3.3, 8.2)."""
    code = Dataset()
    code.CodeValue = item.procedure_code[:SHORT]
    code.CodingSchemeDesignator = "99YIPAN"
    code.CodeMeaning = item.procedure[:LONG]
    return code


def _person(name: str, latin: str = "") -> str:
    """A PN: Latin letters in the first group, Chinese characters in the second (PS3.5, 6.2.1 and Annex K)."""
    clean = re.sub(r"[\^=\\]", " ", name)[:LONG].strip()
    if not clean or clean.isascii():
        return clean
    return f"{latin.upper()[:LONG]}={clean}"


def _writings(item: WorklistItem) -> list[str]:
    whole = _person(item.name, item.pinyin)
    return [whole, *whole.split("=")]


def _fits(asked: str, known: str, *, fold: bool = False) -> bool:
    """Whether a text is asked for: single value or wildcards; nothing and * ask for everything."""
    if not asked or asked == "*":
        return True
    if fold:
        asked, known = asked.casefold().rstrip("=^"), known.casefold()
    if "*" in asked or "?" in asked:
        return re.fullmatch(fnmatch.translate(asked.replace("[", "[[]")), known) is not None
    return asked == known


def _span(step: Dataset, keyword: str, read: object) -> Span:
    """A single value, or a range written with a hyphen: A-B, A-, -B (PS3.4, C.2.2.2.5)."""
    found = value(step, keyword)
    written = "" if found is None else str(found).strip()
    if written in ("", "*"):
        return Span()
    low, hyphen, high = written.partition("-")
    ends = [_end(part, keyword, read) for part in (low, high if hyphen else low)]
    if hyphen and not (low.strip() or high.strip()):
        raise InvalidInput("dicom_value", tag=name_of(keyword), value=written[:40])
    return Span(ends[0][0], ends[1][1])


def _end(part: str, keyword: str, read: object) -> tuple[str, str]:
    part = part.strip()
    if not part:
        return "", ""
    assert callable(read)
    ends: tuple[str, str] | None = read(part)
    if ends is None:
        raise InvalidInput("dicom_value", tag=name_of(keyword), value=part[:40])
    return ends


def _day(part: str) -> tuple[str, str] | None:
    day = read_day(part)
    return None if day is None else (write_day(day), write_day(day))


def _time(part: str) -> tuple[str, str] | None:
    """A time of day; what is left out stands for all it may be: 08 is 080000 to 085959."""
    at = read_time(part)
    if at is None:
        return None
    digits = re.sub(r"\D", "", part.split(".")[0])
    last = time(at.hour, at.minute if len(digits) > 2 else 59, at.second if len(digits) > 4 else 59)
    return at.strftime("%H%M%S"), last.strftime("%H%M%S")
