"""Pages of the reading centre: worklist, editor, reports, critical values, second readings, figures, keeping it."""

from yipan.lines.exams.pages.reading import (
    centres,
    critical,
    editor,
    figures,
    heads,
    limits,
    peer,
    report,
    templates,
    worklist,
)
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (
    *centres.PAGES,
    *templates.PAGES,
    *worklist.PAGES,
    *editor.PAGES,
    *report.PAGES,
    *critical.PAGES,
    *limits.PAGES,
    *heads.PAGES,
    *peer.PAGES,
    *figures.PAGES,
)

NAV: tuple[NavItem, ...] = (worklist.NAV, critical.NAV, figures.NAV, centres.NAV)
