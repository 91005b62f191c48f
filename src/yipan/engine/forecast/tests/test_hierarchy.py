"""Which series are parts of which."""

from __future__ import annotations

import numpy as np

from yipan.engine.forecast import Panel
from yipan.engine.forecast.hierarchy import parts_of
from yipan.engine.forecast.tests.wards import FIRST, ward


def named(**series: np.ndarray) -> Panel:
    names = tuple(name.replace("__", "/") for name in series)
    return Panel(names, FIRST, np.stack(list(series.values())))


def test_parts_are_named_with_a_stroke_and_sum_up() -> None:
    """A site of two wards, and the wards of one of them; a day that is unknown in a part does no harm."""
    a, b, c = (ward(60, seed=seed) for seed in (1, 2, 3))
    found = parts_of(named(E=a + b + c, E__x=a + b, E__y=c, E__x__1=a, E__x__2=b))
    assert found == {"E": ("E/x", "E/y"), "E/x": ("E/x/1", "E/x/2")}


def test_parts_that_are_not_all_there_are_no_parts() -> None:
    """A site whose other wards are not in the file would be pulled down to the ones that are."""
    a, b = ward(60, seed=1), ward(60, seed=2)
    assert parts_of(named(E=a + b, E__x=a)) == {}


def test_a_stroke_in_a_name_alone_means_nothing() -> None:
    """ "Ear/Nose/Throat" without an "Ear" is a name."""
    assert parts_of(named(Ear__Nose=ward(60))) == {}
