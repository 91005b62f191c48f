"""Romanisation for search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.patients import names, surnames


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("李建国", "lijianguo", "ljg"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("曾国藩", "zengguofan", "zgf"),
        ("仇英", "qiuying", "qy"),
        ("解缙", "xiejin", "xj"),
        ("查良镛", "zhaliangyong", "zly"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟卨", "moqixie", "mqx"),
        ("任重", "renzhong", "rz"),
        ("吕布", "lvbu", "lb"),
        ("欧阳娜娜", "ouyangnana", "oynn"),
        ("阿卜杜拉·买买提", "abudulamaimaiti", "abdlmmt"),
        ("José García", "josegarcia", "jg"),
        ("Lü Bu", "lvbu", "lb"),
        ("Lyu Bu", "lvbu", "lb"),
        ("林雨", "linyu", "ly"),
        ("O'Brien-Smith, Ann", "obriensmithann", "obsa"),
    ],
)
def test_readings(name: str, full: str, initials: str) -> None:
    """Surnames have their own reading, Latin names lose accents and blanks."""
    assert names.romanise(name) == (full, initials)


@given(st.text(max_size=30))
def test_search_columns_are_plain(name: str) -> None:
    """Whatever the name, the search columns hold a–z and 0–9 only, and initials are no longer than the whole."""
    full, initials = names.romanise(name)
    assert set(full + initials) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert len(initials) <= len(full)


def test_every_listed_reading_is_used() -> None:
    """A surname with its own reading is read so in front of a given name."""
    for surname, reading in surnames.READINGS.items():
        assert names.romanise(surname + "明明").full == reading.replace(" ", "") + "mingming"


def test_full_width_and_dots_become_one_form() -> None:
    """Full-width letters, several blanks and the different middle dots are stored one way."""
    assert names.clean("Ｊｏｈｎ  Ｓｍｉｔｈ") == "John Smith"
    assert names.clean("买买提•阿卜杜拉") == names.clean("买买提・阿卜杜拉") == "买买提·阿卜杜拉"
