"""Names as they are searched: by pinyin, by initials, by Latin letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from yipan.base.patients import surnames

CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f〇]")
LETTERS_ONLY = re.compile(r"[^a-z0-9]+")


class Romanised(NamedTuple):
    """`full` without spaces ("lijianguo") and `initials` ("ljg"), both a–z and 0–9 only."""

    full: str
    initials: str


def clean(name: str) -> str:
    """The name as stored: NFKC (full-width letters become plain), one kind of middle dot, single spaces."""
    text = unicodedata.normalize("NFKC", name).replace("•", "·").replace("‧", "·").replace("・", "·")
    return " ".join(text.split())


def is_chinese(text: str) -> bool:
    """True when the text has a Chinese character."""
    return CHINESE.search(text) is not None


def fold(text: str) -> str:
    """Latin letters as searched: lower case, no accents, no blanks; ü after l or n is v, as on Chinese keyboards."""
    text = unicodedata.normalize("NFC", text).casefold()
    # "lyu" (passports) only where a word begins: inside a word it may be "…n" and "yu…".
    text = re.sub(r"([ln])(ü|u:)|\b([ln])yu", lambda m: (m[1] or m[3]) + "v", text)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return LETTERS_ONLY.sub("", plain)


@lru_cache(maxsize=4096)
def romanise(name: str) -> Romanised:
    """Pinyin of a Chinese name with its surname's own reading; Latin letters folded.

    Characters that are neither are left out.
    """
    name = clean(name)
    if not is_chinese(name):
        words = [w for w in (fold(part) for part in re.split(r"[\s·.,'-]+", name)) if w]
        return Romanised("".join(words), "".join(w[0] for w in words))
    syllables = [s for s in (fold(part) for part in _syllables(name)) if s]
    return Romanised("".join(syllables), "".join(s[0] for s in syllables))


@cache
def _reader() -> Callable[[str], list[str]]:
    """Reads characters as syllables. The dictionaries take a second and 60 MB: not for processes that know no names."""
    from pypinyin import Style, lazy_pinyin, load_single_dict

    # In names it is bǔ (阿卜杜拉); the dictionary has the radish first (萝卜).
    load_single_dict({ord("卜"): "bǔ,bo"})
    return lambda text: lazy_pinyin(text, style=Style.NORMAL)


def _syllables(name: str) -> list[str]:
    surname, given = surnames.split(name)
    known = surnames.READINGS.get(surname)
    first = known.split() if known else _reader()(surname)
    return [*first, *_reader()(given)]
