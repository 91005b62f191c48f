"""The pause after failed logins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yipan.base.access import throttle
from yipan.base.access.models import LoginFailure
from yipan.kernel import clock

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_pause_after_the_limit_and_its_end() -> None:
    """The last allowed failure starts the pause; it ends with the window, and counting begins anew."""
    with clock.using(clock.FrozenClock(START)) as frozen:
        for _ in range(throttle.LIMIT - 1):
            throttle.failed("Zhou", "10.0.0.1")
        assert throttle.pause("zhou", "10.0.0.1") is None
        throttle.failed("zhou", "10.0.0.1")
        assert throttle.pause("zhou", "10.0.0.1") == throttle.WINDOW
        frozen.advance(throttle.WINDOW)  # type: ignore[attr-defined]
        assert throttle.pause("zhou", "10.0.0.1") is None
        throttle.failed("zhou", "10.0.0.1")
        assert LoginFailure.objects.get().failures == 1


def test_others_are_not_held_up() -> None:
    """Failures from one address stop neither the same name elsewhere nor another name there."""
    with clock.using(clock.FrozenClock(START)):
        for _ in range(throttle.LIMIT):
            throttle.failed("zhou", "10.0.0.1")
        assert throttle.pause("zhou", "10.0.0.2") is None
        assert throttle.pause("wang", "10.0.0.1") is None


def test_success_forgets() -> None:
    """Who signs in at last starts with a clean count."""
    throttle.failed("zhou", "10.0.0.1")
    throttle.succeeded("zhou", "10.0.0.1")
    assert not LoginFailure.objects.exists()


def test_old_windows_do_not_pile_up() -> None:
    """Counts of windows that have passed are removed."""
    with clock.using(clock.FrozenClock(START)) as frozen:
        throttle.failed("guess1", "10.0.0.1")
        frozen.advance(throttle.WINDOW + timedelta(seconds=1))  # type: ignore[attr-defined]
        throttle.failed("guess2", "10.0.0.1")
    assert list(LoginFailure.objects.values_list("username", flat=True)) == ["guess2"]
