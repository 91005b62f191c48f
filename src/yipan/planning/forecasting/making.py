"""The two makings of forecasts: the coming days by series, and the coming hours patient by patient."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from yipan.engine.forecast import LEVELS, Panel, forecast, reconcile
from yipan.kernel import clock
from yipan.planning.forecasting import alerts
from yipan.planning.forecasting.apart import apart
from yipan.planning.forecasting.hours import AHEAD, Beds, Coming, Hours, Key, beds_of_places
from yipan.planning.forecasting.panels import Place, Series, midnight, series
from yipan.planning.models import Alert, Forecast, Measure, Outlook, Step

Floats = NDArray[np.float64]

DAYS_AHEAD = 14
LEAST_DAYS = 15
"""Known days below which nothing is said of a series' days."""
BATCH = 500


def days(now: datetime, *, as_of: int = 0) -> Outlook | None:
    """Forecast every series for the coming days and store it; None where no series is known long enough.

    `as_of` days ago: a rehearsal, made from what was known at the end of that day, and marked as one.
    """
    begun, known = time.monotonic(), series(now)
    if as_of:
        known = Series(known.places, known.first, known.values[:, :, : known.values.shape[2] - as_of])
    beds = beds_of_places()
    rows = [row for measure in Measure for row in _of_days(known, measure, beds)]
    if not rows:
        return None
    start = midnight(known.following)
    return _store(_outlook(Step.DAYS, start, DAYS_AHEAD, begun, known_until=start, rehearsed=bool(as_of)), rows)


def _of_days(known: Series, measure: Measure, beds: dict[Key, Beds]) -> list[Forecast]:
    """The forecasts of one measure, so that the wards of a site sum to the site."""
    values = known.of(measure)
    enough = np.flatnonzero(np.isfinite(values).sum(axis=1) >= LEAST_DAYS)
    if not len(enough):
        return []
    places = [known.places[i] for i in enough]
    panel = Panel(tuple(str(p.id) for p in places), known.first, values[enough])
    found = reconcile(apart(forecast, panel, DAYS_AHEAD), _parts(places))
    naive = _naive(panel.values)
    return [
        Forecast(
            **place.columns,
            measure=measure,
            values=_plain(found.values[i]),
            beds=beds[place.kind, place.id].open,
            naive=float(naive[i]) if np.isfinite(naive[i]) else None,
        )
        for i, place in enumerate(places)
        if np.isfinite(found.values[i]).all()
    ]


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
