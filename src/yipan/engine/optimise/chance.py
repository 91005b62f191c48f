"""Chance for compiled code: xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators,
scrambled", 2016). One number of state in an array of one, never 0, so that nothing global is touched and the same seed
gives the same plan. Whoever uses it counts this directory in the fingerprint of its entries.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement.compiled import inner


def streams(seed: int, threads: int) -> list[NDArray[np.uint64]]:
    """A state for each thread, far from one another."""
    return [np.random.SeedSequence([seed, t]).generate_state(1, np.uint64) | np.uint64(1) for t in range(threads)]


@inner
def bits(chance):  # type: ignore[no-untyped-def]
    """64 random bits."""
    x = chance[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    chance[0] = x
    return x * np.uint64(2685821657736338717)


@inner
def unit(chance):  # type: ignore[no-untyped-def]
    """A number in [0, 1)."""
    return (bits(chance) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner
def below(chance, n):  # type: ignore[no-untyped-def]
    """A number from 0 to n − 1; n is so small that the bias is nothing."""
    return np.int64(((bits(chance) >> np.uint64(33)) * np.uint64(n)) >> np.uint64(31))
