"""Stays taken over from another system."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import SYSTEM
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.spine.booking import Stay, take_over
from yipan.spine.models import Booking, Event
from yipan.spine.queries import state_of
from yipan.spine.testing import NOON, hours, request_for, small_network

pytestmark = pytest.mark.django_db


def test_present_and_past():
    """A present stay makes its request active, a past one done, and both have their events in time order."""
    network = small_network()
    bed = network.beds["neurology"][0].id
    past, present = request_for(network, "neurology"), request_for(network, "neurology")
    take_over(
        stays=[
            Stay(bed, present, NOON - hours(5), expected_end=NOON + hours(40)),
            Stay(
                bed,
                past,
                NOON - hours(50),
                departed=NOON - hours(6),
                steps={"booking.held": NOON - hours(50) - timedelta(minutes=12)},
            ),
        ],
        by=SYSTEM,
    )
    assert (state_of(past.id), state_of(present.id)) == ("done", "active")
    told = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert told == ["booking.held", "booking.arrived", "booking.departed", "booking.arrived"]


def test_two_in_one_bed():
    """Two stays that overlap in one bed are refused and none is written."""
    network = small_network()
    bed = network.beds["neurology"][0].id
    stays = [Stay(bed, request_for(network, "neurology"), NOON - hours(n)) for n in (5, 3)]
    with pytest.raises(Conflict) as refusal:
        take_over(stays=stays, by=SYSTEM)
    assert refusal.value.code == "capacity_taken"
    assert not Booking.objects.exists()


def test_end_before_arrival():
    """A stay that ends before it begins is refused."""
    network = small_network()
    stay = Stay(network.beds["neurology"][0].id, request_for(network, "neurology"), NOON, departed=NOON - hours(1))
    with pytest.raises(InvalidInput):
        take_over(stays=[stay], by=SYSTEM)
