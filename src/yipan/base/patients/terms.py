"""What somebody typed into the search field, sorted by kind. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from yipan.base.patients import idcard, names, phones

DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
EARLIEST = 1850


@dataclass(frozen=True, slots=True)
class Terms:
    """Parts of a search, all of which must hold; empty parts do not count.

    `chinese` are characters of the name in one piece, `letters` pinyin, initials or a Latin name (folded). `number` is
    an identifier or a phone number, both exact. A text such as 19620301 is a `number` that may also be a `birth_date`:
    then `either` is True and one of the two suffices.
    """

    chinese: str = ""
    letters: str = ""
    number: str = ""
    phone: str = ""
    birth_date: date | None = None
    either: bool = False

    def __bool__(self) -> bool:
        return bool(self.chinese or self.letters or self.number or self.birth_date)


def read(text: str) -> Terms:
    """Sort what was typed; several words are read one by one, words of letters are joined ("li jian guo")."""
    chinese, letters, number, phone = "", "", "", ""
    birth, either = None, False
    for word in names.clean(text).split():
        if match := DATE.fullmatch(word):
            birth = _date(match) or birth
        elif names.is_chinese(word):
            chinese += "".join(c for c in word if names.is_chinese(c) or c == "·")
            letters += names.fold("".join(c for c in word if c.isascii() and c.isalpha()))
        elif any(c.isdecimal() for c in word):
            number += idcard.normalise(word) if not word.startswith("+") else word
        else:
            letters += names.fold(word)
    if number:
        phone = phones.normalise(number)
        compact = COMPACT_DATE.fullmatch(number)
        day = _date(compact) if compact else None
        if day and birth is None:
            birth, either = day, True
    return Terms(chinese, letters, number, phone, birth, either)


def _date(match: re.Match[str]) -> date | None:
    year, month, day = (int(part) for part in match.groups())
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found.year >= EARLIEST else None
