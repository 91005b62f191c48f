"""The common words of every search."""

import pytest

from yipan.engine.optimise import Result, Stop, solve


def test_a_search_without_an_end_is_refused() -> None:
    """A stop that limits neither time nor iterations is a mistake and says so."""
    with pytest.raises(ValueError, match="seconds or iterations"):
        Stop(cost=3)


def test_a_search_needs_a_thread() -> None:
    """No thread, no search: refused before the problem is touched."""
    with pytest.raises(ValueError, match="at least one thread"):
        solve(None, Stop(iterations=1), threads=0)  # type: ignore[arg-type]


@pytest.mark.parametrize(("cost", "bound", "gap"), [(110.0, 99.0, 0.1), (0.0, 0.0, 0.0), (5.0, None, None)])
def test_the_gap_is_told_against_the_cost(cost: float, bound: float | None, gap: float | None) -> None:
    """(cost − bound) / cost; a free plan has no gap, a search without a bound tells none."""
    result = Result(
        solution=(),
        cost=cost,
        components={},
        violations={},
        bound=bound,
        trace=(),
        reason="time",
        iterations=0,
        seconds=0,
    )
    assert result.gap == pytest.approx(gap)
