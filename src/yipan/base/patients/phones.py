"""Phone numbers: one way to write each, so that equal numbers compare equal."""

from __future__ import annotations

import re
import unicodedata

from yipan.kernel.errors import InvalidInput

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"0\d{2,3}[2-8]\d{6,7}", re.ASCII)
LOCAL = re.compile(r"[2-8]\d{6,7}", re.ASCII)
ABROAD = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def normalise(text: str) -> str:
    """Digits only, without the country code of mainland China; numbers abroad keep "+" and their code.

    Any text is accepted; `check` tells whether the result is a number.
    """
    plain = unicodedata.normalize("NFKC", text)
    digits = re.sub(r"[^\d+]", "", plain)
    digits = digits[:1] + digits[1:].replace("+", "")
    digits = re.sub(r"^(\+|00)86(?=\d{9,})", "", digits)
    return "+" + digits[2:] if re.match(r"00[1-9]\d{7,}", digits) else digits


def is_mobile(text: str) -> bool:
    """True for a mobile number of mainland China (工信部: 1, then 3 to 9, eleven digits)."""
    return MOBILE.fullmatch(normalise(text)) is not None


def check(text: str) -> str:
    """The normalised number; "" stays "". Raises InvalidInput("phone_shape") for what cannot be a phone number."""
    number = normalise(text)
    if not text.strip():
        return ""
    if any(shape.fullmatch(number) for shape in (MOBILE, LANDLINE, LOCAL, ABROAD)):
        return number
    raise InvalidInput("phone_shape", value=text.strip())
