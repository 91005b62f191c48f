"""The demo's calls are those that the product would have planned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.lines.beds.models import FollowUpCall
from yipan.server.demo import calls
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Request
from yipan.spine.testing import NOON, request_for, small_network

pytestmark = pytest.mark.django_db


def lies(network, department: str, number: int, home: str, days: int) -> None:
    request = request_for(network, home)
    Request.objects.filter(pk=request.pk).update(line="beds")
    since = NOON - timedelta(days=days)
    claim = Claim(network.beds[department][number].id, request, since, NOON + timedelta(days=2))
    booking.occupy(claim=claim, by=SYSTEM, at=since)


def test_each_stay_abroad_has_one_call_on_its_third_day():
    """Stays at home have none; a call of the future is open, and one is made on the day it is due."""
    with clock.using(clock.FrozenClock(NOON)):
        network = small_network()
        lies(network, "neurosurgery", 0, "neurology", 1)
        lies(network, "neurosurgery", 2, "neurology", 6)
        lies(network, "neurology", 0, "neurology", 1)
        assert calls.plan(seed=1) == 2
    old, new = FollowUpCall.objects.order_by("due_on")
    assert (old.due_on, new.due_on) == (date(2026, 2, 27), date(2026, 3, 4))
    assert old.done_at is not None
    assert old.done_at.date() == old.due_on
    assert new.done_at is None
