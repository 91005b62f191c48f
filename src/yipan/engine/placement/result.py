"""What the compiled kernel answers about each bed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement.codes import Part

REFUSED = 2**62
"""Key of a bed that may not be proposed."""


class Result(NamedTuple):
    """What `assess` fills, one row a bed. Rows of a refused bed hold the refusal, the tier, and `ready` only; those
    refused by what the bed is worth also `left`."""

    refusal: NDArray[np.uint8]  # Refusal
    tier: NDArray[np.uint8]  # Tier
    flags: NDArray[np.uint8]  # bits of Flag
    score: NDArray[np.float64]  # 0..100, two decimals
    parts: NDArray[np.float32]  # (beds, Part)
    ready: NDArray[np.int32]  # minute from now at which the bed can be had, NEVER when not known
    left: NDArray[np.int32]  # beds of the ward that stay ready at that minute once this one is taken
    travel: NDArray[np.float32]  # minutes of the attending's way, infinite when not known
    others: NDArray[np.int32]  # people in the room, or booked into it, during the stay
    key: NDArray[np.int64]  # order: smaller is better; REFUSED when refused


def new_result(beds: int) -> Result:
    """Room for the answers about `beds` beds; may be used again and again."""
    return Result(
        np.zeros(beds, np.uint8),
        np.zeros(beds, np.uint8),
        np.zeros(beds, np.uint8),
        np.zeros(beds, np.float64),
        np.zeros((beds, len(Part)), np.float32),
        np.zeros(beds, np.int32),
        np.zeros(beds, np.int32),
        np.zeros(beds, np.float32),
        np.zeros(beds, np.int32),
        np.zeros(beds, np.int64),
    )
