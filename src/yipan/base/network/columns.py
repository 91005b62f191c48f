"""How a cell becomes a value and back. A cell is text; "" is an empty cell.

Every class here has `read(text) -> value`, which raises BadValue, and `write(value) -> text`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol
from zoneinfo import available_timezones

from yipan.base.network.limits import CODE_LENGTH, NAME_LENGTH
from yipan.base.network.problems import BadValue

CODE = re.compile(r"[^\s,;，；\"'“”]+")


class Reader(Protocol):
    """The type of a column."""

    def read(self, text: str) -> Any: ...

    def write(self, value: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Text:
    """Free text on one line."""

    limit: int = NAME_LENGTH
    required: bool = False

    def read(self, text: str) -> str:
        text = text.strip()
        if self.required and not text:
            raise BadValue("network_value_missing")
        if len(text) > self.limit:
            raise BadValue("network_value_too_long", limit=self.limit, length=len(text))
        if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
            raise BadValue("network_value_control")
        return text

    def write(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Code:
    """A code: no spaces, commas, semicolons or quotes. `of` names the table in which it must exist."""

    of: str = ""
    required: bool = True

    def read(self, text: str) -> str:
        text = text.strip()
        if not text:
            if self.required:
                raise BadValue("network_value_missing")
            return ""
        if len(text) > CODE_LENGTH:
            raise BadValue("network_value_too_long", limit=CODE_LENGTH, length=len(text))
        if not CODE.fullmatch(text) or any(unicodedata.category(sign) == "Cc" for sign in text):
            raise BadValue("network_code_signs")
        return text

    def write(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range, whole or not. An empty cell gives `default`, unless the number is required."""

    low: float
    high: float
    whole: bool = True
    required: bool = False
    default: float | None = None

    def read(self, text: str) -> float | int | None:
        text = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
        if not text:
            if self.required:
                raise BadValue("network_value_missing")
            return self.default
        try:
            value = float(text)
        except ValueError:
            raise BadValue("network_number_needed") from None
        if "_" in text or not math.isfinite(value):
            raise BadValue("network_number_needed")
        if self.whole and not value.is_integer():
            raise BadValue("network_whole_number_needed")
        if not self.low <= value <= self.high:
            raise BadValue("network_number_range", low=plain(self.low), high=plain(self.high))
        return int(value) if self.whole else value

    def write(self, value: Any) -> str:
        return "" if value is None else plain(value)


@dataclass(frozen=True, slots=True)
class YesNo:
    """true or false, in the words people use; an empty cell is false."""

    def read(self, text: str) -> bool:
        word = _word(text)
        if word in {"true", "yes", "y", "1", "是", "有", "√", "✓", "真"}:
            return True
        if word in {"", "false", "no", "n", "0", "否", "无", "没有", "×", "假"}:
            return False
        raise BadValue("network_yes_no_needed")

    def write(self, value: Any) -> str:
        return "true" if value else "false"


@dataclass(frozen=True, slots=True)
class Choice:
    """One code of a list, or one of the words for it. `words` maps each code to its other words."""

    words: Mapping[str, tuple[str, ...]]
    default: str = ""
    codes: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = {_word(word): code for code, words in self.words.items() for word in (code, *words)}
        object.__setattr__(self, "codes", known)

    def read(self, text: str) -> str:
        word = _word(text)
        if not word:
            if self.default:
                return self.default
            raise BadValue("network_value_missing")
        if word not in self.codes:
            raise BadValue("network_choice_unknown", choices=list(self.words))
        return self.codes[word]

    def write(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class TimeZone:
    """A name of the tz database, such as Asia/Shanghai."""

    default: str = "Asia/Shanghai"

    def read(self, text: str) -> str:
        name = text.strip() or self.default
        if name not in _zones():
            raise BadValue("network_time_zone_unknown")
        return name

    def write(self, value: Any) -> str:
        return str(value)


@cache
def _zones() -> set[str]:
    """Names of the tz database; finding them reads the disk."""
    return available_timezones()


def plain(value: float) -> str:
    """A number without a needless ".0", exact when read back."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _word(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold().replace(" ", "_").replace("-", "_")
