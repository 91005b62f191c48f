"""What no plan can cost less than: Lagrangian relaxation of the beds (Fisher: The Lagrangian Relaxation Method for
Solving Integer Programming Problems, 1981).

The rules between people (rooms, reserves) and overload are left away, and a bed on a day may be taken by several at a
price. Everybody then chooses alone. For any prices the sum, less what the beds earn, is a lower bound; a subgradient
method looks for good prices.
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
        """The bound at these prices; `use` is filled with how often each bed is taken on each day, less once."""
        value = 0.0
        for bed in range(prices.shape[0]):
            for day in range(prices.shape[1]):
                use[bed, day] = -1.0
                value -= prices[bed, day]
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
    shape = (len(table.beds), table.days.shape[1])
    prices, use = np.zeros(shape), np.zeros(shape)
    best, pace, since = -np.inf, 1.5, 0
    for _ in range(rounds):
        value = relaxed(table, prices, use)
        if value > best + 1e-9:
            best, since = value, 0
        else:
            since += 1
            if since >= 8:
                pace, since = pace / 2, 0
        direction = np.where((use < 0) & (prices <= 0), 0.0, use)
        size = float((direction**2).sum())
        if size == 0.0 or value >= known - 1e-9:
            break
        prices = np.maximum(prices + pace * max(known - value, 1.0) / size * direction, 0.0)
    return best
