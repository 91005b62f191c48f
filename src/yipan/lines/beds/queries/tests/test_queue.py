"""Who waits, as it is kept from question to question, is who waits by a reading of every request."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from yipan.kernel.errors import YipanError
from yipan.lines.beds.queries import queue
from yipan.lines.beds.queries.tests.test_mirror import VERBS, hold
from yipan.lines.beds.tests.busy import ask
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, SmallNetwork, hours, small_network

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def network() -> SmallNetwork:
    return small_network(wards={"neurology": 6, "neurosurgery": 6})


def plainly(at, asking: UUID | None = None) -> dict[UUID, int]:
    """Request by request: not called off, wanted by now, at most a week old, without a bed had, had once, or held."""
    counts: Counter[UUID] = Counter()
    for request in Request.objects.filter(line="beds", cancelled_at=None).exclude(pk=asking):
        bookings = Booking.objects.filter(request=request, purpose="care")
        taken = any(
            b.state in ("active", "done", "confirmed") or (b.state == "held" and b.expires_at > at) for b in bookings
        )
        if not taken and request.wanted_from <= at and request.created_at > at - queue.WAITED_AT_MOST:
            counts[request.home_department_id] += 1
    return dict(counts)


@pytest.mark.parametrize("seed", range(3))
def test_it_follows_whatever_happens(network: SmallNetwork, seed: int) -> None:
    """After every request, verb and cancelling the kept counts are the plain ones: now, when holds ran out, later."""
    chance, made = random.Random(seed), []
    for _ in range(20):
        try:
            what = chance.random()
            if not made or what < 0.4:
                made.append(hold(network, chance.randrange(6), chance.choice((0, 0, 60))))
            elif what < 0.6:
                ask(network)
            elif what < 0.7:
                request = Request.objects.filter(cancelled_at=None).order_by("?").first()
                Request.objects.filter(pk=request.pk).update(cancelled_at=NOON)
            else:
                VERBS[chance.choice(sorted(VERBS))](chance.choice(made))
        except YipanError:
            continue
        for at in (NOON, NOON + hours(1), NOON + hours(30), NOON + timedelta(days=8), NOON):
            assert queue.waiting(at, None) == plainly(at)


def test_nobody_stands_in_the_own_way(network: SmallNetwork) -> None:
    """The request that a bed is looked for is not counted; without one, all are."""
    mine, _ = ask(network), ask(network)
    assert sum(queue.waiting(NOON, mine.pk).values()) == 1
    assert sum(queue.waiting(NOON, None).values()) == 2


def test_what_is_rolled_back_is_not_kept(network: SmallNetwork) -> None:
    """A transaction counts its own hold; when it comes to nothing, nobody has kept it."""
    ask(network)
    before = queue.waiting(NOON, None)
    with transaction.atomic():
        hold(network, 0)
        assert queue.waiting(NOON, None) == plainly(NOON)
        transaction.set_rollback(True)
    assert queue.waiting(NOON, None) == before == plainly(NOON)
