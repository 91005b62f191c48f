"""The pages of foresight: the ribbon, how good forecasts were, and the alerts, also on the overview."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from yipan.base.access import Role
from yipan.lines.beds.tests.people import signed_in
from yipan.planning.forecasting import making, queries
from yipan.planning.forecasting.calibration import calibration
from yipan.planning.forecasting.panels import Place
from yipan.planning.models import Alert, Cause, Measure, Outlook
from yipan.planning.tests.conftest import DAY, Ward
from yipan.planning.tests.test_forecasting import remember
from yipan.planning.tests.test_pages import text_of
from yipan.spine.testing import NOON, small_network


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forecasts are computed in this process."""
    monkeypatch.setattr(making, "apart", lambda function, *args, **kwargs: function(*args, **kwargs))


@pytest.fixture
def manager(ward: Ward) -> Client:
    return signed_in(ward.network.organisation, Role.MANAGER)


def raise_alert(ward: Ward) -> Alert:
    """Neurology is likely to run out tomorrow, by arrivals."""
    outlook = making.hours(NOON)
    home = ward.network.departments["neurology"]
    outlook.alerts.all().delete()
    return Alert.objects.create(
        outlook=outlook,
        site=home.site,
        department=home,
        by=NOON + DAY,
        chance=0.83,
        beds=4,
        taken=4,
        need=6,
        cause=Cause.ARRIVALS,
        facts={"arrivals": 5.0, "discharges": 2.0, "usual": 2.0, "closed": 0.0},
    )


def test_an_empty_page_says_what_is_needed(ward: Ward, manager: Client) -> None:
    """Without a forecast both pages say so, and nothing fails."""
    assert "Nothing is forecast here yet" in text_of(manager, "planning:forecasts")
    assert "Nothing has come true yet" in text_of(manager, "planning:calibration")


def test_the_ribbon_shows_what_happened_and_what_is_expected(ward: Ward, manager: Client) -> None:
    """Days and hours, of site, specialty and ward: intervals, median, open beds, and the days before."""
    remember(ward)
    making.days(NOON)
    making.hours(NOON)
    page = text_of(manager, "planning:forecasts")
    for words in ("95%", "80%", "Median", "Open beds", "What happened", "Chance that beds run out"):
        assert words in page
    home = ward.network.departments["neurology"]
    page = text_of(manager, "planning:forecasts", place=f"department:{home.pk}", measure="arrivals")
    assert home.label in page
    assert "Open beds" not in page
    page = text_of(manager, "planning:forecasts", place=f"ward:{ward.network.wards['neurology'].pk}", step="hours")
    assert "In 24 hours" in page


def test_an_older_forecast_stands_beside_what_came_of_it(ward: Ward, manager: Client) -> None:
    """A rehearsal can be chosen, says that it is one, and the truth of its days is drawn."""
    remember(ward)
    making.days(NOON)
    (old,) = making.rehearse(NOON, [14])
    page = text_of(manager, "planning:forecasts", made=str(old.pk))
    assert "A rehearsal." in page
    site = ward.network.site.pk
    found = queries.ribbon(Place("site", site, site), Measure.OCCUPIED, old, NOON)
    assert found is not None
    assert np.isfinite(found.happened).sum() == 42 + 14


def test_calibration_counts_how_often_the_truth_lay_inside(ward: Ward, manager: Client) -> None:
    """On history that repeats itself each week every interval holds and the median errs by nothing."""
    remember(ward)
    making.rehearse(NOON, [14])
    site = ward.network.site.pk
    home = Place("ward", ward.network.wards["neurology"].pk, site)
    found = calibration([home, Place("site", site, site)], Measure.OCCUPIED, NOON)
    assert found is not None
    assert found.count.tolist() == [2.0] * 14
    assert (found.covered[0.8] == 1).all()
    assert (found.rehearsed, found.made) == (1, 0)
    page = text_of(manager, "planning:calibration")
    assert "Inside the 80% interval" in page
    assert "0 forecasts, 1 rehearsals" in page


def test_calibration_sees_a_rehearsal_at_once(ward: Ward, manager: Client) -> None:
    """What was worked out before the first rehearsal is not shown after it."""
    remember(ward)
    making.days(NOON)
    assert "Nothing has come true yet" in text_of(manager, "planning:calibration")
    making.rehearse(NOON, [14])
    assert "Inside the 80% interval" in text_of(manager, "planning:calibration")


def test_alerts_are_told_on_their_page_and_on_the_overview(ward: Ward, manager: Client) -> None:
    """Which specialty, how likely, by when and what drives it; a later outlook without alerts ends them."""
    raise_alert(ward)
    for name in ("planning:forecasts", "overview"):
        page = text_of(manager, name)
        assert '<ol class="alerts' in page
        assert "83%" in page
        assert "5 arrivals expected in a day, 2 are usual" in page
    Outlook.objects.create(
        step="hours", made_at=NOON + timedelta(hours=1), known_until=NOON, first=NOON, steps=73, levels=[0.5]
    )
    assert "83%" not in text_of(manager, "overview")


def test_nurses_see_no_alerts_and_strangers_no_place(ward: Ward) -> None:
    """Who may not look ahead sees no alerts on the overview; a place of another hospital is refused."""
    raise_alert(ward)
    nurse = signed_in(ward.network.organisation, Role.WARD_NURSE)
    assert "83%" not in text_of(nurse, "overview")
    assert nurse.get(reverse("planning:forecasts")).status_code == 403
    stranger = signed_in(small_network().organisation, Role.MANAGER)
    assert "83%" not in text_of(stranger, "planning:forecasts")
    for kind, key in (("site", ward.network.site.pk), ("ward", ward.network.wards["neurology"].pk)):
        answer = stranger.get(reverse("planning:forecasts"), query_params={"place": f"{kind}:{key}"})
        assert answer.status_code == 403
    assert stranger.get(reverse("planning:forecasts"), query_params={"place": "bed:x"}).status_code in (200, 404)
