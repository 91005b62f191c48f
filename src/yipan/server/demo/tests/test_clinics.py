"""The demo begins at any hour."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yipan.base.network.models import Department
from yipan.kernel import clock
from yipan.lines.appointments.models import Clinic
from yipan.server.demo import clinics
from yipan.spine.models import Booking
from yipan.spine.testing import practitioner, small_network

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("minute", [5, 67, 720, 1415])
def test_a_session_is_under_way_whenever_the_demo_begins(minute):
    """So many minutes after midnight the day's clinic has its patients, none received on the day before."""
    began = datetime.fromtimestamp(datetime(2026, 3, 2, 16, tzinfo=UTC).timestamp() + 60 * minute, UTC)
    with clock.using(clock.FrozenClock(began)):
        home = small_network().departments["neurology"]
        Department.objects.filter(pk=home.pk).update(code="YJ1-NEU")
        practitioner(home)
        clinics.open_doors()
    under_way = Clinic.objects.get(code__endswith="-0")
    assert Booking.objects.filter(capacity=under_way.capacity).count() >= clinics.TODAY // 2
