"""Pages of the clinics. One file for each page; each names its addresses in `PAGES`."""

from yipan.lines.appointments.pages import book, clinic, day, figures, fortnight, shown, steps, waiting, wall
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (
    *fortnight.PAGES,
    *book.PAGES,
    *waiting.PAGES,
    *figures.PAGES,
    *clinic.PAGES,
    *shown.PAGES,
    *day.PAGES,
    *wall.PAGES,
    *steps.PAGES,
)
"""Every page and fragment of the line."""

NAV: tuple[NavItem, ...] = (fortnight.NAV,)
"""Entries of the main navigation; `line.announce` registers them."""
