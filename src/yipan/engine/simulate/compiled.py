"""How the compiled parts of this room are made: nothing is allocated there, and inner parts join their callers."""

from __future__ import annotations

from pathlib import Path

from numba import njit

from yipan.engine.placement import kernel
from yipan.engine.placement.compiled import WITHOUT_COUNTING, fingerprint, inlined

__all__ = ["SOURCES", "entry", "inlined"]

entry = njit(cache=True, nogil=True, **WITHOUT_COUNTING)
SOURCES = fingerprint(Path(__file__).parent, Path(kernel.__file__).parent)
