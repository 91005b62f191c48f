"""Pages of the examinations. One file for each page; each names its addresses in `PAGES`."""

from yipan.lines.exams.pages import catalogue, images, reading
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (*catalogue.PAGES, *images.PAGES, *reading.PAGES)
"""Every page and fragment of the line."""

NAV: tuple[NavItem, ...] = (catalogue.NAV, *images.NAV, *reading.NAV)
"""Entries of the main navigation; `line.announce` registers them."""
