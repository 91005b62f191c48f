"""The number of the resident identity card of mainland China (GB 11643-1999, 公民身份号码).

17 digits and a check character: region (6), birth date (8), sequence (3, odd for men), check (ISO 7064 MOD 11-2).
Also valid here: residence permits of Hong Kong, Macao and Taiwan residents, and the permanent resident card of
foreigners (2023), which have the same shape. Old numbers of 15 digits are converted to 18.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
PROVINCES = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66), (71,))
    for code in (*codes, 81, 82, 83)
)
SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
OLD_SHAPE = re.compile(r"\d{15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResidentCard:
    """What a valid number says. `number` has 18 characters."""

    number: str
    birth_date: date
    sex: Literal["male", "female"]


def check_digit(first17: str) -> str:
    """The check character of 17 digits (ISO 7064 MOD 11-2)."""
    return CHECK[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def normalise(text: str) -> str:
    """Without blanks and hyphens, full-width characters made plain, x in capitals."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def parse(text: str) -> ResidentCard:
    """Read and check a number of 18 or 15 characters.

    Raises InvalidInput: "id_number_shape", "id_number_region", "id_number_date", "id_number_check".
    """
    number = normalise(text)
    old = OLD_SHAPE.fullmatch(number) is not None
    if old:
        longer = f"{number[:6]}19{number[6:]}"
        number = longer + check_digit(longer)
    elif SHAPE.fullmatch(number) is None:
        raise InvalidInput("id_number_shape", length=len(number))
    region = number[1:3] if number[0] == "9" else number[:2]
    if region not in PROVINCES:
        raise InvalidInput("id_number_region", region=region)
    born = _date(number[6:14])
    if number[17] != check_digit(number[:17]):
        raise InvalidInput("id_number_check")
    return ResidentCard(number, born, "male" if int(number[16]) % 2 else "female")


def is_valid(text: str) -> bool:
    """True when `parse` accepts the number."""
    try:
        parse(text)
    except InvalidInput:
        return False
    return True


def _date(digits: str) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InvalidInput("id_number_date", digits=digits) from None
    # A day of grace: east of Greenwich a child born today is "born tomorrow" in UTC.
    if born.year < 1850 or born > (clock.now() + timedelta(days=1)).date():
        raise InvalidInput("id_number_date", digits=digits)
    return born
