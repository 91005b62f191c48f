"""Cells become values, in the words people use."""

from __future__ import annotations

import pytest

from yipan.base.network.columns import Code, Number, Text, TimeZone, YesNo, plain
from yipan.base.network.problems import BadValue
from yipan.base.network.schema import ISOLATIONS, KINDS, LEVELS, SEX_POLICIES


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (SEX_POLICIES, "男", "male"),
        (SEX_POLICIES, " Female ", "female"),
        (SEX_POLICIES, "同性同室", "same"),
        (SEX_POLICIES, "不限", "any"),
        (SEX_POLICIES, "", "same"),
        (ISOLATIONS, "空气隔离", "airborne"),
        (ISOLATIONS, "", "none"),
        (LEVELS, "ICU", "intensive"),
        (LEVELS, "Step-down", "step_down"),
        (KINDS, "村卫生室", "village_clinic"),
        (YesNo(), "是", True),
        (YesNo(), "", False),
        (YesNo(), "TRUE", True),
        (YesNo(), "否", False),
        (Number(0, 99), "12", 12),
        (Number(0, 99), "１２", 12),
        (Number(0, 99), "12.0", 12),
        (Number(-9, 99), "−1", -1),
        (Number(0, 1, whole=False), "0.75", 0.75),
        (Number(0, 99), "", None),
        (Number(-9, 99, default=1), " ", 1),
        (Text(), "  神经内科 ", "神经内科"),
        (TimeZone(), "", "Asia/Shanghai"),
        (TimeZone(), "Europe/London", "Europe/London"),
        (Code(), "03.03", "03.03"),
        (Code(required=False), "", ""),
    ],
)
def test_a_cell_reads_as_its_value(column, cell, value):
    """Codes, Chinese words, full-width digits and empty cells read as documented."""
    assert column.read(cell) == value


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        (SEX_POLICIES, "purple", "network_choice_unknown"),
        (KINDS, "", "network_value_missing"),
        (YesNo(), "maybe", "network_yes_no_needed"),
        (Number(0, 99), "many", "network_number_needed"),
        (Number(0, 99), "1_0", "network_number_needed"),
        (Number(0, 99), "nan", "network_number_needed"),
        (Number(0, 99), "1.5", "network_whole_number_needed"),
        (Number(0, 99), "100", "network_number_range"),
        (Number(0, 99, required=True), "", "network_value_missing"),
        (Text(5), "123456", "network_value_too_long"),
        (Text(required=True), " ", "network_value_missing"),
        (Text(), "a\nb", "network_value_control"),
        (Code(), "a b", "network_code_signs"),
        (Code(), "", "network_value_missing"),
        (Code(), "x" * 65, "network_value_too_long"),
        (TimeZone(), "Mars/Olympus", "network_time_zone_unknown"),
    ],
)
def test_a_bad_cell_is_refused_with_its_code(column, cell, code):
    """Each kind of mistake has a code of its own."""
    with pytest.raises(BadValue) as refused:
        column.read(cell)
    assert refused.value.code == code


@pytest.mark.parametrize("value", [0.0, 27.5, -0.1, 1e-7, 111.25, 3.0])
def test_numbers_are_written_exactly(value):
    """Writing a number and reading it back changes nothing."""
    assert float(plain(value)) == value
    assert not plain(value).endswith(".0")
