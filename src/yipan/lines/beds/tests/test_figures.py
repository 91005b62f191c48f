"""The figures count what they say, and name the stays behind them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from yipan.base.access import SYSTEM, Role
from yipan.base.access.models import Grant
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput
from yipan.lines.beds.models import AdmissionRequest
from yipan.lines.beds.queries.figures import Asked, Period, lent, stays, table
from yipan.spine import booking
from yipan.spine.booking import Stay
from yipan.spine.testing import NOON, SmallNetwork, hours, request_for, small_network

pytestmark = pytest.mark.django_db

WEEK = Asked(Period(date(2026, 2, 23), date(2026, 3, 1)))
"""Seven whole days that end the night before `NOON`."""


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)) as frozen:
        yield frozen


@pytest.fixture
def network() -> SmallNetwork:
    return small_network(wards={"neurology": 2, "neurosurgery": 2})


def stay(network, bed_of, number, home, arrived, departed=None, wait=15):
    """A stay of `home`'s patient in a bed of `bed_of`; times in hours before NOON, the wait in minutes."""
    request = request_for(network, home)
    came = NOON - hours(arrived)
    AdmissionRequest.objects.create(request=request, certificate_at=came - timedelta(minutes=wait))
    return Stay(
        network.beds[bed_of][number].id,
        request,
        came,
        departed=None if departed is None else NOON - hours(departed),
        expected_end=NOON + hours(48),
        steps={"booking.held": came - timedelta(minutes=wait / 3)},
    )


def total(network, asked=WEEK):
    (row,) = table(actor=network.actor(Role.MANAGER), asked=asked, by="total")
    return row


def test_empty_period(network):
    """A period in which nothing happened has zeros and no shares, not errors."""
    row = total(network)
    assert (row.admissions, row.outliers, row.departures) == (0, 0, 0)
    assert (row.to_arrival, row.utilisation) == (None, 0)


def test_counts(network):
    """Admissions, outliers with their bed-days, departures, waits and utilisation of a week are those of its stays."""
    booking.take_over(
        stays=[
            stay(network, "neurology", 0, "neurology", 108, 60, wait=10),
            stay(network, "neurosurgery", 0, "neurology", 84, 36, wait=30),
        ],
        by=SYSTEM,
    )
    row = total(network)
    assert (row.admissions, row.outliers, row.departures) == (2, 1, 2)
    assert float(row.outlier_days) == pytest.approx(2.0)
    assert row.occupied_days == pytest.approx(4.0)
    assert row.utilisation == pytest.approx(4 / 28)
    assert (row.to_arrival, row.in_20) == (pytest.approx(20.0), pytest.approx(0.5))
    assert row.turnover == pytest.approx(0.5)


def test_transfer_counts_once(network):
    """A transfer is neither a second admission nor a departure."""
    (first,) = booking.take_over(stays=[stay(network, "neurology", 0, "neurology", 60)], by=SYSTEM)
    claim = booking.Claim(network.beds["neurosurgery"][0].id, first.request, NOON - hours(36), NOON + hours(10))
    booking.move(booking_id=first.id, claim=claim, by=SYSTEM, turnover_length=timedelta(0), at=NOON - hours(36))
    row = total(network)
    assert (row.admissions, row.departures, row.outliers) == (1, 0, 1)


def test_by_day_adds_up(network):
    """Occupied bed-days by day add up to those of the period."""
    booking.take_over(stays=[stay(network, "neurology", 0, "neurology", 130, 20)], by=SYSTEM)
    days = table(actor=network.actor(Role.MANAGER), asked=WEEK, by="day")
    assert [row.key for row in days] == WEEK.period.days
    assert sum(row.occupied_days for row in days) == pytest.approx(total(network).occupied_days)


def test_only_where_one_may_look(network):
    """Figures of another hospital are not counted."""
    other = small_network()
    booking.take_over(stays=[stay(network, "neurology", 0, "neurology", 108, 60)], by=SYSTEM)
    assert total(other).admissions == 0
    assert total(network).admissions == 1


def test_closed_beds_are_not_open(network):
    """The days on which a bed was closed are not part of the denominator."""
    bed = network.beds["neurology"][0].id
    booking.close(capacity_ids=[bed], until=None, reason="x", by=SYSTEM, at=NOON - hours(12 + 24))
    assert total(network).open_days == pytest.approx(27.0)


def test_lent_beds(network):
    """The days that a department's patients lay with another are told by pair."""
    booking.take_over(stays=[stay(network, "neurosurgery", 0, "neurology", 84, 36)], by=SYSTEM)
    (row,) = lent(actor=network.actor(Role.MANAGER), asked=WEEK)
    home, host = network.departments["neurology"], network.departments["neurosurgery"]
    assert (row.home, row.host, row.patients) == (home.pk, host.pk, 1)
    assert row.days == pytest.approx(2.0)


def test_stays_behind_a_figure(network):
    """The list behind a figure has as many stays as the figure says."""
    booking.take_over(
        stays=[
            stay(network, "neurology", 0, "neurology", 108, 60),
            stay(network, "neurosurgery", 0, "neurology", 84, 36),
        ],
        by=SYSTEM,
    )
    actor = network.actor(Role.MANAGER)
    assert len(stays(actor=actor, asked=WEEK, which="admissions")) == 2
    assert len(stays(actor=actor, asked=WEEK, which="outliers")) == 1


@pytest.mark.parametrize("days", [(date(2026, 3, 2), date(2026, 3, 1)), (date(2024, 1, 1), date(2026, 3, 1))])
def test_impossible_periods(days):
    """A period that ends before it begins, or is longer than a year, is refused."""
    with pytest.raises(InvalidInput):
        Period(*days)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", ["/figures", "/figures?by=department", "/figures?by=day&from=x", "/figures/stays"])
def test_pages(network, address, language):
    """The pages answer in both languages, also to an address with a wrong date."""
    user = User.objects.create_user("m", first_name="m")
    Grant.objects.create(user=user, role="manager", organisation=network.organisation)
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    assert ("跨科" if language == "zh-hans" else "Cross-department") in answer.content.decode() or "stays" in address


def test_ward_nurse_has_no_figures(network):
    """A role without the right is refused."""
    user = User.objects.create_user("n", first_name="n")
    Grant.objects.create(user=user, role="ward_nurse", organisation=network.organisation)
    client = Client()
    client.force_login(user)
    assert client.get("/figures").status_code == 403
