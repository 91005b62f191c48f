"""A clock that jumps: order does not come from it, nothing is stuck because of it, and holds end by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from yipan.base.access import SYSTEM
from yipan.interop.inbound import apply_pending
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import His
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict
from yipan.spine import booking, outbox
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Event, OutboxMessage
from yipan.spine.queries import state_of
from yipan.spine.testing import NOON, SmallNetwork, hours, request_for, small_network

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


class JumpingClock(FrozenClock):
    """A clock that somebody sets."""

    def set(self, to: Any) -> None:
        self._at = to


@pytest.fixture
def time() -> Iterator[JumpingClock]:
    with clock.using(JumpingClock(NOON)) as used:
        assert isinstance(used, JumpingClock)
        yield used


@pytest.fixture
def network() -> SmallNetwork:
    return small_network()


def hold(network: SmallNetwork, bed: int) -> Booking:
    claim = Claim(network.beds["neurology"][bed].pk, request_for(network, "neurology"), NOON, NOON + hours(24))
    return booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(minutes=30))[0]


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of the wishes that were carried out."""
    done: list[str] = []
    monkeypatch.setitem(outbox._handlers, "test.letter", lambda key, payload: done.append(key))
    return done


def test_a_jump_ahead_ends_holds_and_the_request_waits_again(network: SmallNetwork, time: JumpingClock) -> None:
    """A hold ends by the clock in use; after the clock is set right it stays ended, and the bed can be held anew."""
    row = hold(network, 0)
    time.set(NOON + DAY)
    assert booking.expire_due() == 1
    time.set(NOON + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.state == "expired"
    assert row.request is not None
    assert str(state_of(row.request.pk)) == "waiting"
    assert hold(network, 0).state == "held"


def test_a_jump_back_keeps_a_hold_until_its_written_time(network: SmallNetwork, time: JumpingClock) -> None:
    """A hold made while the clock was ahead keeps the bed from others, and can be given back by hand."""
    time.set(NOON + hours(2))
    row = hold(network, 0)
    time.set(NOON)
    assert booking.expire_due() == 0
    with pytest.raises(Conflict, match="capacity_taken"):
        hold(network, 0)
    assert booking.release(booking_id=row.pk, by=SYSTEM).state == "released"
    assert hold(network, 0).state == "held"


def test_messages_keep_their_order_when_the_clock_goes_back(time: JumpingClock) -> None:
    """Messages take effect in the order of arrival, which their number gives and not the time of their receipt."""
    his = His(small_network())
    bed = his.network.beds["neurology"][0]
    his.tell("A01", "P1", bed)
    time.set(NOON - hours(2))
    his.tell("A03", "P1", bed)
    assert apply_pending() == 2
    first, second = InboundMessage.objects.order_by("id")
    assert first.received_at > second.received_at
    assert (first.state, second.state) == ("applied", "applied")
    assert list(Event.objects.filter(kind__startswith="booking.").order_by("id").values_list("kind", flat=True)) == [
        "booking.arrived",
        "booking.departed",
    ]


def test_what_waits_to_be_tried_again_is_not_stuck(time: JumpingClock) -> None:
    """A message that was put off while the clock was a year ahead is tried again once the clock is right."""
    his = His(small_network())
    bed = his.network.beds["neurology"][0]
    time.set(NOON + 365 * DAY)
    waiting = his.say("A03", "P1", bed)
    assert (waiting.state, waiting.error_code != "") == ("waiting", True)
    time.set(NOON)
    attempts = waiting.attempts
    apply_pending()
    waiting.refresh_from_db()
    assert waiting.attempts == attempts + 1


def test_effects_are_not_stuck(time: JumpingClock, letters: list[str]) -> None:
    """A wish that was written while the clock was a year ahead is carried out at once when the clock is right."""
    time.set(NOON + 365 * DAY)
    outbox.put(topic="test.letter", key="now", payload={})
    outbox.put(topic="test.letter", key="tomorrow", payload={}, not_before=clock.now() + DAY)
    time.set(NOON)
    outbox.relay_once()
    assert letters == ["now"]


def test_a_failed_effect_is_not_stuck(time: JumpingClock, letters: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A retry that was put off while the clock was ahead lies further away than any pause, and is done at once."""
    time.set(NOON + 365 * DAY)
    outbox.put(topic="test.letter", key="again", payload={})
    with monkeypatch.context() as patch:
        patch.setitem(outbox._handlers, "test.letter", lambda key, payload: 1 / 0)
        outbox.relay_once(limit=1)
    assert OutboxMessage.objects.get().attempts == 1
    time.set(NOON)
    outbox.relay_once(limit=1)
    assert letters == ["again"]
