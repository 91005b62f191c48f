"""Reproducible chance for compiled code: splitmix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom
Number Generators", 2014). One number of state in an array of one, so that nothing global is touched.
"""

from __future__ import annotations

import numpy as np

from yipan.engine.optimise.ihtc.compiled import inlined

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S32, _S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32), np.uint64(11)
_UNIT = 1.0 / (1 << 53)


@inlined
def draw(seed):  # type: ignore[no-untyped-def]
    """64 random bits."""
    seed[0] += _STEP
    z = seed[0]
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@inlined
def below(seed, n):  # type: ignore[no-untyped-def]
    """A whole number from 0 to n − 1."""
    return np.int64(((draw(seed) >> _S32) * np.uint64(n)) >> _S32)


@inlined
def unit(seed):  # type: ignore[no-untyped-def]
    """A number above 0, at most 1."""
    return (np.float64(draw(seed) >> _S11) + 1.0) * _UNIT
