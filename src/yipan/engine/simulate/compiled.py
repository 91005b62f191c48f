"""How the compiled parts of this room are made: nothing is allocated there, and inner parts join their callers."""

from __future__ import annotations

from pathlib import Path

from yipan.engine.placement import kernel
from yipan.engine.placement.compiled import WITHOUT_COUNTING, fingerprint, inlined, kept

__all__ = ["SOURCES", "entry", "inlined"]

entry = kept(**WITHOUT_COUNTING)
SOURCES = fingerprint(Path(__file__).parent, Path(kernel.__file__).parent)
