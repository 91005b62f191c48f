"""Beds counted in the database say what the beds say one by one."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from yipan.base.access import ANONYMOUS, SYSTEM, Role
from yipan.kernel import clock
from yipan.lines.beds.queries.beds import bed_rows
from yipan.lines.beds.queries.tallies import Counts, tallies, total
from yipan.lines.beds.tests.busy import BusyHospital, busy_hospital
from yipan.spine.testing import NOON, hours, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    frozen = clock.FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def hospital() -> BusyHospital:
    return busy_hospital()


def test_counts_are_those_of_the_beds(hospital, noon):
    """Grouped in SQL or read bed by bed, each status has the same number, now and six hours later."""
    for at in (NOON, NOON + timedelta(hours=6)):
        one_by_one = Counter(row.status(at).value for row in bed_rows(actor=SYSTEM, at=at))
        counts = total(tallies(actor=SYSTEM, at=at))
        grouped = {name: getattr(counts, name) for name in ("free", "held", "occupied", "cleaning", "closed")}
        assert grouped == {name: one_by_one.get(name, 0) for name in grouped}
        assert counts.beds == 12


def test_what_is_counted_besides_the_status(hospital):
    """Departures of today, patients abroad and critical ones are counted, and open beds leave out closed ones."""
    counts = total(tallies(actor=SYSTEM))
    assert (counts.leaving, counts.outliers, counts.critical) == (1, 1, 1)
    assert (counts.open, counts.occupancy) == (11, 3 / 11)


def test_tonight_follows_the_decisions(hospital):
    """Free tonight: free and cleaned beds and those left today, without the held, the confirmed and the closed one."""
    # Neurology 02, 04, 05, 06 and the three empty beds of neurosurgery.
    assert total(tallies(actor=SYSTEM)).tonight == 7


def test_a_departure_of_tomorrow_is_not_tonight(hospital, noon):
    """At one minute past midnight the departure that was due yesterday still counts as leaving."""
    after = NOON + hours(12) + timedelta(minutes=1)
    noon.advance(after - NOON)
    assert total(tallies(actor=SYSTEM)).leaving == 1


def test_only_what_may_be_seen(hospital):
    """Beds of another hospital are not counted, for the system they are."""
    other = small_network()
    actor = other.actor(Role.COORDINATOR)
    assert {row.site_id for row in tallies(actor=actor)} == {str(other.site.id)}
    assert len({row.site_id for row in tallies(actor=SYSTEM)}) == 2
    assert total(tallies(actor=SYSTEM, site_ids=[other.site.id])).beds == 8


def test_nobody_sees_nothing():
    """Someone without any role gets no counts, and nothing of nothing has no occupancy."""
    small_network()
    assert tallies(actor=ANONYMOUS) == []
    assert Counts().occupancy is None
