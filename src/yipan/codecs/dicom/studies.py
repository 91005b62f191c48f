"""Studies and series as an archive tells them: the answers of QIDO-RS (PS3.18, 10.6.3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from yipan.codecs.dicom import tags
from yipan.codecs.dicom.attributes import Attributes, wrong
from yipan.codecs.dicom.moments import moment, read_day

UID = re.compile(r"[0-9]+(\.[0-9]+)*", re.ASCII)
LONGEST_UID = 64
STUDY_FIELDS = tuple(
    tag.keyword
    for tag in (
        tags.STUDY_DESCRIPTION,
        tags.ISSUER_OF_PATIENT_ID,
        tags.PATIENT_BIRTH_DATE,
        tags.PATIENT_SEX,
        tags.STUDY_SERIES,
        tags.STUDY_INSTANCES,
        tags.TIMEZONE_OFFSET,
        tags.MODALITIES_IN_STUDY,
    )
)
"""What to ask for by `includefield`, beyond what every archive tells."""


@dataclass(frozen=True, slots=True)
class StudySummary:
    """A study in an archive. `at` in UTC, None when the archive tells no date; what is not told is "" or None."""

    uid: str
    accession: str
    modalities: tuple[str, ...]
    at: datetime | None
    description: str
    patient_id: str
    patient_issuer: str
    patient_name: str
    birth_date: date | None
    sex: str
    series: int
    instances: int


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """A series of a study."""

    uid: str
    modality: str
    number: int
    description: str
    instances: int


def read_study(data: Any, zone: tzinfo) -> StudySummary:
    """One answer of a search for studies; times without an offset are in `zone`.

    Raises InvalidInput `dicom_json`, `dicom_missing`, `dicom_value`.
    """
    told = Attributes.of(data)
    day, at, offset = told.text(tags.STUDY_DATE), told.text(tags.STUDY_TIME), told.text(tags.TIMEZONE_OFFSET)
    return StudySummary(
        uid=read_uid(told, tags.STUDY_INSTANCE_UID),
        accession=told.text(tags.ACCESSION_NUMBER),
        modalities=told.texts(tags.MODALITIES_IN_STUDY) or told.texts(tags.MODALITY),
        at=moment(day, at, offset, zone),
        description=told.text(tags.STUDY_DESCRIPTION),
        patient_id=told.text(tags.PATIENT_ID),
        patient_issuer=told.text(tags.ISSUER_OF_PATIENT_ID),
        patient_name=plain_name(told.text(tags.PATIENT_NAME)),
        birth_date=read_day(told.text(tags.PATIENT_BIRTH_DATE)),
        sex=told.text(tags.PATIENT_SEX),
        series=told.whole(tags.STUDY_SERIES, 0),
        instances=told.whole(tags.STUDY_INSTANCES, 0),
    )


def read_series(data: Any) -> SeriesSummary:
    """One answer of a search for series. Errors as of `read_study`."""
    told = Attributes.of(data)
    return SeriesSummary(
        uid=read_uid(told, tags.SERIES_INSTANCE_UID),
        modality=told.text(tags.MODALITY),
        number=told.whole(tags.SERIES_NUMBER, 0),
        description=told.text(tags.SERIES_DESCRIPTION),
        instances=told.whole(tags.SERIES_INSTANCES, 0),
    )


def read_uid(told: Attributes, tag: tags.Tag) -> str:
    """A unique identifier: digits and dots, at most 64. It becomes part of addresses, so nothing else passes."""
    text = told.required_text(tag)
    if not is_uid(text):
        raise wrong(tag, text)
    return text


def is_uid(text: str) -> bool:
    """Whether this is written as a unique identifier (PS3.5, 9.1); leading zeros, which are about, pass."""
    return len(text) <= LONGEST_UID and UID.fullmatch(text) is not None


def plain_name(text: str) -> str:
    """A person's name without its carets; Chinese characters stand together."""
    parts = [part for part in text.split("=")[0].split("^") if part.strip()]
    joint = "" if any("\u3400" <= c <= "\u9fff" for c in text) else " "
    return joint.join(part.strip() for part in parts)
