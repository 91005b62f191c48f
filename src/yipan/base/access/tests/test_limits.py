"""Counting of attempts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from yipan.base.access import limits
from yipan.base.access.models import Attempts
from yipan.kernel import clock
from yipan.kernel.errors import TooOften

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def frozen() -> Iterator[Any]:
    with clock.using(clock.FrozenClock(START)) as still:
        yield still


@pytest.mark.parametrize("limit", limits.LIMITS, ids=lambda limit: limit.code)
def test_pause_after_the_limit_and_its_end(limit: limits.Limit, frozen: Any) -> None:
    """So many tries are free, the next is refused until the window ends, and then counting begins anew."""
    for _ in range(limit.most):
        limits.spend(limit, "Zhou")
    frozen.advance(limit.window - timedelta(seconds=1))
    with pytest.raises(TooOften) as refused:
        limits.spend(limit, "zhou")
    assert refused.value.params["seconds"] == 1
    frozen.advance(timedelta(seconds=1))
    limits.spend(limit, "zhou")
    assert Attempts.objects.get().tries == 1


def test_a_try_while_refused_does_not_lengthen_the_pause(frozen: Any) -> None:
    """The window is counted from its first try: going on trying cannot lock somebody out for ever."""
    for _ in range(limits.PASSWORD.most):
        limits.spend(limits.PASSWORD, 1)
    for _ in range(3):
        frozen.advance(timedelta(minutes=1))
        with pytest.raises(TooOften) as refused:
            limits.spend(limits.PASSWORD, 1)
    assert refused.value.params["minutes"] == limits.PASSWORD.window // timedelta(minutes=1) - 3


def test_others_are_not_held_up(frozen: Any) -> None:
    """Neither another key nor another action is counted with it."""
    for _ in range(limits.LOGIN.most):
        limits.spend(limits.LOGIN, "zhou 10.0.0.1")
    limits.spend(limits.LOGIN, "zhou 10.0.0.2")
    limits.spend(limits.PASSWORD, "zhou 10.0.0.1")


def test_success_forgets_or_is_not_counted(frozen: Any) -> None:
    """Who succeeds starts with a clean count; where many are counted together, only the success is taken back."""
    limits.spend(limits.LOGIN, "zhou")
    limits.forget(limits.LOGIN, "ZHOU")
    assert not Attempts.objects.exists()
    limits.spend(limits.LOGIN_ADDRESS, "10.0.0.1")
    limits.spend(limits.LOGIN_ADDRESS, "10.0.0.1")
    limits.refund(limits.LOGIN_ADDRESS, "10.0.0.1")
    assert Attempts.objects.get().tries == 1


def test_old_windows_do_not_pile_up(frozen: Any) -> None:
    """Counts of windows that have passed are removed when another begins."""
    limits.spend(limits.LOGIN, "guess1")
    frozen.advance(limits.LOGIN.window)
    limits.spend(limits.LOGIN, "guess2")
    assert list(Attempts.objects.values_list("key", flat=True)) == ["guess2"]


def test_counting_writes_no_log() -> None:
    """The table of counts is unlogged: a search must not cost a disk write."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'access_attempts'")
        assert cursor.fetchall() == [("u",)]
