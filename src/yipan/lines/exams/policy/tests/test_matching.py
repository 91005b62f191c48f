"""When an accession number decides, and when a person has to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yipan.lines.exams.policy.matching import Expected, Told, Waits, likely, reason, same_patient

BORN, OTHER = date(1949, 8, 30), date(1950, 1, 1)
PATIENT = Expected("乔立民", "qiaolimin", BORN, "male")
AT = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "known", "same"),
    [
        (Told("", None, ""), False, True),
        (Told("乔立民", BORN, "M"), False, True),
        (Told("QIAO LIMIN", None, ""), False, True),
        (Told("Qiao Limin", BORN, "F"), False, False),
        (Told("王建国", BORN, "M"), False, False),
        (Told("王建国", BORN, "M"), True, True),
        (Told("乔立民", OTHER, "M"), True, False),
        (Told("乔立民", BORN, "O"), False, False),
    ],
)
def test_what_a_study_tells_of_the_patient_speaks_for_or_against(told: Told, known: bool, same: bool) -> None:
    """Silence fits everybody; a number that is theirs outweighs a name, and a birth date outweighs the number."""
    assert same_patient(told, PATIENT, number_known=known) is same


@pytest.mark.parametrize(
    ("accession", "ordered", "cancelled", "same", "waits"),
    [
        ("", False, False, False, Waits.NO_ACCESSION),
        ("A1", False, False, False, Waits.UNKNOWN),
        ("A1", True, True, True, Waits.CANCELLED),
        ("A1", True, False, False, Waits.OTHER_PATIENT),
        ("A1", True, False, True, None),
    ],
)
def test_each_reason_to_wait_is_named(
    accession: str, ordered: bool, cancelled: bool, same: bool, waits: Waits | None
) -> None:
    """A study is matched by its number only when order, state and patient agree; else the first obstacle is told."""
    assert reason(accession, ordered=ordered, cancelled=cancelled, same=same) is waits


def test_proposals_are_of_the_same_device_and_time() -> None:
    """An order for another modality, or of last week, is not proposed."""
    assert likely("CT SR", AT, modality="CT", planned=AT + timedelta(hours=20))
    assert not likely("CT SR", AT, modality="MR", planned=AT)
    assert not likely("CT", AT, modality="CT", planned=AT - timedelta(days=7))
