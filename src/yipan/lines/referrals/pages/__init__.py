"""Pages of referrals. One file for each page; each names its addresses in `PAGES`."""

from yipan.lines.referrals.pages import agreements, arrivals, down, figures, form, inbox, show
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (
    *inbox.PAGES,
    *form.PAGES,
    *arrivals.PAGES,
    *down.PAGES,
    *agreements.PAGES,
    *figures.PAGES,
    *show.PAGES,
)
"""Every page and fragment of the line."""

NAV: tuple[NavItem, ...] = (inbox.NAV,)
"""Entries of the main navigation; `line.announce` registers them."""
