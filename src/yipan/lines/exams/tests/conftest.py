from __future__ import annotations

from collections.abc import Iterator

import pytest

from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.exams.tests.laboratory import Laboratory, laboratory
from yipan.spine.testing import NOON


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    """Noon, until the test moves it."""
    with clock.using(FrozenClock(NOON)) as stopped:
        assert isinstance(stopped, FrozenClock)
        yield stopped


@pytest.fixture
def lab(db: None, time: FrozenClock) -> Laboratory:
    """A hospital with a laboratory, and a patient."""
    return laboratory()
