"""The model walks through the past: fitted on some days, it forecasts on every day until the next fit.

So the last year's forecasts are as they would have been, and what they missed by tells how sure the next one is.
Nothing that stands for a day has seen that day or a later one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yipan.engine.forecast.calendars import Calendar, calendar
from yipan.engine.forecast.features import Days, Design, design
from yipan.engine.forecast.levels import Levels, levels
from yipan.engine.forecast.linear import Linear, straight
from yipan.engine.forecast.panel import WEEK, Floats, Panel, mean_of_known
from yipan.engine.forecast.trees import LEAST_ERROR, MEDIAN, MOST_ERROR, SPREAD, Trees

WARM_UP = 35
"""Days of the panel before the first origin that is learnt from."""
LINE_ROWS = 600_000
TREE_ROWS = 150_000
ERROR_STEP = 3
"""Expected errors are learnt from every third of the trees' origins: they are smoother than medians."""
HALF_LIFE = 1000.0
"""Days after which a past day counts half."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
FIRST_SHARE = 0.5
CHUNK = 64
"""Origins whose features are in memory at a time."""


@dataclass(frozen=True)
class Walk:
    """Of each origin from `first` on, float[origins, series, horizon]: medians `centre` and expected errors `spread`.

    NaN where a series has no recent days.
    """

    first: int
    centre: Floats
    spread: Floats


@dataclass(frozen=True)
class _Part:
    """Origins of one chunk: what lines and trees say in units of the base, and the share of the trees in the mix."""

    line: Floats
    tree: Floats
    base: Floats
    unit: Floats
    spread: Floats
    share: float

    @property
    def centre(self) -> Floats:
        return self.base + self.unit * (self.share * self.tree + (1 - self.share) * self.line)


def walk(panel: Panel, fits: tuple[int, ...], last: int, horizon: int, *, country: str, seed: int) -> Walk:
    """Forecast on the days fits[0] … last, with models fitted on each of `fits` (numbers of days known, ascending)."""
    days = calendar(panel.first, panel.days + horizon, country)
    known = levels(panel.values, days.weekday[: panel.days], days.holiday[: panel.days])
    targets = _targets(panel.values, horizon)
    learning = _Learning(panel.values, known, days, targets, fits[-1])
    parts: list[_Part] = []
    for fit, end in zip(fits, (*fits[1:], last + 1), strict=True):
        share = _share(parts, targets, fits[0], fit)
        models = learning.fit(fit, share, seed)
        for start in range(fit, end, CHUNK):
            made = design(panel.values, known, days, np.arange(start, min(start + CHUNK, end)), horizon)
            parts.append(models.look(made))
    return Walk(
        fits[0],
        np.concatenate([part.centre for part in parts]),
        np.concatenate([part.spread for part in parts]),
    )


def _targets(values: Floats, horizon: int) -> Floats:
    """What came after each origin, float[days + 1, series, horizon]; NaN past the end."""
    padded = np.concatenate([values, np.full((len(values), horizon), np.nan)], axis=1)
    ahead = np.arange(values.shape[1] + 1)[:, None] + np.arange(horizon)
    return padded[:, ahead].transpose(1, 0, 2)


@dataclass(frozen=True)
class _Models:
    """Fitted on one day: lines, trees, and trees for the logarithm of what both mixed miss by."""

    line: Linear
    tree: Trees
    error: Trees
    share: float

    def look(self, made: Design) -> _Part:
        """Ahead from the origins of a design."""
        spread = made.unit * np.exp(self.error.predict(made.x))
        line, tree = self.line.predict(straight(made)), self.tree.predict(made.x)
        return _Part(line, tree, made.base, made.unit, spread, self.share)


class _Learning:
    """The past as rows to learn from, made once for all fits."""

    def __init__(self, values: Floats, known: Levels, days: Calendar, targets: Floats, last_fit: int) -> None:
        rows = targets.shape[1] * targets.shape[2]
        self._origins = np.arange(WARM_UP, last_fit, _every((last_fit - WARM_UP) * rows / LINE_ROWS))
        self._made: Design = design(values, known, days, self._origins, targets.shape[2])
        self._straight = straight(self._made)
        self._z = (targets[self._origins] - self._made.base) / self._made.unit
        self._every = _every(len(self._origins) * rows / TREE_ROWS)

    def fit(self, day: int, share: float, seed: int) -> _Models:
        """Models from what was known on a day."""
        count = int(np.searchsorted(self._origins, day))
        origins: Days = self._origins[:count]
        came = origins[:, None] + np.arange(self._z.shape[2]) < day
        z = np.where(came[:, None, :], self._z[:count], np.nan)
        weight = 0.5 ** ((day - origins) / HALF_LIFE)
        line = Linear.fit(self._straight[:count], z, weight)
        some = slice(None, None, self._every)
        inputs, z, weight = self._made.x[:count][some], z[some], weight[some]
        tree = Trees.fit(inputs, z, weight, seed=seed, settings=MEDIAN)
        fewer = slice(None, None, ERROR_STEP)
        inputs, z, weight = inputs[fewer], z[fewer], weight[fewer]
        mixed = share * tree.predict(inputs) + (1 - share) * line.predict(self._straight[:count][some][fewer])
        error = np.log(np.minimum(np.abs(z - mixed), MOST_ERROR) + LEAST_ERROR)
        return _Models(line, tree, Trees.fit(inputs, error, weight, seed=seed, settings=SPREAD), share)


def _every(needed: float) -> int:
    """The least step that leaves no more than enough and meets all weekdays."""
    step = max(1, int(np.ceil(needed)))
    return step + 1 if step % WEEK == 0 else step


def _share(parts: list[_Part], targets: Floats, first: int, day: int) -> float:
    """The trees' share in the mix that would have been nearest until `day`; a half when there is no past to tell."""
    if not parts:
        return FIRST_SHARE
    line, tree, base, unit = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("line", "tree", "base", "unit")
    )
    origins = np.arange(first, first + len(line))
    came = origins[:, None] + np.arange(targets.shape[2]) < day
    z = np.where(came[:, None, :], (targets[origins] - base) / unit, np.nan)
    missed = [mean_of_known(np.abs(z - share * tree - (1 - share) * line), None) for share in SHARES]
    return SHARES[int(np.argmin(missed))] if np.isfinite(missed).all() else FIRST_SHARE
