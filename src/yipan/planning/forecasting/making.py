"""The two makings of forecasts: the coming days by series, and the coming hours patient by patient."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import transaction
from numpy.typing import NDArray

from yipan.engine.forecast import LEVELS, Panel, Quantiles, reconcile
from yipan.engine.forecast.forecasting import forecasts_from
from yipan.kernel import clock
from yipan.planning.forecasting import alerts
from yipan.planning.forecasting.apart import apart
from yipan.planning.forecasting.hours import AHEAD, RECENT, Beds, Coming, Hours, Key, beds_of_places
from yipan.planning.forecasting.panels import Place, Series, midnight, place_of, series
from yipan.planning.models import Alert, Forecast, Measure, Outlook, Step

Floats = NDArray[np.float64]

DAYS_AHEAD = 14
LEAST_DAYS = 15
"""Known days below which nothing is said of a series' days."""
BATCH = 500


def days(now: datetime) -> Outlook | None:
    """Forecast every series for the coming days, and store it with the alerts that it gives rise to.

    None where no series is known long enough.
    """
    begun, known, beds = time.monotonic(), series(now), beds_of_places()
    (rows,) = _by_origin(known, (known.days,), beds)
    if not rows:
        return None
    start = midnight(known.following)
    outlook = _outlook(Step.DAYS, start, DAYS_AHEAD, begun, known_until=start)
    return _store(outlook, rows, _alerts(rows, known, beds, start))


def rehearse(now: datetime, ago: Sequence[int]) -> list[Outlook]:
    """Forecasts as they would have been made so many days ago, each from nothing but what was known at the end of that
    day; marked as rehearsals."""
    begun, known = time.monotonic(), series(now)
    origins = tuple(sorted(known.days - days for days in ago if known.days - days >= LEAST_DAYS))
    if not origins:
        return []
    made = []
    for origin, rows in zip(origins, _by_origin(known, origins, beds_of_places()), strict=True):
        start = midnight(known.first + timedelta(days=origin))
        outlook = _outlook(Step.DAYS, start, DAYS_AHEAD, begun, known_until=start, rehearsed=True)
        made.append(_store(outlook, rows))
    return made


def _by_origin(known: Series, origins: tuple[int, ...], beds: dict[Key, Beds]) -> list[list[Forecast]]:
    """The forecasts of all measures, for each of so many known days."""
    found: list[list[Forecast]] = [[] for _ in origins]
    for measure in Measure:
        for into, rows in zip(found, _of_measure(known, measure, origins, beds), strict=True):
            into += rows
    return found


def _of_measure(
    known: Series, measure: Measure, origins: tuple[int, ...], beds: dict[Key, Beds]
) -> list[list[Forecast]]:
    """Of one measure, so that the wards of a site sum to the site."""
    values = known.of(measure)
    enough = np.flatnonzero(np.isfinite(values[:, : origins[0]]).sum(axis=1) >= LEAST_DAYS)
    if not len(enough):
        return [[] for _ in origins]
    places = [known.places[i] for i in enough]
    panel = Panel(tuple(str(p.id) for p in places), known.first, values[enough])
    made = apart(forecasts_from, panel, origins, DAYS_AHEAD, country=settings.YIPAN_COUNTRY)
    out = []
    for origin, quantiles in zip(origins, made, strict=True):
        told = Quantiles(panel.names, known.first + timedelta(days=origin), LEVELS, quantiles)
        agreed, naive = reconcile(told, _parts(places)).values, _naive(panel.values[:, :origin])
        out.append(
            [
                Forecast(
                    **place.columns,
                    measure=measure,
                    values=_plain(agreed[i]),
                    beds=beds[place.kind, place.id].open,
                    naive=float(naive[i]) if np.isfinite(naive[i]) else None,
                )
                for i, place in enumerate(places)
                if np.isfinite(agreed[i]).all()
            ]
        )
    return out


def _alerts(rows: Sequence[Forecast], known: Series, beds: dict[Key, Beds], start: datetime) -> list[Alert]:
    """Of departments and sites, beyond what the forecast by hour tells."""
    usual = dict(zip(known.places, known.of(Measure.ARRIVALS)[:, -RECENT:], strict=True))
    told = {(place_of(row), row.measure): np.array(row.values).reshape(DAYS_AHEAD, len(LEVELS)) for row in rows}
    found = []
    for (place, measure), days in told.items():
        if measure == Measure.OCCUPIED and place.kind != "ward":
            of_late = usual[place][np.isfinite(usual[place])]
            mean = float(of_late.mean()) if len(of_late) else 0.0
            arrivals = told.get((place, Measure.ARRIVALS))
            found.append(alerts.raised_by_day(place, beds[place.kind, place.id], days, arrivals, mean, start))
    return [alert for alert in found if alert is not None]


def _naive(values: Floats) -> Floats:
    """Mean absolute error of saying what was a week before, float[series]; NaN where nothing is known."""
    errors = np.abs(values[:, 7:] - values[:, :-7])
    known = np.isfinite(errors).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.nansum(errors, axis=1) / np.where(known > 0, known, np.nan)


def _parts(places: Sequence[Place]) -> dict[str, tuple[str, ...]]:
    """Which wards make up each site."""
    wards: dict[UUID, list[str]] = defaultdict(list)
    for place in places:
        if place.kind == "ward":
            wards[place.site_id].append(str(place.id))
    return {str(p.id): tuple(wards[p.id]) for p in places if p.kind == "site" and wards[p.id]}


def hours(now: datetime) -> Outlook:
    """Forecast patients hour by hour, with what comes and goes; store it with the alerts that it gives rise to."""
    begun, known = time.monotonic(), Hours(now)
    wards, departments = known.of_wards(), known.of_departments()
    sites = known.of_sites(wards)
    rows = [_row(coming) for coming in (*wards, *departments, *sites)]
    _give_wards_their_own(rows, known, departments)
    found = [alert for coming in (*departments, *sites) if (alert := alerts.raised(coming, now))]
    return _store(_outlook(Step.HOURS, now, AHEAD + 1, begun, known_until=now), rows, found)


def _row(coming: Coming) -> Forecast:
    return Forecast(
        **coming.place.columns,
        measure=Measure.OCCUPIED,
        values=_plain(coming.quantiles()),
        beds=coming.beds.open,
        arriving=_plain(coming.arriving),
        leaving=_plain(coming.leaving),
    )


def _give_wards_their_own(rows: Sequence[Forecast], known: Hours, departments: Sequence[Coming]) -> None:
    """What comes to a ward by its own department's arrivals, not by everybody who is lent a bed there."""
    own = {coming.place.id: coming.arriving for coming in departments}
    wards = {ward.pk: ward for ward in known.wards}
    for row in rows:
        if row.ward_id is not None:
            ward = wards[row.ward_id]
            row.arriving = _plain(own[ward.department_id] * known.own_share(ward))


def _outlook(
    step: Step, first: datetime, steps: int, begun: float, *, known_until: datetime, rehearsed: bool = False
) -> Outlook:
    return Outlook(
        step=step,
        made_at=clock.now(),
        known_until=known_until,
        first=first,
        steps=steps,
        rehearsed=rehearsed,
        levels=list(LEVELS),
        seconds=round(time.monotonic() - begun, 2),
    )


def _store(outlook: Outlook, rows: Sequence[Forecast], found: Sequence[Alert] = ()) -> Outlook:
    with transaction.atomic():
        outlook.save(force_insert=True)
        for row in rows:
            row.outlook = outlook
        for alert in found:
            alert.outlook = outlook
        Forecast.objects.bulk_create(rows, batch_size=BATCH)
        Alert.objects.bulk_create(found, batch_size=BATCH)
    return outlook


def _plain(values: Floats) -> list[float]:
    return [round(float(v), 3) for v in np.asarray(values).ravel()]
