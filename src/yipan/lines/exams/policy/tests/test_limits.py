"""What a limit must say, and units as laboratories write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.lines.exams.policy import critical
from yipan.lines.exams.policy.critical import Bound
from yipan.lines.exams.policy.limits import is_loinc
from yipan.lines.exams.policy.units import canonical, is_ucum, readable


@pytest.mark.parametrize("code", ["2823-3", "718-7", "2345-7", "26515-7", "24725-4", "6598-7"])
def test_codes_of_loinc(code: str) -> None:
    """Codes that exist have the check digit that the others make."""
    assert is_loinc(code)


@given(st.integers(1, 9_999_999), st.integers(0, 9))
def test_one_check_digit_fits(number: int, wrong: int) -> None:
    """Of ten last digits one fits, and a code with one digit mistyped is none."""
    (right,) = [d for d in range(10) if is_loinc(f"{number}-{d}")]
    text = str(number)
    mistyped = text[:-1] + str((int(text[-1]) + 1 + wrong % 9) % 10)
    assert not is_loinc(f"{mistyped}-{right}")


@pytest.mark.parametrize(
    "unit",
    [
        "mmol/L",
        "umol/L",
        "10*9/L",
        "g/L",
        "%",
        "mm[Hg]",
        "ng/mL",
        "[iU]/L",
        "s",
        "mL/min/{1.73_m2}",
        "kPa",
        "{INR}",
        "[pH]",
        "m2",
        "/[HPF]",
        "mmol.s-1",
        "Cel",
        "/min",
    ],
)
def test_units_of_ucum(unit: str) -> None:
    """What laboratories measure in is known, and stays as it is."""
    assert is_ucum(unit)
    assert canonical(unit) == unit


@pytest.mark.parametrize(
    "unit", ["", "mmol per litre", "mgdL", "/", "mmol/", "10^9/L", "x10*9/L", "秒", "mg//L", "IU/L"]
)
def test_units_of_nobody(unit: str) -> None:
    """What is no unit, or not written as UCUM does, is told apart."""
    assert not is_ucum(unit)


@pytest.mark.parametrize(
    ("written", "unit"),
    [("×10^9/L", "10*9/L"), ("10^12/l", "10*12/L"), ("10E9/L", "10*9/L"), ("μmol/l", "umol/L"), (" mmol/l ", "mmol/L")],
)
def test_other_ways_to_write_a_unit(written: str, unit: str) -> None:
    """What laboratories write for a unit of UCUM is that unit, so nobody is called to look at it."""
    assert canonical(written) == unit
    assert critical.breaches(Bound(unit, 2.0, 6.0), 4.0, written) is False


@pytest.mark.parametrize(
    ("unit", "shown"),
    [("10*9/L", "10⁹/L"), ("10*12/L", "10¹²/L"), ("umol/L", "μmol/L"), ("U/L", "U/L"), ("kPa", "kPa")],
)
def test_units_as_people_write_them(unit: str, shown: str) -> None:
    """Wards read the usual signs."""
    assert readable(unit) == shown


@given(st.text(max_size=12))
def test_any_text_is_asked(text: str) -> None:
    """Whatever is typed is a unit or none, and writing it canonically twice changes nothing more."""
    assert is_ucum(text) in (True, False)
    assert canonical(canonical(text)) == canonical(text)
