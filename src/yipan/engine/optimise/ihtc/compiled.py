"""How the compiled parts of this room are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numba import njit

from yipan.engine.placement.compiled import fingerprint, kept

__all__ = ["SOURCES", "entry", "inlined"]

_COMMON: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
"""Nothing is allocated in compiled code, so no array needs its references counted; counting took most of the time."""
_INNER: dict[str, Any] = _COMMON | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

entry = kept(**_COMMON)
# Part of every caller: the arrays of the tables then stay in registers instead of being handed over one by one.
inlined = njit(forceinline=True, **_INNER)
SOURCES = fingerprint(Path(__file__).parent)
