"""Work that needs much memory or one core for long, in a process of its own that ends with it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

NICENESS = 10


def apart(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `function` returns, computed in a child process of low priority; it must be importable without Django.

    The worker thus stays as small as it was, whatever the function loads. Raises what the function raises, and
    BrokenProcessPool when the child dies.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=os.nice, initargs=(NICENESS,)) as pool:
        return pool.submit(function, *args, **kwargs).result()
