"""Pages of the bed pool. One file for each page; each names its addresses in `PAGES`."""

from yipan.spine.registry import Page

PAGES: tuple[Page, ...] = ()
"""Every page and fragment of the line."""
