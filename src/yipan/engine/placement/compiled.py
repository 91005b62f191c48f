"""How compiled code is made here, and why its cache never outlives a change of the rules.

Numba keeps compiled functions on disk and notices a change of the file that defines an entry only, not of the files
that the entry calls. Rules that were edited, pulled or installed would silently not apply. So each entry closes over
a fingerprint of all sources, which is part of the cache's key (`numba.core.caching.Cache._index_key`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from numba import njit

# Only compiled code calls an inner function; without the doors for Python it compiles in half the time.
inner = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")  # type: ignore[call-overload]
entry = njit(cache=True, nogil=True, error_model="numpy")
# For code that allocates nothing and is part of every caller: the arrays that the twin keeps from patient to patient
# then stay in registers, instead of being handed over one by one with their references counted.
WITHOUT_COUNTING: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
inlined = njit(  # type: ignore[call-overload]
    forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **WITHOUT_COUNTING
)


def fingerprint(*directories: Path) -> int:
    """A number above 0 that changes with any Python file of the directories, by default of placement itself."""
    digest = hashlib.sha256()
    for directory in directories or (Path(__file__).parent,):
        for path in sorted(directory.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return int.from_bytes(digest.digest()[:6], "big") + 1
