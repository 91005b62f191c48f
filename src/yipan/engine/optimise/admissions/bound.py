"""What no plan can cost less than: Lagrangian relaxation of the beds (Fisher: The Lagrangian Relaxation Method for
Solving Integer Programming Problems, 1981).

The rules between people (rooms, reserves) are left away; a bed on a day may be taken by several at a price, and so may
the comfortable places of a ward, for at most what overload costs. Everybody then chooses alone. For any prices the
sum, less what beds and places earn, is a lower bound; a subgradient method looks for good prices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from yipan.engine.optimise.admissions.rules import SOURCES
from yipan.engine.optimise.admissions.table import Table
from yipan.engine.placement.compiled import entry, inner

ROUNDS = 1000


@inner
def on_days(prices, bed, mask):  # type: ignore[no-untyped-def]
    total = 0.0
    for day in range(prices.shape[1]):
        if mask >> day & 1:
            total += prices[bed, day]
    return total


def _make_relaxed(sources: int) -> Callable[..., float]:
    @entry
    def relaxed(table, prices, use):  # type: ignore[no-untyped-def]
        """What everybody's own choice costs at these prices; `use` counts how often each bed is taken on each day."""
        value = 0.0
        use[:] = 0.0
        for i in range(table.people.shape[0] if sources else 0):
            own, kept = table.people[i].origin, table.people[i].kept
            stay = on_days(prices, own, kept) if own >= 0 else 0.0
            best, chosen, freed = table.people[i].none + stay, -1, 0
            for day in range(prices.shape[1]):
                after = kept & ~((2 << day) - 1)
                base = on_days(prices, own, kept & ~after) if own >= 0 else 0.0
                if table.omitted[i, day] + base < best:
                    best, chosen, freed = table.omitted[i, day] + base, -2, after
                for c in range(table.start[i, day], table.start[i, day + 1]):
                    if table.choices[c].cost + base >= best:
                        break
                    cost = table.choices[c].cost + base + on_days(prices, table.choices[c].bed, table.choices[c].mask)
                    if cost < best:
                        best, chosen, freed = cost, c, after
            value += best
            for day in range(prices.shape[1]):
                if own >= 0 and (kept & ~freed) >> day & 1:
                    use[own, day] += 1.0
                if chosen >= 0 and table.choices[chosen].mask >> day & 1:
                    use[table.choices[chosen].bed, day] += 1.0
        return value

    return relaxed


relaxed: Any = _make_relaxed(SOURCES)


def lower_bound(table: Table, known: float, rounds: int = ROUNDS) -> float:
    """A lower bound of every plan's cost, in CENTS; `known` is the cost of some plan."""
    ward, spare = table.beds["ward"], table.days["spare"].astype(np.float64)
    beds, wards = np.zeros((len(table.beds), spare.shape[1])), np.zeros_like(spare)
    use, best, pace, since = np.zeros_like(beds), -np.inf, 1.5, 0
    for _ in range(rounds):
        value = relaxed(table, beds + wards[ward], use) - beds.sum() - (wards * spare).sum()
        best, since = (value, 0) if value > best + 1e-9 else (best, since + 1)
        if since >= 8:
            pace, since = pace / 2, 0
        crowded = np.zeros_like(spare)
        np.add.at(crowded, ward, use)
        up_beds = _free(use - 1.0, beds, np.inf)
        up_wards = _free(crowded - spare, wards, table.overload)
        size = float((up_beds**2).sum() + (up_wards**2).sum())
        if size == 0.0 or value >= known - 1e-9:
            break
        step = pace * max(known - value, 1.0) / size
        beds = np.maximum(beds + step * up_beds, 0.0)
        wards = np.clip(wards + step * up_wards, 0.0, table.overload)
    return float(best)


def _free(slope: Any, prices: Any, most: float) -> Any:
    """The slope without the directions in which a price has reached its limit."""
    return np.where(((slope < 0) & (prices <= 0)) | ((slope > 0) & (prices >= most)), 0.0, slope)
