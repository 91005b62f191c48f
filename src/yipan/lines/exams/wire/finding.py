"""Takes over what the picture archive has, without being asked."""

from __future__ import annotations

import logging
from datetime import timedelta

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.kernel.errors import Unavailable
from yipan.lines.exams import actions
from yipan.lines.exams.wire import archive

log = logging.getLogger(__name__)

RECENT, LATE = timedelta(days=1), timedelta(days=30)
"""How far back the archive is asked: every minute, and every hour for studies that arrive late."""


def find_studies() -> int:
    """Write down what the archive has of today and yesterday, and match what waits; how many changed."""
    return _find(RECENT)


def find_late_studies() -> int:
    """The same for the last thirty days: mobile units and devices that were offline send later."""
    return _find(LATE)


def _find(back: timedelta) -> int:
    if not archive.is_set():
        return 0
    today = clock.now().date()
    # A day more at both ends: the archive counts days in its own zone.
    try:
        found = list(archive.archive().studies(today - back - timedelta(days=1), today + timedelta(days=1)))
    except Unavailable as error:
        log.warning("the archive was not asked for studies: %s", error)
        return 0
    taken = actions.take_studies(actor=SYSTEM, found=found)
    return taken.new + taken.changed + actions.match_waiting(actor=SYSTEM)
