"""Pages of the bed pool. One file for each page; each names its addresses in `PAGES`."""

from yipan.lines.beds.pages import (
    bed,
    bed_actions,
    board,
    calls,
    desk,
    figures,
    overview,
    rounds,
    waiting,
    wall,
    ward,
)
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (
    *board.PAGES,
    *bed.PAGES,
    *overview.PAGES,
    *figures.PAGES,
    *bed_actions.PAGES,
    *desk.PAGES,
    *waiting.PAGES,
    *ward.PAGES,
    *wall.PAGES,
    *rounds.PAGES,
    *calls.PAGES,
)
"""Every page and fragment of the line."""

NAV: tuple[NavItem, ...] = (
    overview.NAV,
    board.NAV,
    figures.NAV,
    desk.NAV,
    waiting.NAV,
    ward.NAV,
    rounds.NAV,
    calls.NAV,
)
"""Entries of the main navigation; `line.announce` registers them."""
