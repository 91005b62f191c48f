from __future__ import annotations

from collections.abc import Iterator

import pytest

from yipan.interop.tests.his import His
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.spine.testing import NOON, small_network


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    """Noon, until the test moves it."""
    stopped = FrozenClock(NOON)
    with clock.using(stopped):
        yield stopped


@pytest.fixture
def his(db: None, time: FrozenClock) -> His:
    """A hospital whose system is mapped."""
    return His(small_network())
