"""Forecasts made from history and bookings, stored, and counted with by placement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from yipan.base.access import SYSTEM, Role
from yipan.base.network.importing import add_policy
from yipan.engine.placement import NEVER
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds.queries import arrays, outlook, proposals
from yipan.planning.forecasting import making
from yipan.planning.forecasting.alerts import raised_by_day
from yipan.planning.forecasting.hours import Beds
from yipan.planning.forecasting.panels import Place, series
from yipan.planning.models import Alert, Cause, Forecast, History, Measure, Outlook, Step
from yipan.planning.tasks import foresee, make_days, make_hours
from yipan.planning.tests.conftest import DAY, Ward
from yipan.spine.testing import NOON

WEEKS = 8


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forecasts are computed in this process: quick, and nothing else to wait for."""
    monkeypatch.setattr(making, "apart", lambda function, *args, **kwargs: function(*args, **kwargs))


def remember(ward: Ward, *, occupied: float = 3.0, arrivals: float = 2.0, days: int = 7 * WEEKS) -> None:
    """Daily history of both wards and departments up to yesterday; quieter on Sundays."""
    first = (NOON - days * DAY).date()
    quiet = np.array([(first + i * DAY).weekday() == 6 for i in range(days)])
    for name in ward.network.wards:
        for measure, level in (
            (Measure.OCCUPIED, occupied),
            (Measure.ARRIVALS, arrivals),
            (Measure.DISCHARGES, arrivals),
        ):
            values = np.where(quiet, level - 1, level).tolist()
            for place in ({"ward": ward.network.wards[name]}, {"department": ward.network.departments[name]}):
                History.objects.create(site=ward.network.site, measure=measure, first=first, values=values, **place)


def test_series_are_history_then_bookings(ward: Ward) -> None:
    """History fills its days; a site is the sum of its wards; days that nothing is known of are not there."""
    remember(ward)
    known = series(NOON)
    assert known.values.shape == (5, 3, 7 * WEEKS)
    site = next(i for i, p in enumerate(known.places) if p.kind == "site")
    assert known.of(Measure.OCCUPIED)[site, :7].tolist() == [6, 6, 6, 6, 6, 6, 4]
    assert known.following == NOON.date()


def test_bookings_count_from_the_day_after_the_first(ward: Ward) -> None:
    """Whoever lay there when Yipan began is no arrival of that day; later days are counted whole."""
    known = series(NOON + 2 * DAY)
    assert known.values.shape[2] == 1
    place = next(i for i, p in enumerate(known.places) if p.id == ward.network.wards["neurology"].pk)
    assert known.values[place, :, 0].tolist() == [4, 0, 0]


def test_a_forecast_by_day_is_stored_for_every_place_and_never_changes(ward: Ward) -> None:
    """Three measures of two wards, two departments and the site, 14 days by 13 levels; an update is refused."""
    remember(ward)
    made = making.days(NOON)
    assert made is not None
    rows = list(made.forecasts.all())
    assert len(rows) == 15
    assert {len(row.values) for row in rows} == {14 * 13}
    assert made.known_until == made.first
    of_ward = next(r for r in rows if r.ward == ward.network.wards["neurology"] and r.measure == Measure.OCCUPIED)
    assert (of_ward.beds, of_ward.values[6]) == (4, 3.0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Forecast.objects.filter(pk=of_ward.pk).update(beds=9)
    assert Forecast.objects.get(pk=of_ward.pk).beds == 4


def test_forecasts_by_day_follow_the_holidays_of_the_country(
    ward: Ward, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """YIPAN_COUNTRY names them, China without it."""
    remember(ward)
    asked: list[str] = []
    here = making.apart

    def apart(function: Any, *args: Any, country: str) -> Any:
        asked.append(country)
        return here(function, *args, country=country)

    monkeypatch.setattr(making, "apart", apart)
    making.days(NOON)
    settings.YIPAN_COUNTRY = "SG"
    making.days(NOON)
    assert set(asked[: len(asked) // 2]) == {"CN"}
    assert set(asked[len(asked) // 2 :]) == {"SG"}


def test_the_wards_of_a_site_sum_to_the_site(ward: Ward) -> None:
    """Medians of parts and whole agree in what is stored."""
    remember(ward)
    made = making.days(NOON)
    assert made is not None
    rows = made.forecasts.filter(measure=Measure.ARRIVALS, department=None)
    medians = {row.ward_id: np.array(row.values).reshape(14, 13)[:, 6] for row in rows}
    whole = medians.pop(None)
    np.testing.assert_allclose(sum(medians.values()), whole, atol=0.01)


def test_without_history_nothing_is_forecast_by_day(ward: Ward) -> None:
    """Fewer than 15 known days of every series: no outlook, and no error."""
    assert making.days(NOON) is None
    assert not Outlook.objects.exists()


def test_the_hours_begin_with_who_is_there(ward: Ward) -> None:
    """Hour 0 is certain; announced departures leave on time; what was said by day sets the arrivals."""
    remember(ward)
    making.days(NOON)
    made = making.hours(NOON)
    home = made.forecasts.get(ward=ward.network.wards["neurology"])
    values = np.array(home.values).reshape(73, 13)
    assert set(values[0]) == {4.0}
    assert home.arriving[24] == pytest.approx(2.0, abs=0.3)
    assert 0 < home.leaving[24] < home.leaving[72]
    assert made.forecasts.filter(ward=None, department=None).count() == 1


def test_an_alert_says_where_when_how_likely_and_why(ward: Ward) -> None:
    """Four of four beds taken, six arrivals a day where two were usual: neurology runs out, by arrivals."""
    remember(ward, arrivals=2.0)
    made = making.days(NOON)
    assert made is not None
    home = ward.network.departments["neurology"]
    with transaction.atomic():
        row = made.forecasts.get(department=home, measure=Measure.ARRIVALS)
        row.delete()
        Forecast.objects.create(
            outlook=made, site=home.site, department=home, measure=Measure.ARRIVALS, values=[6.0] * 14 * 13
        )
    alert = Alert.objects.get(outlook=making.hours(NOON), department=home)
    assert (alert.beds, alert.taken, alert.cause) == (4, 4, Cause.ARRIVALS)
    assert NOON < alert.by <= NOON + 3 * DAY
    assert alert.chance > 0.5
    assert alert.facts["arrivals"] == pytest.approx(6, abs=0.5)
    assert alert.facts["usual"] == pytest.approx(2, abs=0.5)


def test_jobs_make_what_is_due_and_nothing_twice(ward: Ward, time: FrozenClock) -> None:
    """A forecast by day once a day and one by hour; the periodic duty asks for what is old."""
    remember(ward)
    for job in (make_days, make_hours):
        job.func()
        job.func()
    assert sorted(Outlook.objects.values_list("step", flat=True)) == [Step.DAYS, Step.HOURS]
    foresee.func(0)
    from procrastinate.contrib.django.models import ProcrastinateJob

    waiting = set(ProcrastinateJob.objects.values_list("task_name", flat=True))
    assert "planning.hours" not in waiting
    assert "planning.rehearse" in waiting
    time.advance(timedelta(hours=1))
    foresee.func(0)
    assert ProcrastinateJob.objects.filter(task_name="planning.hours").count() == 1


def test_a_rehearsal_knows_nothing_of_what_came_after(ward: Ward) -> None:
    """A forecast of 14 days ago is the same whatever happened since."""
    remember(ward)
    (first,) = making.rehearse(NOON, [14])
    History.objects.update(values=History.objects.first().values[:-14] + [99.0] * 14)
    (second,) = making.rehearse(NOON, [14])
    told = [sorted(map(tuple, made.forecasts.values_list("measure", "values"))) for made in (first, second)]
    kept = [[(m, tuple(v)) for m, v in rows if m == Measure.OCCUPIED] for rows in told]
    assert first.rehearsed
    assert first.known_until == NOON.replace(hour=0) - 14 * DAY - timedelta(hours=8)
    assert kept[0] == kept[1]


def test_placement_counts_with_the_newest_forecast(ward: Ward) -> None:
    """Own arrivals and departures of the coming day and who waits stand in the arrays; too old a forecast does not."""
    remember(ward)
    making.days(NOON)
    making.hours(NOON)
    network, beds = arrays.live(NOON)
    row = network.ward[ward.network.wards["neurology"].pk]
    assert beds.wards["foreseen"][row] == 1
    assert beds.wards["expected_need"][row] == pytest.approx(2 + 2, abs=0.4), "two arrive, two wait"
    home = network.department[ward.network.departments["neurology"].pk]
    assert 0 < beds.departments["own_in"][home] < NEVER
    assert outlook.usable(NOON + 12 * timedelta(hours=1)) is not None
    assert outlook.usable(NOON + 12.1 * timedelta(hours=1)) is None
    _, later = arrays.live(NOON + DAY)
    assert not later.wards["foreseen"].any()


def test_a_proposal_says_what_is_expected_or_that_no_forecast_is_there(ward: Ward, time: FrozenClock) -> None:
    """Under look-ahead the reason names the forecast; once it is stale, the fixed reserve and why."""
    remember(ward)
    add_policy(ward.network.organisation.pk, {"strategy": "lookahead", "lookahead": {"bed_hour_price": 0.0}}, SYSTEM)
    actor = ward.network.actor(Role.COORDINATOR)

    def cost() -> str:
        return proposals.for_request(actor=actor, request=ward.waiting[0]).choices[0].reasons[2].code

    assert cost() == "place_cost_no_forecast"
    making.days(NOON)
    making.hours(NOON)
    assert cost().startswith("place_cost_ahead")
    time.advance(timedelta(hours=13))
    assert cost() == "place_cost_no_forecast"


@pytest.mark.parametrize(("beds", "closed", "cause"), [(9, 0, Cause.ARRIVALS), (12, 3, Cause.CLOSED), (14, 0, None)])
def test_a_forecast_by_day_warns_beyond_three_days(beds: int, closed: int, cause: Cause | None) -> None:
    """Ten patients expected from the fifth day on: nine open beds run out then, fourteen do not; the cause is named."""
    days = np.full((14, 13), 5.0)
    days[4:] = 10.0
    place = Place("site", UUID(int=1), UUID(int=1))
    alert = raised_by_day(place, Beds(beds, closed), days, np.full((14, 13), 3.0), 2.0, NOON)
    assert (alert.cause if alert else None) == cause
    if alert:
        assert (alert.by, alert.chance, alert.beds, alert.need) == (NOON + 4 * DAY, 1.0, 9, 10.0)
        assert alert.facts["usual"] == 2.0
    assert raised_by_day(place, Beds(9), days[:4], None, 2.0, NOON) is None, "the hours tell of these days"
