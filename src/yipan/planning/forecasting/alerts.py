"""Surge alerts: where beds are likely to run out within two weeks, by when, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from yipan.engine.forecast import LEVELS
from yipan.planning.forecasting.hours import Beds, Coming
from yipan.planning.forecasting.panels import Place
from yipan.planning.models import Alert, Cause

LIKELY = 0.3
"""Chance from which an alert is raised."""
LIKELY_BY_DAY = 0.5
"""The same for days further ahead, on which more can still be done."""
UNUSUAL = 1.15
"""So many times as many arrivals as usual, or so many times fewer discharges, are named as the cause."""
SOONEST = 6
"""Hours from now below which nothing is foreseen: the board shows who is on the way."""
SOONEST_DAY = 3
"""Days that a forecast by hour tells better."""
CLOSED_SHARE = 0.08
A_DAY = 24
MEDIAN = LEVELS.index(0.5)

Floats = NDArray[np.float64]


def raised(coming: Coming, now: datetime) -> Alert | None:
    """An alert where at some hour more patients than open beds are likelier than `LIKELY`; else None.

    Where the place is over its beds now already, only what makes it worse counts: the chance of as many and more
    patients as now.
    """
    beds = coming.beds.open
    if not beds:
        return None
    chance = coming.above(max(beds, coming.now))
    chance[:SOONEST] = 0.0
    if chance.max() < LIKELY:
        return None
    hour = int(np.argmax(chance >= max(LIKELY, 0.9 * chance.max())))
    need = float(coming.quantiles()[hour, MEDIAN])
    cause, facts = _cause(coming, hour)
    return Alert(
        **coming.place.columns,
        by=now + timedelta(hours=hour),
        chance=round(float(chance[hour]), 4),
        beds=beds,
        taken=coming.now,
        need=need,
        cause=cause,
        facts=facts,
    )


def raised_by_day(
    place: Place, beds: Beds, days: Floats, arrivals: Floats | None, usual: float, first: datetime
) -> Alert | None:
    """The same of a forecast by day, for what lies beyond the forecast by hour. `days` and `arrivals` are quantiles of
    beds taken and of arrivals, float[day, level]; `usual` are arrivals a day of late; `first` is the first midnight."""
    if not beds.open:
        return None
    chance = np.array([1.0 - np.interp(beds.open + 0.5, row, LEVELS, left=0.0, right=1.0) for row in days])
    chance[:SOONEST_DAY] = 0.0
    if chance.max() < LIKELY_BY_DAY:
        return None
    day = int(np.argmax(chance >= max(LIKELY_BY_DAY, 0.9 * chance.max())))
    come = float(arrivals[day, MEDIAN]) if arrivals is not None else usual
    if beds.closed > CLOSED_SHARE * beds.all:
        cause = Cause.CLOSED
    else:
        cause = Cause.ARRIVALS if usual and come / usual >= UNUSUAL else Cause.FULL
    change = float(days[day, MEDIAN] - days[day - 1, MEDIAN])
    facts = {"arrivals": come, "discharges": max(come - change, 0.0), "usual": usual, "closed": float(beds.closed)}
    return Alert(
        **place.columns,
        by=first + timedelta(days=day),
        chance=round(float(chance[day]), 4),
        beds=beds.open,
        taken=round(float(days[0, MEDIAN])),
        need=float(days[day, MEDIAN]),
        cause=cause,
        facts={name: round(value, 1) for name, value in facts.items()},
    )


def _cause(coming: Coming, hour: int) -> tuple[Cause, dict[str, float]]:
    """What differs most from the usual in the day up to that hour (at least the first day)."""
    end = max(hour, A_DAY)
    begin = end - A_DAY
    come, go = (float(flow[end] - flow[begin]) for flow in (coming.arriving, coming.leaving))
    facts = {
        "arrivals": round(come, 1),
        "discharges": round(go, 1),
        "usual": round(coming.usual, 1),
        "closed": float(coming.beds.closed),
    }
    if coming.beds.closed > CLOSED_SHARE * coming.beds.all:
        return Cause.CLOSED, facts
    more = come / coming.usual if coming.usual else 1.0
    fewer = coming.usual / go if go else (UNUSUAL + 1 if coming.usual else 1.0)
    if max(more, fewer) < UNUSUAL:
        return Cause.FULL, facts
    return (Cause.ARRIVALS if more >= fewer else Cause.DISCHARGES), facts
