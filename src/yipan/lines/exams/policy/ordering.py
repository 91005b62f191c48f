"""Rules of an order, before a time is looked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

REPEATED_WITHIN = {
    "imaging": timedelta(days=7),
    "ultrasound": timedelta(days=7),
    "endoscopy": timedelta(days=30),
    "ecg": timedelta(hours=24),
    "laboratory": timedelta(hours=24),
}
"""Category → within which time the same examination again is worth a question. A warning, never a refusal."""


def repetition_window(category: str) -> timedelta:
    """How far back the same item counts as a repetition."""
    return REPEATED_WITHIN.get(category, timedelta(days=7))


def is_repetition(category: str, *, ordered_at: datetime, done_at: datetime | None, at: datetime) -> bool:
    """Whether an earlier order of the same item makes a new one a repetition: still open, or done not long ago."""
    return done_at is None or at - max(done_at, ordered_at) < repetition_window(category)


def accession(day: date, number: int) -> str:
    """The number of an order as people read it on films and slips: E261128000042, the day and a running number.

    13 characters; DICOM (0008,0050) and HL7 OBR-18 take 16. `number` runs over a million before it begins anew.
    """
    return f"E{day:%y%m%d}{number % 1_000_000:06d}"


def needs_slot(category: str) -> bool:
    """Whether an examination takes a device and a technician for a time; a specimen goes its own way."""
    return category != "laboratory"
