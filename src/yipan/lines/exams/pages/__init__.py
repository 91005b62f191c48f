"""Pages of the examinations. One file for each page; each names its addresses in `PAGES`."""

from yipan.lines.exams.pages import (
    catalogue,
    devices,
    images,
    ordering,
    orders,
    panel,
    quality,
    reading,
    recognition,
    results,
    worklist,
)
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (
    *orders.PAGES,
    *ordering.PAGES,
    *worklist.PAGES,
    *devices.PAGES,
    *catalogue.PAGES,
    *images.PAGES,
    *reading.PAGES,
    *results.PAGES,
    *recognition.PAGES,
    *quality.PAGES,
)
"""Every page and fragment of the line."""

NAV: tuple[NavItem, ...] = (
    orders.NAV,
    worklist.NAV,
    devices.NAV,
    *images.NAV,
    *reading.NAV,
    recognition.NAV,
    quality.NAV,
)
"""Entries of the main navigation; `line.announce` registers them."""

__all__ = ["NAV", "PAGES", "panel"]
