"""One data set in the DICOM JSON model (PS3.18 Annex F), read attribute by attribute.

What is missing or cannot be read raises InvalidInput with the tag and its name, so that a person can look for it in the
modality: `dicom_missing`, `dicom_value`. A value that is wrong is quoted at most forty characters long.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yipan.codecs.dicom.tags import Tag
from yipan.kernel.errors import InvalidInput

QUOTED = 40


@dataclass(frozen=True, slots=True)
class Attributes:
    """Attributes by tag, as `json.loads` made them: {"00280010": {"vr": "US", "Value": [512]}, …}."""

    raw: Mapping[str, Any]

    @classmethod
    def of(cls, value: Any) -> Attributes:
        """Raises InvalidInput `dicom_json` when this is no data set."""
        if not isinstance(value, Mapping):
            raise InvalidInput("dicom_json")
        return cls(value)

    def values(self, tag: Tag) -> list[Any]:
        """Every value, none when the attribute is empty or absent; without the empty ones, which JSON tells as null."""
        element = self.raw.get(tag.key)
        if element is None:
            return []
        if not isinstance(element, Mapping):
            raise wrong(tag, element)
        values = element.get("Value", [])
        if not isinstance(values, list):
            raise wrong(tag, values)
        return [v for v in values if v is not None]

    def text(self, tag: Tag) -> str:
        """The first value as text, "" when there is none. Of a person's name the ideographic group, else the first."""
        for value in self.values(tag):
            if isinstance(value, Mapping):
                value = value.get("Ideographic") or value.get("Alphabetic") or value.get("Phonetic") or ""
            if not isinstance(value, str | int | float):
                raise wrong(tag, value)
            return str(value).strip()
        return ""

    def texts(self, tag: Tag) -> tuple[str, ...]:
        """Every value as text."""
        values = self.values(tag)
        if not all(isinstance(v, str | int | float) for v in values):
            raise wrong(tag, values)
        return tuple(str(v).strip() for v in values)

    def required_text(self, tag: Tag) -> str:
        text = self.text(tag)
        if not text:
            raise InvalidInput("dicom_missing", tag=str(tag))
        return text

    def whole(self, tag: Tag, default: int | None = None) -> int:
        """The first value as a whole number. Raises when there is none and no default."""
        number = self.number(tag, default)
        if number != int(number):
            raise wrong(tag, number)
        return int(number)

    def number(self, tag: Tag, default: float | None = None) -> float:
        """The first value as a number. Raises when there is none and no default."""
        numbers = self.numbers(tag)
        if numbers:
            return numbers[0]
        if default is None:
            raise InvalidInput("dicom_missing", tag=str(tag))
        return default

    def numbers(self, tag: Tag) -> tuple[float, ...]:
        """Every value as a finite number. Some archives tell DS and IS as text."""
        return tuple(_number(tag, value) for value in self.values(tag))

    def items(self, tag: Tag) -> list[Attributes]:
        """The items of a sequence."""
        values = self.values(tag)
        if not all(isinstance(v, Mapping) for v in values):
            raise wrong(tag, values)
        return [Attributes(v) for v in values]


def wrong(tag: Tag, value: Any) -> InvalidInput:
    """The error for a value that cannot be read."""
    return InvalidInput("dicom_value", tag=str(tag), value=str(value)[:QUOTED])


def _number(tag: Tag, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise wrong(tag, value) from None
    if not math.isfinite(number):
        raise wrong(tag, value)
    return number
