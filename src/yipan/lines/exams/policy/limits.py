"""What a critical limit must say before anything is judged by it."""

from __future__ import annotations

import math
import re

from yipan.lines.exams.policy.units import is_ucum

LONGEST_UNIT = 24
LOINC = re.compile(r"^\d{1,7}-\d$")


def problems(*, loinc: str, name: str, unit: str, low: float | None, high: float | None) -> dict[str, str]:
    """Field → the code of what is wrong with it; empty when all is well."""
    given = {"loinc": loinc, "name": name, "unit": unit}
    wrong = {field: "field_required" for field, text in given.items() if not text}
    if loinc and not is_loinc(loinc):
        wrong["loinc"] = "loinc_check"
    if unit and (len(unit) > LONGEST_UNIT or not is_ucum(unit)):
        wrong["unit"] = "unit_unknown"
    wrong |= {f: "limit_number" for f, n in (("low", low), ("high", high)) if n is not None and not math.isfinite(n)}
    if low is None and high is None:
        wrong["low"] = "limit_bound"
    elif low is not None and high is not None and low >= high:
        wrong.setdefault("high", "limit_order")
    return wrong


def is_loinc(code: str) -> bool:
    """Whether the last digit is the check digit of the others (mod 10, LOINC Users' Guide, appendix)."""
    if not LOINC.match(code):
        return False
    number, check = code.split("-")
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number))]
    return (10 - sum(d // 10 + d % 10 for d in doubled)) % 10 == int(check)
