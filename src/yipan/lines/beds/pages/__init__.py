"""Pages of the bed pool. One file for each page; each names its addresses in `PAGES`."""

from yipan.lines.beds.pages import bed, board, overview
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (*board.PAGES, *bed.PAGES, *overview.PAGES)
"""Every page and fragment of the line."""

NAV: tuple[NavItem, ...] = (overview.NAV, board.NAV)
"""Entries of the main navigation; `line.announce` registers them."""
