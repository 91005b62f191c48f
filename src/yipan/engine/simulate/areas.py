"""Bed-hours and people-hours, summed up in bins: what is full and who waits, exactly. Compiled.

Each sum is brought up to date before its number changes, and all of them at the end of a bin.
"""

from __future__ import annotations

from yipan.engine.simulate.compiled import inlined
from yipan.engine.simulate.state import BIN, OUTLIERS, WAITING


@inlined
def count_to(now, column, value, hour):  # type: ignore[no-untyped-def]
    """Bed-hours of `value` beds since the last change of column, which is now."""
    sum_up = value * (hour - now.since[column])
    now.since[column] = hour
    return sum_up


@inlined
def count_beds(now, area, w, hour):  # type: ignore[no-untyped-def]
    """To be called before the number of taken beds of ward `w` changes."""
    area.beds[now.counts[BIN], w] += count_to(now, w, now.taken[w], hour)


@inlined
def count_waiting(now, area, hour):  # type: ignore[no-untyped-def]
    """To be called before the number of those who wait changes."""
    wards = now.taken.shape[0]
    area.waiting[now.counts[BIN]] += count_to(now, wards, now.counts[WAITING], hour)


@inlined
def count_outliers(now, area, hour):  # type: ignore[no-untyped-def]
    wards = now.taken.shape[0]
    area.outliers[now.counts[BIN]] += count_to(now, wards + 1, now.counts[OUTLIERS], hour)


@inlined
def count_all(now, area, hour):  # type: ignore[no-untyped-def]
    """At the end of a bin."""
    for w in range(now.taken.shape[0]):
        count_beds(now, area, w, hour)
    count_waiting(now, area, hour)
    count_outliers(now, area, hour)
