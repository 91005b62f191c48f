"""The hourly census against enumeration, closed forms and chance."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from yipan.engine.forecast import Hazard, census


def test_those_who_stay_are_counted_exactly() -> None:
    """Without arrivals the distribution is the sum over all ways in which four patients stay or leave."""
    hazard = Hazard(np.array([0.1, 0.3, 0.05, 0.2]))
    elapsed = [0.0, 1.5, 2.0, 9.0]
    found = census(elapsed, hazard, np.zeros(3), 3)
    stays = hazard.staying(elapsed, 3)
    for hour in range(4):
        expected = np.zeros(5)
        for way in itertools.product((0, 1), repeat=4):
            chances = [stays[i, hour] if way[i] else 1 - stays[i, hour] for i in range(4)]
            expected[sum(way)] += math.prod(chances)
        assert found.distribution[hour, :5] == pytest.approx(expected, abs=1e-12)


def test_arrivals_into_an_empty_ward_are_poisson() -> None:
    """Who came and is here still is Poisson, with the mean of a thinned stream."""
    hazard = Hazard(np.array([0.04]))
    found = census([], hazard, np.full(48, 0.7), 48)
    stays = 0.96 ** np.arange(49)
    for hour in (0, 1, 24, 48):
        mean = sum(0.7 * (stays[age] + stays[age + 1]) / 2 for age in range(hour))
        k = np.arange(found.distribution.shape[1])
        expected = np.exp(k * math.log(mean) - mean - [math.lgamma(n + 1) for n in k]) if mean else 1.0 * (k == 0)
        assert found.distribution[hour] == pytest.approx(expected, abs=1e-11)


def test_the_distribution_is_whole_and_its_mean_the_sum_of_both_parts() -> None:
    """Probabilities sum to one in every hour up to 72, of 200 patients and a busy door."""
    chance = np.random.default_rng(1)
    hazard = Hazard.fit(chance.lognormal(4, 1, 2000), np.ones(2000, dtype=bool))
    found = census(chance.uniform(0, 300, 200), hazard, chance.uniform(0, 6, 72), 72)
    assert found.distribution.sum(axis=1) == pytest.approx(1.0, abs=1e-9)
    assert found.mean == pytest.approx(found.staying + found.arrived, abs=1e-6)
    assert found.distribution[0, 200] == pytest.approx(1.0)


def test_quantiles_and_chances_of_too_few_beds_agree() -> None:
    """The beds of a level suffice with its chance, and one bed less does not."""
    hazard = Hazard(np.array([0.02]))
    found = census(np.arange(30.0), hazard, np.full(24, 1.0), 24)
    beds = found.quantiles((0.1, 0.5, 0.95))
    for hour in (6, 24):
        for level, n in zip((0.1, 0.5, 0.95), beds[hour].astype(int), strict=True):
            assert 1 - found.above(n)[hour] >= level > 1 - found.above(n - 1)[hour]


def test_arrivals_that_do_not_fit_the_hours_are_refused() -> None:
    """As many rates as hours, none negative."""
    hazard = Hazard(np.array([0.02]))
    for rates in (np.zeros(3), np.full(4, -1.0), np.full(4, np.nan)):
        with pytest.raises(ValueError, match="rates of arrivals"):
            census([1.0], hazard, rates, 4)


def test_a_constant_hazard_is_found_again_although_stays_go_on() -> None:
    """Exponential stays of 50 hours, half of them cut off while they go on: the hazard is 1/50 an hour all the same."""
    chance = np.random.default_rng(2)
    stays, cut = chance.exponential(50, 20000), chance.exponential(50, 20000)
    hazard = Hazard.fit(np.minimum(stays, cut), stays <= cut)
    assert hazard.per_hour[:60] == pytest.approx(1 - math.exp(-1 / 50), rel=0.1)


def test_who_leaves_at_noon_is_expected_to_leave_at_noon() -> None:
    """Stays that end between 10 and 14 o'clock only: beds free up then, whatever the clock shows now."""
    chance = np.random.default_rng(6)
    admitted = chance.integers(0, 24, 5000)
    durations = 24 * chance.integers(1, 9, 5000) + (chance.integers(10, 14, 5000) - admitted)
    hazard = Hazard.fit(durations, np.ones(5000, dtype=bool), admitted)
    for hour in (0, 9, 15):
        fewer = -np.diff(census(np.full(40, 60.0), hazard, np.zeros(24), 24, hour=hour).staying)
        at_noon = [ahead for ahead in range(24) if 10 <= (hour + ahead) % 24 < 14]
        assert fewer[at_noon].sum() > 0.85 * fewer.sum()


def test_without_hours_of_admission_the_clock_says_nothing() -> None:
    """The census is the same at any hour."""
    hazard = Hazard.fit(np.arange(1.0, 200), np.ones(199, dtype=bool))
    found = [census(np.arange(20.0), hazard, np.ones(12), 12, hour=hour).distribution for hour in (0, 11)]
    assert (found[0] == found[1]).all()


@pytest.mark.parametrize(("durations", "finished"), [([], []), ([1.0], [True, False]), ([-1.0], [True])])
def test_stays_that_cannot_be_are_refused(durations: list[float], finished: list[bool]) -> None:
    """No stay, lists of different length and negative durations have no hazard."""
    with pytest.raises(ValueError, match="Durations"):
        Hazard.fit(durations, finished)


def test_one_stay_that_goes_on_is_enough() -> None:
    """A new ward with one patient who has not left has a small hazard, not none, and a census."""
    hazard = Hazard.fit([30.0], [False])
    assert (hazard.per_hour > 0).all()
    assert census([30.0], hazard, np.zeros(5), 5).mean[5] < 1
