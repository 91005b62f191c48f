"""Pages of the ambulances. One file for each page; each names its addresses in `PAGES`."""

from yipan.lines.dispatch.pages import ask, board, crew, shown, steps, vehicle
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (
    *board.PAGES,
    *ask.PAGES,
    *crew.PAGES,
    *shown.PAGES,
    *vehicle.PAGES,
    *steps.PAGES,
)
"""Every page and fragment of the line."""

NAV: tuple[NavItem, ...] = (board.NAV,)
"""Entries of the main navigation; `line.announce` registers them."""
