"""What counts on the spot."""

from __future__ import annotations

from datetime import datetime, timedelta

UNDO = timedelta(minutes=5)
"""A begin that was told by mistake can be taken back for so long."""


def may_undo(begun: datetime, now: datetime) -> bool:
    """Whether a begin can still be taken back."""
    return now - begun <= UNDO
