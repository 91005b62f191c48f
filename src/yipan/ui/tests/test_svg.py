"""Small drawings: right shape, safe words."""

import pytest
from lucide import IconDoesNotExist

from yipan.ui import svg


def test_icons_are_decorative_unless_named() -> None:
    """An icon without a label is hidden from screen readers; with one it is an image."""
    assert 'aria-hidden="true"' in svg.icon("bed")
    assert 'role="img"' in svg.icon("bed", label="Bed")
    assert 'aria-label="Bed"' in svg.icon("bed", label="Bed")


def test_a_misspelt_icon_fails() -> None:
    """A typo in an icon's name is found when the page is rendered in a test."""
    with pytest.raises(IconDoesNotExist):
        svg.icon("bedd")


@pytest.mark.parametrize(
    "draw",
    [
        lambda w: svg.icon("bed", label=w),
        lambda w: svg.bar(0.5, w),
        lambda w: svg.sparkline([1, 2], w),
        lambda w: svg.stacked([("free", 1, w)]),
    ],
)
def test_words_are_escaped(draw: object) -> None:
    """A name with markup in it stays text in every drawing."""
    assert "<script" not in draw('"><script>')  # type: ignore[operator]


def test_a_bar_is_cut_at_its_ends() -> None:
    """More than full is full, nothing is empty."""
    assert 'class="fill" width="100.0"' in svg.bar(1.3, "x")
    assert 'class="fill" width="0.0"' in svg.bar(None, "x")


def test_a_gap_in_a_sparkline_lifts_the_pen() -> None:
    """A missing value is a gap, not a zero."""
    assert svg.sparkline([1, 2, None, 3, 4], "x").count("M") == 2


def test_one_value_is_no_line() -> None:
    """Fewer than two values draw nothing."""
    assert svg.sparkline([5, None], "x") == ""


def test_stacked_parts_fill_the_width() -> None:
    """The parts of a stacked bar are shares of their sum."""
    drawn = svg.stacked([("held", 1, "a"), ("free", 3, "b")])
    assert 'width="25.00"' in drawn
    assert 'x="25.00" width="75.00"' in drawn


def test_heat_has_seven_steps() -> None:
    """Each edge begins its step; shares outside the scale take its ends."""
    assert [svg.heat_step(s) for s in (None, 0.2, 0.6, 0.8, 0.929, 0.97, 1.2)] == [0, 0, 1, 3, 4, 6, 6]
