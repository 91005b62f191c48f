"""HiGHS as it is used here: silent, in the thread that calls it, and ready to be interrupted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def solver(cancelled: Callable[[], bool], **options: Any) -> Any:
    """A solver with these options that ends soon once `cancelled` says so, with what it has found until then."""
    import highspy

    highs = highspy.Highs()
    for name, value in {"output_flag": False, "threads": 1, **options}.items():
        highs.setOptionValue(name, value)

    def look(event: Any) -> None:
        if cancelled():
            event.interrupt()

    for moment in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt, highs.cbMipInterrupt):
        moment.subscribe(look)
    return highs
