from __future__ import annotations

from collections.abc import Iterator

import pytest

from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds.wire.tests.feed import Feed, frozen
from yipan.spine.testing import small_network


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    """Noon, until the test moves it."""
    with clock.using(frozen()) as stopped:
        assert isinstance(stopped, FrozenClock)
        yield stopped


@pytest.fixture
def feed(db: None, time: FrozenClock) -> Feed:
    """A hospital with two wards of four beds, and its system."""
    return Feed(small_network())
