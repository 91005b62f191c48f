"""Where places are taken for minutes, a delay moves whoever is behind and loses nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yipan.base.access import SYSTEM
from yipan.spine import booking, capacities
from yipan.spine.booking import Claim
from yipan.spine.models import Booking
from yipan.spine.testing import NOON, patient, request_for, small_network

MINUTE = timedelta(minutes=1)


def plan(network, capacity, start, length, who=None):
    request = request_for(network, "neurology", who or patient())
    begin = NOON + start * MINUTE
    claim = Claim(capacity.pk, request, begin, begin + length * MINUTE, body=False, attends=True)
    (row,) = booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(hours=9), at=NOON)
    return row


class TestShifting(TestCase):
    """Delays of every length."""

    def setUp(self):
        self.network = small_network(wards={"neurology": 0})
        self.capacity = capacities.make(kind="device", site_id=self.network.site.pk)

    @settings(max_examples=25)
    @given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=1, max_size=4), st.integers(0, 60))
    def test_order_and_length_stay(self, gaps, late):
        """Whoever is behind keeps order and length, begins no earlier than planned, and waits no longer than needed."""
        Booking.objects.all().delete()
        front, rows = 0, []
        for gap, length in gaps:
            rows.append(plan(self.network, self.capacity, front + gap, length))
            front += gap + length
        planned = [(row.start, row.end) for row in rows]
        arrived = booking.arrive(
            booking_id=rows[0].pk, by=SYSTEM, lasts=10 * MINUTE, shift=True, at=NOON + late * MINUTE
        )
        free = arrived.end
        for row, (start, end) in zip(rows[1:], planned[1:], strict=True):
            row.refresh_from_db()
            assert row.state == "held"
            assert row.start == max(start, free)
            assert row.end - row.start == end - start
            free = row.end


@pytest.mark.django_db
def test_a_patient_expected_elsewhere():
    """Somebody who cannot come later, because of another appointment, waits for a new time instead."""
    network, who = small_network(wards={"neurology": 0}), patient()
    device, clinic = (capacities.make(kind="device", site_id=network.site.pk) for _ in range(2))
    first, second = plan(network, device, 0, 10), plan(network, device, 10, 10, who)
    plan(network, clinic, 20, 30, who)
    booking.arrive(booking_id=first.pk, by=SYSTEM, lasts=10 * MINUTE, shift=True, at=NOON + 8 * MINUTE)
    second.refresh_from_db()
    assert second.state == "displaced"
