"""Surge alerts: where beds are likely to run out within three days, by when, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from yipan.engine.forecast import LEVELS
from yipan.planning.forecasting.hours import Coming
from yipan.planning.models import Alert, Cause

LIKELY = 0.3
"""Chance from which an alert is raised."""
UNUSUAL = 1.15
"""So many times as many arrivals as usual, or so many times fewer discharges, are named as the cause."""
SOONEST = 6
"""Hours from now below which nothing is foreseen: the board shows who is on the way."""
CLOSED_SHARE = 0.08
A_DAY = 24


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
    need = float(coming.quantiles()[hour, LEVELS.index(0.5)])
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
