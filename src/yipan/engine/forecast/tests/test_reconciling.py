"""Parts and whole agree."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from yipan.engine.forecast import LEVELS, Quantiles, reconcile

PARTS = {"all": ("north", "south"), "north": ("n1", "n2")}
NAMES = ("all", "n1", "other", "north", "south", "n2")


def quantiles(names: tuple[str, ...] = NAMES, *, wide: float = 10.0) -> Quantiles:
    chance = np.random.default_rng(3)
    centre = chance.uniform(20, 60, (len(names), 14, 1))
    return Quantiles(names, date(2026, 1, 1), LEVELS, centre + wide * (np.array(LEVELS) - 0.5))


def test_medians_of_parts_sum_to_the_whole_at_every_level_of_the_tree() -> None:
    """Wards to sites, sites to the hospital, exactly; what is not in the tree keeps its forecast."""
    before = quantiles()
    after = reconcile(before, PARTS)
    median = dict(zip(NAMES, after.median, strict=True))
    assert median["north"] == pytest.approx(median["n1"] + median["n2"])
    assert median["all"] == pytest.approx(median["north"] + median["south"])
    assert (after.values[2] == before.values[2]).all()
    assert (np.diff(after.values, axis=2) >= 0).all()


def test_who_is_less_sure_gives_way() -> None:
    """A wide forecast moves, a narrow one hardly."""
    names = ("whole", "a", "b")
    before = quantiles(names)
    values = before.values.copy()
    values[1] = 30 + (values[1] - 30) * 0
    after = reconcile(Quantiles(names, before.first, LEVELS, values), {"whole": ("a", "b")})
    assert after.median[1] == pytest.approx(30, abs=0.1)


def test_nothing_becomes_negative_and_the_sum_still_holds() -> None:
    """Parts near zero stay at or above zero."""
    names = ("whole", "a", "b")
    values = np.zeros((3, 1, len(LEVELS)))
    values[0] = np.linspace(0, 2, len(LEVELS))
    values[1] = np.linspace(0, 40, len(LEVELS))
    values[2] = np.linspace(10, 11, len(LEVELS))
    after = reconcile(Quantiles(names, date(2026, 1, 1), LEVELS, values), {"whole": ("a", "b")})
    assert (after.values >= 0).all()
    assert after.median[0] == pytest.approx(after.median[1] + after.median[2])


def test_a_part_without_a_forecast_counts_as_nothing() -> None:
    """A new ward without a day of history stays unknown, and the others agree without it."""
    before = quantiles()
    before.values[1] = np.nan
    after = reconcile(before, PARTS)
    median = dict(zip(NAMES, after.median, strict=True))
    assert np.isnan(median["n1"]).all()
    assert median["north"] == pytest.approx(median["n2"])


@pytest.mark.parametrize("parts", [{"all": ("north", "nowhere")}, {"north": ("n1", "all"), "all": ("north",)}])
def test_a_tree_that_cannot_be_is_refused(parts: dict[str, tuple[str, ...]]) -> None:
    """A name without a series, and a whole inside itself."""
    with pytest.raises(ValueError, match="series"):
        reconcile(quantiles(), parts)
