"""What the overview counts besides beds: waits, comings and goings, patients abroad, groups of sites."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import SYSTEM, Role
from yipan.base.network.models import Alliance, Organisation, Site
from yipan.kernel import clock
from yipan.lines.beds.queries import overview
from yipan.lines.beds.queries.tallies import Counts, tallies
from yipan.lines.beds.tests.busy import CLEAN, BusyHospital, ask, busy_hospital, lie
from yipan.spine import booking
from yipan.spine.booking import Claim
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


def test_the_most_urgent_stands_first(hospital):
    """Critical before serious, emergency before urgent, and among equals who waits longest."""
    network = hospital.network
    old = ask(network, at=NOON - hours(3))
    new = ask(network, at=NOON - hours(1))
    emergency = ask(network, at=NOON, priority="emergency")
    critical = ask(network, at=NOON, severity="critical")
    now, later = overview.waiting_rows(actor=SYSTEM)
    assert [row.id for row in now] == [critical.id, emergency.id, old.id, new.id]
    assert later == []


def test_a_planned_admission_waits_from_its_day(hospital, noon):
    """Asked for tomorrow: nobody waits yet; once the time is there the wait counts from it, not the certificate."""
    planned = ask(hospital.network, at=NOON - hours(5), wanted_from=NOON + hours(20))
    now, later = overview.waiting_rows(actor=SYSTEM)
    assert (now, [row.id for row in later]) == ([], [planned.id])
    noon.advance(hours(21))
    now, _ = overview.waiting_rows(actor=SYSTEM)
    assert next(row for row in now if row.id == planned.id).since == NOON + hours(20)


def test_who_has_a_bed_does_not_wait(hospital, noon):
    """A hold ends the wait; when it runs out the patient waits again, from the certificate on."""
    assert overview.waiting_rows(actor=SYSTEM) == ([], [])
    noon.advance(timedelta(minutes=16))
    (row,), _ = overview.waiting_rows(actor=SYSTEM)
    assert (row.id, row.since) == (hospital.bookings["held"].request_id, NOON)


def test_other_hospitals_wait_unseen(hospital):
    """A coordinator sees the requests of her own organisation only, and those of one site when asked."""
    ask(hospital.network)
    other = small_network()
    assert overview.waiting_rows(actor=other.actor(Role.COORDINATOR)) == ([], [])
    assert overview.waiting_rows(actor=SYSTEM, site_id=other.site.id) == ([], [])
    assert len(overview.waiting_rows(actor=SYSTEM, site_id=hospital.network.site.id)[0]) == 1


def test_what_could_help(hospital):
    """A department's own free beds and departures, and its allies', stand beside those who wait for it."""
    departments = hospital.network.departments
    Alliance.objects.create(department=departments["neurology"], ally=departments["neurosurgery"], rank=1)
    ask(hospital.network, at=NOON - hours(1))
    ask(hospital.network, at=NOON - hours(3), severity="serious")
    now, _ = overview.waiting_rows(actor=SYSTEM)
    (entry,) = overview.helps(now, tallies(actor=SYSTEM), NOON)
    assert (entry.own_free, entry.own_leaving, entry.allied_free, entry.bound) == (3, 1, 3, 1)
    assert (entry.median, entry.longest) == (hours(2), hours(3))


def test_comings_and_goings_by_the_hour(hospital, noon):
    """Each admission and departure stands in its hour; what is overdue stands in the running one."""
    ask(hospital.network, wanted_from=NOON + hours(5))
    noon.advance(hours(4) + timedelta(minutes=10))
    _, later = overview.waiting_rows(actor=SYSTEM)
    found = overview.flow(actor=SYSTEM, later=later)
    assert found.start == NOON + hours(4)
    assert found.leaving[0] == 1  # announced for 15:00, and it is 16:10
    assert found.confirmed[2] == 1
    assert (sum(found.held), found.wanted[1]) == (0, 1)
    assert sum(found.leaving) == sum(found.confirmed) == sum(found.wanted) == 1


def test_a_move_is_no_discharge(hospital, noon):
    """Who changes the bed has not left hospital; who departs has."""
    row = hospital.bookings["man"]
    claim = Claim(hospital.bed(5).id, row.request, NOON, NOON + hours(48))
    moved = booking.move(booking_id=row.id, claim=claim, by=SYSTEM, turnover_length=CLEAN, at=NOON)
    assert overview.left_today(actor=SYSTEM) == 0
    later = noon.advance(timedelta(minutes=5))
    booking.depart(booking_id=moved.id, by=SYSTEM, turnover_length=CLEAN, at=later)
    assert overview.left_today(actor=SYSTEM) == 1


def test_yesterdays_discharge_is_not_todays(hospital, noon):
    """The day ends at midnight of the site's zone, not at that of UTC."""
    booking.depart(booking_id=hospital.bookings["man"].id, by=SYSTEM, turnover_length=CLEAN, at=NOON + hours(11))
    noon.advance(hours(11.5))
    assert overview.left_today(actor=SYSTEM) == 1
    noon.advance(hours(1))
    assert overview.left_today(actor=SYSTEM) == 0


def test_days_abroad_of_this_month(hospital):
    """Days outside the home department count from the first of the month, over ended and running stays."""
    # NOON is the 2nd of March, 12:00: one day abroad so far for the patient who came on the 1st at noon.
    assert overview.away_days(actor=SYSTEM) == pytest.approx(1.0)
    ended = ask(hospital.network)
    row = lie(
        hospital.network,
        hospital.bed(1, "neurosurgery"),
        ended,
        since=NOON - hours(72),
        until=NOON + hours(1),
    )
    booking.depart(booking_id=row.id, by=SYSTEM, turnover_length=CLEAN, at=NOON - hours(24))
    # Of the second stay only the half day of March counts.
    assert overview.away_days(actor=SYSTEM) == pytest.approx(1.5)


def test_beds_in_use_over_the_day(hospital):
    """The line begins 24 hours ago and ends with what is in use now."""
    line = overview.in_use(actor=SYSTEM)
    assert (len(line), line[0], line[-1]) == (9, 3, 3)
    assert overview.in_use(actor=SYSTEM, at=NOON - hours(36))[-1] == 2


def test_sites_are_divided_where_organisations_part():
    """Groups are the first level at which the sites belong to different organisations, the biggest first."""
    group = Organisation(code="G", name="集团", kind="group")
    group.save()
    county = Organisation(code="C", name="县", kind="group", parent=group)
    county.save()
    hospitals = []
    for code, parent in (("A", group), ("B", county), ("B2", county)):
        organisation = Organisation(code=code, name=code, kind="general_hospital", parent=parent)
        organisation.save()
        hospitals.append(Site.objects.create(code=code, name=code, organisation=organisation))
    beds = {str(site.id): Counts(beds=n) for site, n in zip(hospitals, (10, 8, 9), strict=True)}
    found = overview.grouped(hospitals, beds)
    assert [(g.organisation.code, [s.code for s in g.sites]) for g in found] == [("C", ["B2", "B"]), ("A", ["A"])]
    inside = overview.grouped(hospitals[1:], beds)
    assert [g.organisation.code for g in inside] == ["B2", "B"]
    assert overview.grouped([], beds) == []
