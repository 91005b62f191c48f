from __future__ import annotations

from collections.abc import Iterator

import pytest

from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.spine.testing import NOON


@pytest.fixture
def time(db: None) -> Iterator[FrozenClock]:
    """Noon, until the test moves it."""
    stopped = FrozenClock(NOON)
    with clock.using(stopped):
        yield stopped
