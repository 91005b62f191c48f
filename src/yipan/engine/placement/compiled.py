"""How compiled code is made here, and why its cache never outlives a change of the rules.

Numba keeps compiled functions on disk and notices a change of the file that defines an entry only, not of the files
that the entry calls. Rules that were edited, pulled or installed would silently not apply. So each entry closes over
a fingerprint of all sources, which is part of the cache's key (`numba.core.caching.Cache._index_key`).

The processes of an installation start together and need the same code. One of them compiles it, which may take half a
minute; the others wait and load it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from numba import njit
from numba.core.compiler_lock import global_compiler_lock

try:
    import fcntl
except ImportError:  # not on Windows: there each process compiles for itself
    fcntl = None  # type: ignore[assignment]

# Only compiled code calls an inner function; without the doors for Python it compiles in half the time.
inner = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")  # type: ignore[call-overload]
# For code that allocates nothing and is part of every caller: the arrays that the twin keeps from patient to patient
# then stay in registers, instead of being handed over one by one with their references counted.
WITHOUT_COUNTING: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
inlined = njit(  # type: ignore[call-overload]
    forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **WITHOUT_COUNTING
)


def kept(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """A decorator for what Python calls: compiled with these options of `njit`, and kept on disk."""

    def decorate(function: Callable[..., Any]) -> Any:
        kernel: Any = njit(cache=True, nogil=True, **options)(function)
        compile_or_load = kernel.compile
        place = Path(kernel._cache.cache_path) / f"{function.__module__}.{function.__name__}.lock"

        def compile_alone(signature: Any) -> Any:
            with _alone(place):
                return compile_or_load(signature)

        kernel.compile = compile_alone
        return kernel

    return decorate


entry = kept(error_model="numpy")


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Until no other process compiles what has its lock there; a directory that cannot be written keeps nobody."""
    if fcntl is None or global_compiler_lock.is_locked():  # called from what compiles already: it must not wait
        yield
        return
    with ExitStack() as held:
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            fcntl.flock(held.enter_context(place.open("a")), fcntl.LOCK_EX)
        yield


def fingerprint(*directories: Path) -> int:
    """A number above 0 that changes with any Python file of the directories, by default of placement itself."""
    digest = hashlib.sha256()
    for directory in directories or (Path(__file__).parent,):
        for path in sorted(directory.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return int.from_bytes(digest.digest()[:6], "big") + 1
