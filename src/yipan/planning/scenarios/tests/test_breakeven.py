"""Where sharing beds stops paying."""

from __future__ import annotations

import pytest

from yipan.planning.scenarios.breakeven import break_even

LEVELS = (0.0, 0.5, 1.0)


def ranges(*means: float, half: float = 1.0) -> list[tuple[float, float, float]]:
    return [(mean, mean - half, mean + half) for mean in means]


def test_it_is_where_the_line_crosses_zero() -> None:
    """Between -2 at 50 % and 2 at 100 % it is 75 %; the interval is where the edges cross."""
    found = break_even(LEVELS, ranges(-4, -2, 2))
    assert (found.state, found.at) == ("inside", pytest.approx(0.75))
    assert (found.low, found.high) == (pytest.approx(0.625), pytest.approx(0.875))


def test_an_edge_that_never_crosses_is_open() -> None:
    """An upper edge above zero from the start reaches down to 0 %, a lower edge below zero to the end is open."""
    found = break_even(LEVELS, ranges(-1, -0.5, 0.5, half=2))
    assert (found.state, found.low, found.high) == ("inside", 0.0, None)


def test_always_and_never() -> None:
    """Shorter waits at every penalty tried, and at none."""
    always, never = break_even(LEVELS, ranges(-5, -4, -0.5)), break_even(LEVELS, ranges(0.5, 2, 3))
    assert (always.state, always.at) == ("always", None)
    assert always.low == pytest.approx(0.5 + 0.5 * 3 / 3.5)
    assert (never.state, never.at) == ("never", None)
