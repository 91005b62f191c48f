"""Rules of identity: certain by identifier, likely by evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.patients.matching import (
    NATIONAL_ID,
    THRESHOLD,
    Decision,
    IdentifierValue,
    Person,
    Verdict,
    decide,
    evidence,
    judge,
    near_dates,
    one_slip,
    score,
)

LI = Person(UUID(int=1), "李建国", "lijianguo", "male", date(1962, 3, 12), "13812345678", "110105196203120011")
MR = IdentifierValue("H1", "000123")
CARD = IdentifierValue(NATIONAL_ID, "110105196203120011", "NI")

people = st.builds(
    Person,
    key=st.uuids(),
    name=st.sampled_from(["李建国", "李健国", "王梅", ""]),
    pinyin=st.sampled_from(["lijianguo", "wangmei", ""]),
    sex=st.sampled_from(["male", "female", "unknown"]),
    birth_date=st.none() | st.dates(date(1950, 1, 1), date(1952, 1, 1)),
    phone=st.sampled_from(["", "13812345678", "13900000000"]),
    national_id=st.sampled_from(["", "110105196203120011", "110105196203120038"]),
)


@pytest.mark.parametrize(
    ("changes", "by_card", "by_record"),
    [
        ({}, Verdict.SAME, Verdict.SAME),
        ({"birth_date": None, "sex": "unknown"}, Verdict.SAME, Verdict.SAME),
        ({"name": "李健国"}, Verdict.SAME, Verdict.SAME),
        ({"birth_date": date(1970, 1, 1)}, Verdict.CONFLICT, Verdict.SAME),
        ({"sex": "female"}, Verdict.CONFLICT, Verdict.SAME),
        ({"name": "王梅", "pinyin": "wangmei"}, Verdict.CONFLICT, Verdict.SAME),
        ({"name": "王梅", "pinyin": "wangmei", "sex": "female"}, Verdict.CONFLICT, Verdict.CONFLICT),
    ],
)
def test_equal_identifiers(changes: dict[str, object], by_card: Verdict, by_record: Verdict) -> None:
    """A personal number conflicts with any contradiction, a hospital's number only with two."""
    new = replace(LI, **changes)  # type: ignore[arg-type]
    assert judge(new, LI, "NI") is by_card
    assert judge(new, LI, "MR") is by_record


def test_first_fitting_identifier_decides() -> None:
    """When identifiers name two known people, the first one counts and the other goes to review."""
    other = replace(LI, key=UUID(int=2))
    assert decide(LI, {MR: LI, CARD: other}) == Decision(LI.key, (other.key,))
    assert decide(LI, {CARD: other, MR: LI}) == Decision(other.key, (LI.key,))


def test_contradiction_is_nobody_known() -> None:
    """A contradicted identifier identifies nobody and is reported."""
    woman = replace(LI, key=UUID(int=2), sex="female")
    assert decide(LI, {CARD: woman}) == Decision(None, (), ((woman.key, CARD),))


def test_nobody_holds_the_identifiers() -> None:
    """Without a holder the person is new."""
    assert decide(LI, {}) == Decision(None)


@pytest.mark.parametrize(
    ("changes", "likely"),
    [
        ({}, True),
        ({"name": "李健国"}, True),
        ({"birth_date": date(1962, 12, 3), "phone": ""}, True),
        ({"birth_date": None}, True),
        ({"birth_date": None, "phone": ""}, False),
        ({"name": "王梅", "pinyin": "wangmei", "phone": ""}, False),
        ({"birth_date": date(1990, 7, 7), "phone": "13900000000"}, False),
        ({"sex": "female", "name": "李梅", "pinyin": "limei", "birth_date": date(1965, 1, 1)}, False),
    ],
)
def test_what_is_likely(changes: dict[str, object], likely: bool) -> None:
    """Slips and homophones go to review; namesakes and couples on one phone do not."""
    first = replace(LI, national_id="")
    second = replace(first, **changes)  # type: ignore[arg-type]
    assert (score(evidence(first, second)) >= THRESHOLD) is likely


def test_two_valid_cards_speak_against_one_person() -> None:
    """Namesakes with the same birth date and two different cards are not proposed with nothing else in common."""
    second = replace(LI, national_id="330105196203121234", phone="")
    assert score(evidence(LI, second)) < score(evidence(replace(LI, national_id=""), replace(LI, phone="")))


@given(people, people)
def test_evidence_is_symmetric(a: Person, b: Person) -> None:
    """The order of a pair does not matter."""
    assert evidence(a, b) == evidence(b, a)


@given(st.dates(date(1900, 1, 1), date(2030, 1, 1)))
def test_near_dates_are_mutual(day: date) -> None:
    """A date never counts as its own slip, and swapping back leads home."""
    near = near_dates(day)
    assert day not in near
    assert all(day in near_dates(other) for other in near)


@given(st.text("0123456789", min_size=3, max_size=10), st.data())
def test_one_slip_finds_each_kind(text: str, data: st.DataObject) -> None:
    """One wrong, missing or extra character and one swap count as a slip; two changes apart do not."""
    at = data.draw(st.integers(0, len(text) - 2))
    assert one_slip(text, text[:at] + text[at + 1 :])
    assert one_slip(text, text[:at] + "x" + text[at:])
    assert one_slip(text, text[:at] + "x" + text[at + 1 :])
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    assert swapped == text or one_slip(text, swapped)
    assert not one_slip(text, "x" + text[1:-1] + "y")
