"""To which order a study belongs: by its accession number, when the patient is the same. Pure.

A technician who types a number can type a wrong one; a study on the wrong patient is worse than one that waits. So the
number decides alone only where nothing that the study tells of the patient speaks against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

NEAR = timedelta(days=2)
"""A study made so near to the planned time of an order may be the one that was ordered."""
SEXES = {"M": "male", "F": "female", "O": "other"}


class Waits(StrEnum):
    """Why a study waits."""

    NO_ACCESSION = "no_accession"
    UNKNOWN = "accession_unknown"
    CANCELLED = "order_cancelled"
    OTHER_PATIENT = "patient_differs"


@dataclass(frozen=True, slots=True)
class Told:
    """What a study tells of its patient, in whatever script; "" or None is nothing. `sex` as DICOM writes it."""

    name: str
    birth_date: date | None
    sex: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The patient of an order."""

    name: str
    pinyin: str
    birth_date: date | None
    sex: str


def reason(accession: str, *, ordered: bool, cancelled: bool, same: bool) -> Waits | None:
    """Why a study with this accession number waits; None when it belongs to the order of that number."""
    if not accession:
        return Waits.NO_ACCESSION
    if not ordered:
        return Waits.UNKNOWN
    if cancelled:
        return Waits.CANCELLED
    return None if same else Waits.OTHER_PATIENT


def same_patient(told: Told, expected: Expected, *, number_known: bool) -> bool:
    """Whether the study may be of this patient: its number is one of theirs, or nothing that it tells is different.

    Of what is told the birth date counts most; a sex alone never decides against a number that is known.
    """
    if told.birth_date and expected.birth_date and told.birth_date != expected.birth_date:
        return False
    if number_known:
        return True
    sex = SEXES.get(told.sex, "")
    if sex and expected.sex in ("male", "female") and sex != expected.sex:
        return False
    return not told.name or _letters(told.name) in (_letters(expected.name), _letters(expected.pinyin))


def likely(modalities: str, at: datetime | None, *, modality: str, planned: datetime) -> bool:
    """Whether an order of the same patient is worth proposing: the same kind of device, and near in time."""
    return modality in modalities.split() and (at is None or abs(at - planned) <= NEAR)


def _letters(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
