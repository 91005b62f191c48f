"""What other lines book is no stay in a bed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.lines.beds.queries import flows, rounds
from yipan.spine import booking, capacities
from yipan.spine.booking import Claim
from yipan.spine.testing import NOON, hours, practitioner, request_for, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def chair():
    """Somebody who sits in a chair of another line, with a doctor who has rounds."""
    network = small_network()
    request = request_for(network, "neurology")
    request.attending = practitioner(network.departments["neurology"])
    request.save()
    place = capacities.make(kind="chair", site_id=network.site.pk)
    claim = Claim(place.pk, request, NOON, NOON + timedelta(minutes=10), body=False)
    booking.occupy(claim=claim, by=SYSTEM, at=NOON)
    return request


def test_rounds_are_to_beds(chair):
    """A patient whom the doctor sees elsewhere is not on the rounding list."""
    assert rounds.round_of(chair.attending) == []


def test_lengths_of_stays_are_those_in_beds(chair):
    """Ten minutes in a chair are no stay that forecasts learn from, and no arrival in a bed."""
    with clock.using(clock.FrozenClock(NOON + hours(1))):
        assert flows.lengths(clock.now(), NOON - hours(1)) == []
        assert len(set(flows.by_hour(clock.now()))) == 1
