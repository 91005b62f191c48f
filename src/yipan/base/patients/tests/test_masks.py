"""What lists show of names and numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.patients import mask_id_number, mask_name, mask_phone, surnames

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
OTHER = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("李建国", "李*国"),
        ("王梅", "王*"),
        ("欧阳修", "欧阳*"),
        ("欧阳娜娜", "欧阳*娜"),
        ("阿卜杜拉·买买提", "阿******提"),
        ("李 建国", "李*国"),
        ("John Smith", "J*** S***"),
        ("", ""),
    ],
)
def test_names(name: str, shown: str) -> None:
    """The surname and, from three characters on, the last one stay."""
    assert mask_name(name) == shown


@given(st.text(HAN, min_size=2, max_size=12))
def test_middle_of_a_chinese_name_is_never_shown(name: str) -> None:
    """Between the surname and the last character there are only stars, as many as characters."""
    shown = mask_name(name)
    surname, given_name = surnames.split(name)
    assert len(shown) == len(name)
    assert shown.startswith(surname)
    assert set(shown[len(surname) : -1] or "*") == {"*"}
    assert len(given_name) > 1 or shown[-1] == "*"


@given(st.lists(st.text(st.characters(categories=["L"], max_codepoint=0x24F), min_size=2), min_size=1, max_size=4))
def test_latin_words_keep_their_first_letter_only(words: list[str]) -> None:
    """No second letter of a word and no length of a word can be read."""
    assert mask_name(" ".join(words)) == " ".join(word[0] + "***" for word in words)


@given(OTHER)
def test_numbers_show_at_most_half(number: str) -> None:
    """At most half of a number stays readable, and its length stays true."""
    shown = mask_id_number(number)
    assert len(shown) == len(number)
    hidden = [i for i, c in enumerate(number) if c != "*" and shown[i] == "*"]
    readable = [i for i, c in enumerate(shown) if c != "*"]
    assert len(readable) * 2 <= len(number) or len(number) == 1
    assert all(shown[i] == number[i] for i in readable)
    assert set(hidden).isdisjoint(readable)


def test_card_number_hides_birth_date_and_sex() -> None:
    """Of a card number neither district nor birth date can be read."""
    assert mask_id_number("110105194912310021") == "110***********0021"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812345678", "138****5678"), ("057188886666", "********6666"), ("120", "*20"), ("12", "**"), ("", "")],
)
def test_phones(phone: str, shown: str) -> None:
    """A mobile number keeps its carrier and its last four digits, others the last four."""
    assert mask_phone(phone) == shown
