"""Seats of a queue keep their planned times, and a place that cannot be had as planned is given back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import SYSTEM
from yipan.kernel.errors import Conflict
from yipan.spine import booking, capacities
from yipan.spine.booking import Claim
from yipan.spine.consistency import bookings as findings
from yipan.spine.models import Booking, OutboxMessage
from yipan.spine.queries import RequestState, state_of
from yipan.spine.testing import NOON, hours, request_for, small_network

pytestmark = pytest.mark.django_db

TEN = timedelta(minutes=10)


@pytest.fixture
def seats():
    """Two patients with the first two seats of a room."""
    network = small_network()
    room = capacities.make(kind="room", site_id=network.site.pk)
    claims = [
        Claim(
            room.pk, request_for(network, "neurology"), NOON + n * TEN, NOON + (n + 1) * TEN, body=False, attends=True
        )
        for n in range(2)
    ]
    rows = booking.hold(claims=claims, by=SYSTEM, keep=hours(9), at=NOON)
    for row in rows:
        booking.confirm(booking_id=row.pk, by=SYSTEM, at=NOON)
    return rows


def test_a_long_visit_moves_nobody(seats):
    """The first comes late and stays long; both seats stand where they were planned, and the events tell what was."""
    first, second = seats
    booking.take_seat(booking_id=first.pk, by=SYSTEM, at=NOON + 3 * TEN)
    booking.leave_seat(booking_id=first.pk, by=SYSTEM, at=NOON + 6 * TEN)
    booking.take_seat(booking_id=second.pk, by=SYSTEM, at=NOON + 6 * TEN)
    stored = list(Booking.objects.order_by("period").values_list("state", "period"))
    assert [(state, period.lower, period.upper) for state, period in stored] == [
        ("done", NOON, NOON + TEN),
        ("active", NOON + TEN, NOON + 2 * TEN),
    ]
    assert list(findings()) == []


def test_one_in_the_room(seats):
    """While somebody is in the room nobody else comes in, and nothing changes."""
    first, second = seats
    booking.take_seat(booking_id=first.pk, by=SYSTEM, at=NOON)
    with pytest.raises(Conflict) as refusal:
        booking.take_seat(booking_id=second.pk, by=SYSTEM, at=NOON)
    assert refusal.value.code == "capacity_taken"
    assert Booking.objects.get(pk=second.pk).state == "confirmed"


def test_displaced(seats):
    """A seat that cannot be had as planned is free, its request waits again, and the line is asked to propose anew."""
    first, _ = seats
    booking.displace(booking_id=first.pk, by=SYSTEM, reason="away", at=NOON)
    assert state_of(first.request_id) == RequestState.WAITING
    assert OutboxMessage.objects.get().topic == "test.displaced"
