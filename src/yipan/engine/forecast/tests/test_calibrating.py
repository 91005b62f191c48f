"""Intervals cover what they say, and nothing that had not come is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from yipan.engine.forecast import calibrating
from yipan.engine.forecast.calibrating import offsets
from yipan.engine.forecast.panel import LEVELS, MEDIAN
from yipan.engine.forecast.scores import covered


def test_quantiles_of_normal_errors_are_found() -> None:
    """Of errors that grow with the horizon, each horizon has its own quantiles around zero."""
    chance = np.random.default_rng(1)
    found = offsets(chance.normal(0, 1, (400, 10, 3)) * np.array([1.0, 2.0, 4.0]), (399,))[0]
    for h, sigma in enumerate((1, 2, 4)):
        assert found[h, LEVELS.index(0.9)] == pytest.approx(1.2816 * sigma, rel=0.1)
        assert found[h, LEVELS.index(0.025)] == pytest.approx(-1.96 * sigma, rel=0.1)
        assert found[h, MEDIAN] == 0


def test_intervals_widen_when_errors_grow_for_good() -> None:
    """After errors have doubled the intervals cover more than the window alone would let them."""
    chance = np.random.default_rng(2)
    errors = chance.normal(0, 1, (700, 10, 1))
    errors[400:] *= 2
    days = tuple(range(480, 700, 10))
    found = offsets(errors, days)[:, 0]
    low, high = LEVELS.index(0.1), LEVELS.index(0.9)
    inside = [(found[i, low] <= errors[d, :, 0]) & (errors[d, :, 0] <= found[i, high]) for i, d in enumerate(days)]
    window_only = [np.abs(errors[d, :, 0]) <= np.quantile(np.abs(errors[:d]), 0.8) for d in days]
    assert np.mean(inside) == pytest.approx(0.8, abs=0.08)
    assert np.mean(window_only) < np.mean(inside) - 0.04


def test_what_had_not_come_is_not_looked_at() -> None:
    """At origin 100 the error of horizon 5 made on day 95 is still to come; changing it changes nothing."""
    errors = np.random.default_rng(3).normal(0, 1, (120, 4, 6))
    changed = errors.copy()
    for ahead in range(6):
        changed[100 - ahead :, :, ahead] = 99.0
    assert (offsets(errors, (100,)) == offsets(changed, (100,))).all()
    changed[100 - 6, :, 5] = 99.0
    assert (offsets(errors, (100,)) != offsets(changed, (100,))).any()


def test_without_a_past_there_is_no_width() -> None:
    """Before any error has come, and where none is known, offsets are unknown; where nothing was missed, zero."""
    errors = np.full((30, 2, 3), np.nan)
    assert np.isnan(offsets(errors, (0, 29))).all()
    assert (offsets(np.zeros((30, 2, 3)), (29,)) == 0).all()


def test_days_ahead_share_what_was_covered_of_late() -> None:
    """Errors of the nearest days that have grown widen the interval two weeks ahead, whose own are still to come."""
    errors = np.random.default_rng(4).normal(0, 1, (300, 10, 14))
    grown = errors.copy()
    grown[280:, :, :3] *= 3
    near, far = (offsets(each, (293,))[0, 13] for each in (errors, grown))
    assert far[-1] > near[-1] * 1.1
    assert far[0] < near[0] * 1.1


def test_a_day_ahead_keeps_what_is_its_own() -> None:
    """One day ahead whose errors have grown for good is widened more than the day ahead beside it."""
    errors = np.random.default_rng(5).normal(0, 1, (500, 10, 5))
    errors[300:, :, 4] *= 2
    found = offsets(errors, (499,))[0]
    assert found[4, -1] > 1.4 * found[1, -1]


def test_a_short_past_makes_intervals_wider(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many series are wrong on them, fifty days tell less of the tails than seven hundred."""
    for pace in ("TOGETHER", "ALONE"):
        monkeypatch.setattr(calibrating, pace, calibrating.Pace(0.0, 0.0))
    chance = np.random.default_rng(6)
    for days in (50, 700):
        errors = chance.permutation(np.linspace(-1, 1, days))[:, None, None].repeat(40, axis=1)
        found = offsets(errors, (days,))[0, 0]
        for share in (0.8, 0.95):
            level = 0.5 + share / 2
            assert found[LEVELS.index(round(level, 3))] == pytest.approx(2 * level * (1 + 1 / days) - 1, abs=0.02)


def test_each_day_ahead_is_covered_as_often_as_said() -> None:
    """Of errors that series share and that last for days, at each day ahead, over years."""
    chance = np.random.default_rng(7)
    days, ahead = 700, 3
    shocks = chance.normal(0, 0.5, (days + ahead, 1)) + chance.normal(0, 1, (days + ahead, 12))
    errors = np.stack([sum(shocks[k : days + k] for k in range(h + 1)) for h in range(ahead)], axis=2)
    wanted = tuple(range(200, days, 3))
    found = np.repeat(offsets(errors, wanted)[:, None], 12, axis=1)
    for share in (0.8, 0.95):
        inside = covered(found, errors[list(wanted)], LEVELS, share)
        assert inside.mean(axis=(0, 1)) == pytest.approx(share, abs=0.02)
