"""Pages of the examinations. One file for each page; each names its addresses in `PAGES`."""

from yipan.lines.exams.pages import catalogue, images, quality, reading, recognition, results
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (
    *catalogue.PAGES,
    *images.PAGES,
    *reading.PAGES,
    *results.PAGES,
    *recognition.PAGES,
    *quality.PAGES,
)
"""Every page and fragment of the line."""

NAV: tuple[NavItem, ...] = (catalogue.NAV, *images.NAV, *reading.NAV, recognition.NAV, quality.NAV)
"""Entries of the main navigation; `line.announce` registers them."""
