"""Invented wards for the tests of forecasts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from yipan.engine.forecast import Panel, trees
from yipan.engine.forecast.panel import Floats

FIRST = date(2025, 1, 6)
PATTERN = np.array([40, 42, 41, 43, 38, 25, 22.0])


def ward(days: int, *, seed: int = 5, scale: float = 1.0) -> Floats:
    """Beds taken in a ward with a weekly pattern and noise, whole numbers: float[days]."""
    chance = np.random.default_rng(seed)
    return np.round(scale * (PATTERN[np.arange(days) % 7] + chance.normal(0, 3, days)))


def panel(days: int = 200, series: int = 3) -> Panel:
    """Wards of different size."""
    names = tuple(f"ward {i}" for i in range(series))
    return Panel(names, FIRST, np.stack([ward(days, seed=i, scale=1 + i) for i in range(series)]))


def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough for wards as plain as these, and quick."""
    for settings in (trees.MEDIAN, trees.SPREAD):
        monkeypatch.setitem(settings, "num_iterations", 15)
        monkeypatch.setitem(settings, "num_leaves", 7)
