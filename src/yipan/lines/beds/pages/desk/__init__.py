"""The admission desk: asking for a bed, choosing one, the 20-minute path, transfer and swap, the slip."""

from yipan.lines.beds.pages.desk import ask, moves, panel, show, slip, steps
from yipan.spine.registry import Page

PAGES: tuple[Page, ...] = (*ask.PAGES, *show.PAGES, *steps.PAGES, *moves.PAGES, *slip.PAGES)
"""Addresses with words in them come before those with identifiers."""

NAV = show.NAV

__all__ = ["NAV", "PAGES", "panel"]
