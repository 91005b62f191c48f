"""Chance for compiled code: each search has its own, and the same seed gives the same."""

from __future__ import annotations

import numpy as np

from yipan.engine.placement.compiled import inner


@inner
def below(chance, n):  # type: ignore[no-untyped-def]
    """A number from 0 to n - 1 by xorshift64* (S. Vigna, 2016); n is so small that the bias is nothing."""
    x = chance[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    chance[0] = x
    high = (x * np.uint64(2685821657736338717)) >> np.uint64(33)
    return np.int64((high * np.uint64(n)) >> np.uint64(31))
