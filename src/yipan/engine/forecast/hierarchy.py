"""Which series of a panel are parts of which: named with a stroke, and summing up in what is known."""

from __future__ import annotations

import numpy as np

from yipan.engine.forecast.panel import Panel
from yipan.engine.forecast.reconciling import Parts

STROKE = "/"
TOLERANCE = 0.005
"""Of the whole: by how much its parts may miss it on a day, for roundings."""
SHARE_OF_DAYS = 0.95


def parts_of(panel: Panel) -> Parts:
    """Parts of each whole, by name: "East/Surgery" and "East/Medicine" are the parts of "East" when it is there too.

    Only where they sum to it on nearly all days on which whole and parts are known; parts that are not all in the file
    would else pull the whole down.
    """
    found: dict[str, list[str]] = {}
    for name in panel.names:
        whole, stroke, _ = name.rpartition(STROKE)
        if stroke and whole in panel.names:
            found.setdefault(whole, []).append(name)
    return {whole: tuple(parts) for whole, parts in found.items() if _sums_up(panel, whole, parts)}


def _sums_up(panel: Panel, whole: str, parts: list[str]) -> bool:
    row = panel.values[panel.names.index(whole)]
    members = panel.values[[panel.names.index(part) for part in parts]]
    days = np.isfinite(row) & np.isfinite(members).any(axis=0)
    if not days.any():
        return False
    missed = np.abs(np.nansum(members[:, days], axis=0) - row[days])
    return bool((missed <= TOLERANCE * np.abs(row[days]) + TOLERANCE).mean() >= SHARE_OF_DAYS)
