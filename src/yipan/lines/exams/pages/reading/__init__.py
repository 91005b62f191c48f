"""Pages of the reading centre: worklist, editor, reports, critical values, second readings, figures."""

from yipan.lines.exams.pages.reading import critical, editor, figures, peer, report, worklist
from yipan.spine.registry import Page
from yipan.ui.navigation import NavItem

PAGES: tuple[Page, ...] = (
    *worklist.PAGES,
    *editor.PAGES,
    *report.PAGES,
    *critical.PAGES,
    *peer.PAGES,
    *figures.PAGES,
)

NAV: tuple[NavItem, ...] = (worklist.NAV, critical.NAV, figures.NAV)
