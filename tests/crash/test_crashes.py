"""kill -9 of everything, singly and together, in the middle of the work."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.crash.clients import Ledger
from tests.crash.installation import TOGETHER, Installation
from tests.crash.storm import Kill, round_of

MESSAGES = int(os.environ.get("YIPAN_CRASH_MESSAGES", "2000"))
BOOKINGS = int(os.environ.get("YIPAN_CRASH_BOOKINGS", "500"))
KILLS = ("worker", "hl7", "web", "postgres", TOGETHER)

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


@pytest.mark.timeout(900)
def test_nothing_is_lost_or_doubled_whatever_is_killed(folder: Path) -> None:
    """Server, worker, listener, PostgreSQL and supervisor are killed, singly and together, in the middle of 2,000
    messages and 500 bookings: every acknowledged message is applied once, every confirmed booking is there, nothing
    overlaps, and no effect is doubled.
    """
    installation, ledger = Installation(folder, random.Random(3)), Ledger()
    plan = [Kill((n + 1) / (len(KILLS) + 2), what) for n, what in enumerate(KILLS)]
    try:
        installation.start()
        found = round_of(installation, ledger, messages=MESSAGES, bookings=BOOKINGS, kills=plan)
        assert found == []
        assert (len(ledger.acknowledged), len(ledger.confirmed)) == (MESSAGES, BOOKINGS)
    finally:
        installation.stop()
